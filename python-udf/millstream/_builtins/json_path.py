"""JSONPath as Jayway's library reads it: `$.a[0]`, `['a','b']`, `[*]`, `[1:3]`, `..a`, `[?(@.p > 1)]`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any

from .sql_function import BuiltinError


class PathError(Exception):
    """The path is none, or leads nowhere in a document."""


# What a step finds in one value.
Step = Callable[[Any, Any], Iterator[Any]]
_NAME = re.compile(r"[^.\[\]()\s'\"*]+")
_INDEX = re.compile(r"-?\d+")


class JsonPath:
    """A path; `find` gives its value, a list of values where it may have several."""

    def __init__(self, text: str) -> None:
        self._steps: list[Step] = []
        self._is_definite = True
        self._aggregate: Callable[[Any], Any] | None = None
        self._read(text.strip())

    def find(self, document: Any, root: Any = None) -> Any:
        """The value in a document. PathError where there is none, for a path that means exactly one."""
        origin = document if root is None else root
        values = [document]
        for step in self._steps:
            values = [found for value in values for found in step(value, origin)]
        if not self._is_definite:
            value: Any = values
        elif values:
            value = values[0]
        else:
            raise PathError("No results for the path")
        return value if self._aggregate is None else self._aggregate(value)

    def _read(self, text: str) -> None:
        if not text:
            raise PathError("An empty path")
        if text[0] not in "$@":
            text = f"$.{text}"
        at = 1
        while at < len(text):
            at = self._read_step(text, at)

    def _read_step(self, text: str, at: int) -> int:
        if self._aggregate is not None:
            raise PathError("A function ends a path")
        if text[at] == "[":
            return self._read_brackets(text, at, deep=False)
        if text[at] != ".":
            raise PathError(f"Unexpected {text[at]!r}")
        at += 1
        deep = text.startswith(".", at)
        at += deep
        if deep:
            self._is_definite = False
            if text.startswith("[", at):
                return self._read_brackets(text, at, deep)
        if text.startswith("*", at):
            self._add(_children, deep, definite=False)
            return at + 1
        match = _NAME.match(text, at)
        if match is None:
            raise PathError("A name is missing")
        if text.startswith("()", match.end()):
            self._aggregate = _function(match[0])
            return match.end() + 2
        self._add(_property(match[0]), deep)
        return match.end()

    def _read_brackets(self, text: str, at: int, deep: bool) -> int:
        end = _closing(text, at)
        inner = text[at + 1 : end].strip()
        if inner == "*":
            self._add(_children, deep, definite=False)
        elif inner.startswith("?"):
            condition = inner[1:].strip()
            if not (condition.startswith("(") and condition.endswith(")")):
                raise PathError("A filter is written [?(…)]")
            self._add(_filter(condition[1:-1]), deep, definite=False)
        elif inner[:1] in ("'", '"'):
            names = _quoted_names(inner)
            self._add(_property(names[0]) if len(names) == 1 else _properties(names), deep)
        elif ":" in inner:
            self._add(_slice(inner), deep, definite=False)
        else:
            indices = [part.strip() for part in inner.split(",")]
            if not all(_INDEX.fullmatch(index) for index in indices):
                raise PathError(f"Unexpected {inner!r} between brackets")
            self._add(_elements([int(index) for index in indices]), deep, definite=len(indices) == 1)
        return end + 1

    def _add(self, step: Step, deep: bool, definite: bool = True) -> None:
        self._is_definite = self._is_definite and definite
        self._steps.append(_deep(step) if deep else step)


@lru_cache(maxsize=512)
def compiled(text: str) -> JsonPath | PathError:
    """A path, or why it is none."""
    try:
        return JsonPath(text)
    except PathError as error:
        return error


def _closing(text: str, at: int) -> int:
    depth, quote, escaped = 0, "", False
    for i in range(at, len(text)):
        character = text[i]
        if escaped:
            escaped = False
        elif quote:
            escaped = character == "\\"
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character in "[(":
            depth += 1
        elif character in "])":
            depth -= 1
            if depth == 0:
                return i
    raise PathError("A bracket is not closed")


def _quoted_names(text: str) -> list[str]:
    names = re.findall(r"""\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*(?:,|$)""", text)
    if not names:
        raise PathError(f"Unexpected {text!r} between brackets")
    return [re.sub(r"\\(.)", r"\1", single or double) for single, double in names]


def _property(name: str) -> Step:
    def step(value: Any, root: Any) -> Iterator[Any]:
        if isinstance(value, dict) and name in value:
            yield value[name]

    return step


def _properties(names: list[str]) -> Step:
    def step(value: Any, root: Any) -> Iterator[Any]:
        if isinstance(value, dict):
            yield {name: value[name] for name in names if name in value}

    return step


def _elements(indices: list[int]) -> Step:
    def step(value: Any, root: Any) -> Iterator[Any]:
        if isinstance(value, list):
            for index in indices:
                if -len(value) <= index < len(value):
                    yield value[index]

    return step


def _slice(text: str) -> Step:
    match = re.fullmatch(r"\s*(-?\d+)?\s*:\s*(-?\d+)?\s*", text)
    if match is None:
        raise PathError(f"{text!r} is no range")
    first, last = (None if part is None else int(part) for part in match.groups())

    def step(value: Any, root: Any) -> Iterator[Any]:
        if isinstance(value, list):
            yield from value[first:last]

    return step


def _children(value: Any, root: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def _deep(step: Step) -> Step:
    def everywhere(value: Any, root: Any) -> Iterator[Any]:
        yield from step(value, root)
        for child in _children(value, root):
            yield from everywhere(child, root)

    return everywhere


def _filter(text: str) -> Step:
    from .json_filter import condition

    holds = condition(text)

    def step(value: Any, root: Any) -> Iterator[Any]:
        candidates = value if isinstance(value, list) else [value] if isinstance(value, dict) else []
        return (item for item in candidates if holds(item, root))

    return step


def _numbers(value: Any) -> list[Any]:
    items = value if isinstance(value, list) else [value]
    numbers = [x for x in items if isinstance(x, (int, Decimal)) and not isinstance(x, bool)]
    if not numbers:
        raise PathError("There are no numbers")
    return numbers


def _length(value: Any) -> Any:
    return len(value) if isinstance(value, (list, dict)) else None


def _keys(value: Any) -> Any:
    return list(value) if isinstance(value, dict) else None


_FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "length": _length,
    "size": _length,
    "keys": _keys,
    "min": lambda value: float(min(_numbers(value))),
    "max": lambda value: float(max(_numbers(value))),
    "sum": lambda value: float(sum(_numbers(value))),
    "avg": lambda value: float(sum(_numbers(value))) / len(_numbers(value)),
    "first": lambda value: value[0] if isinstance(value, list) and value else None,
    "last": lambda value: value[-1] if isinstance(value, list) and value else None,
}


def _function(name: str) -> Callable[[Any], Any]:
    found = _FUNCTIONS.get(name)
    if found is None:
        raise BuiltinError(f"The function {name}() of a JSON path is not supported")
    return found
