"""Filters of JSONPath: `@.p > 1 && @.s == 'b'`."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from .json_path import JsonPath, PathError
from .sql_function import BuiltinError

Condition = Callable[[Any, Any], bool]
Operand = Callable[[Any, Any], Any]

_TOKEN = re.compile(
    r"""\s*(?:(?P<symbol>\|\||&&|==|!=|<=|>=|=~|<|>|!|\(|\)|,|\[|\])"""
    r"""|(?P<path>[@$](?:\.\.?(?:\*|[^.\[\]()\s'"*!=<>&|,]+(?:\(\))?)|\[(?:[^\]'"]|'[^']*'|"[^"]*")*\])*)"""
    r"""|(?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
    r"""|(?P<regex>/(?:[^/\\]|\\.)*/[a-z]*)"""
    r"""|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"""
    r"""|(?P<word>[A-Za-z]+))"""
)
_WORDS = {"true": True, "false": False, "null": None}
MISSING = object()


def condition(text: str) -> Condition:
    """The test of an item, and of the whole document; PathError where the text is none."""
    reader = _Reader(text)
    found = reader.either()
    if reader.tokens:
        raise PathError(f"Unexpected {reader.tokens[0][1]!r} in a filter")
    return found


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        at, text = 0, text.rstrip()
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None or match.lastgroup is None:
                raise PathError(f"Unexpected {text[at:]!r} in a filter")
            self.tokens.append((match.lastgroup, match[match.lastgroup]))
            at = match.end()

    def _accept(self, symbol: str) -> bool:
        if self.tokens and self.tokens[0] == ("symbol", symbol):
            self.tokens.pop(0)
            return True
        return False

    def either(self) -> Condition:
        left = self.both()
        while self._accept("||"):
            left = _any(left, self.both())
        return left

    def both(self) -> Condition:
        left = self.single()
        while self._accept("&&"):
            left = _all(left, self.single())
        return left

    def single(self) -> Condition:
        if self._accept("!"):
            inner = self.single()
            return lambda item, root: not inner(item, root)
        if self._accept("("):
            inner = self.either()
            if not self._accept(")"):
                raise PathError("A parenthesis of a filter is not closed")
            return inner
        left = self.operand()
        kind, text = self.tokens[0] if self.tokens else ("", "")
        compare = _COMPARISONS.get(text)
        if compare is not None:
            self.tokens.pop(0)
            return _comparison(compare, left, self.operand())
        if kind == "word":
            raise BuiltinError(f"The operator {text!r} of a JSON path is not supported")
        return lambda item, root: left(item, root) is not MISSING

    def operand(self) -> Operand:
        if self._accept("["):
            items = []
            while not self._accept("]"):
                items.append(self.operand())
                self._accept(",")
            return lambda item, root: [each(item, root) for each in items]
        if not self.tokens:
            raise PathError("A filter ends too early")
        kind, text = self.tokens.pop(0)
        if kind == "path":
            return _of_path(text)
        if kind == "string":
            return _constant(re.sub(r"\\(.)", r"\1", text[1:-1]))
        if kind == "number":
            return _constant(Decimal(text))
        if kind == "regex":
            pattern, _, flags = text[1:].rpartition("/")
            return _constant(re.compile(pattern, re.IGNORECASE if "i" in flags else 0))
        if kind == "word" and text in _WORDS:
            return _constant(_WORDS[text])
        raise PathError(f"Unexpected {text!r} in a filter")


def _any(a: Condition, b: Condition) -> Condition:
    return lambda item, root: a(item, root) or b(item, root)


def _all(a: Condition, b: Condition) -> Condition:
    return lambda item, root: a(item, root) and b(item, root)


def _constant(value: Any) -> Operand:
    return lambda item, root: value


def _of_path(text: str) -> Operand:
    path = JsonPath(text)

    def find(item: Any, root: Any) -> Any:
        try:
            return path.find(root if text.startswith("$") else item, root)
        except PathError:
            return MISSING

    return find


def _comparison(compare: Callable[[Any, Any], bool], left: Operand, right: Operand) -> Condition:
    return lambda item, root: compare(left(item, root), right(item, root))


def _equal(a: Any, b: Any) -> bool:
    return isinstance(a, bool) == isinstance(b, bool) and bool(a == b)


def _ordered(holds: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def compare(a: Any, b: Any) -> bool:
        both_text = isinstance(a, str) and isinstance(b, str)
        return (both_text or (_is_number(a) and _is_number(b))) and holds(a, b)

    return compare


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": _equal,
    "!=": lambda a, b: not _equal(a, b),
    "<": _ordered(lambda a, b: bool(a < b)),
    "<=": _ordered(lambda a, b: bool(a <= b)),
    ">": _ordered(lambda a, b: bool(a > b)),
    ">=": _ordered(lambda a, b: bool(a >= b)),
    "=~": lambda a, b: isinstance(a, str) and isinstance(b, re.Pattern) and b.fullmatch(a) is not None,
    "in": lambda a, b: isinstance(b, list) and any(_equal(a, each) for each in b),
    "nin": lambda a, b: isinstance(b, list) and not any(_equal(a, each) for each in b),
}
