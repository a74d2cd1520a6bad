"""The source of a function of a notebook or of the main script, as a module of its own: with the imports,
constants, classes and functions of `__main__` that it uses, and nothing else that ran there."""

from __future__ import annotations

import ast
import builtins
import inspect
import linecache
import symtable
import sys
import textwrap
from collections.abc import Iterator, Mapping
from types import FunctionType, ModuleType
from typing import Any

from .._definition import definition_of


class NotSource(Exception):
    """A function cannot be sent as source: the name of what has none."""


def module_source(name: str, namespace: Mapping[str, Any]) -> tuple[str, list[ModuleType]]:
    """Text of a module that defines `name`, and the modules that it imports.

    Raises:
        NotSource: a source is not known, or a value that is used cannot be written down.
    """
    collector = _Collector(namespace)
    collector.add(name)
    return collector.text(), collector.modules


# `annotations` is the feature itself, as `from __future__` gives it.
_TEXT_ANNOTATIONS = annotations.compiler_flag
_Node = ast.FunctionDef | ast.ClassDef | ast.Assign


class _Collector:
    """Definitions in the order in which they need each other."""

    def __init__(self, namespace: Mapping[str, Any]) -> None:
        self.modules: list[ModuleType] = []
        self._namespace = namespace
        self._seen: set[str] = set()
        self._has_text_annotations = False
        self._imports: list[str] = []
        self._definitions: list[str] = []

    def text(self) -> str:
        """The module."""
        futures = ["from __future__ import annotations"] if self._has_text_annotations else []
        return "\n".join([*futures, *self._imports, *self._definitions]) + "\n"

    def add(self, name: str) -> None:
        """Adds what `name` stands for, after what that needs."""
        if name in self._seen:
            return
        self._seen.add(name)
        value = self._namespace[name]
        imported = _import_of(name, value)
        if imported is not None:
            statement, module = imported
            self._imports.append(statement)
            self.modules.append(module)
        elif _is_literal(value):
            self._definitions.append(f"{name} = {value!r}")
        else:
            self._define(name, value)

    def _define(self, name: str, value: Any) -> None:
        source = _source(name, value)
        if source is None:
            raise NotSource(name)
        if isinstance(value, FunctionType):
            self._has_text_annotations |= bool(value.__code__.co_flags & _TEXT_ANNOTATIONS)
        for used in _global_names(source):
            if used in self._namespace:
                self.add(used)
        self._definitions.append(f"\n\n{source}")


def _import_of(name: str, value: Any) -> tuple[str, ModuleType] | None:
    """The import that gives `value`, and its module; None for what `__main__` itself defines."""
    if isinstance(value, ModuleType):
        return (f"import {name}" if value.__name__ == name else f"import {value.__name__} as {name}"), value
    own_name = getattr(value, "__qualname__", None) or getattr(value, "_name", None) or name
    candidates = [getattr(value, "__module__", None), "typing", "millstream"]
    for candidate in candidates:
        module = sys.modules.get(candidate) if isinstance(candidate, str) else None
        if module is not None and module.__name__ != "__main__" and vars(module).get(own_name) is value:
            renamed = "" if own_name == name else f" as {name}"
            return f"from {module.__name__} import {own_name}{renamed}", module
    return None


def _is_literal(value: Any) -> bool:
    try:
        return bool(ast.literal_eval(repr(value)) == value)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return False


def _source(name: str, value: Any) -> str | None:
    """The statement of a cell or of the main script that defines `value`; None where there is none."""
    if isinstance(value, FunctionType) and value.__name__ == name:
        line = value.__code__.co_firstlineno
        found = [s for s in _statements(value.__code__.co_filename) if s.defines(name) and s.holds(line)]
    elif inspect.isclass(value):
        found = [s for file in _files() for s in _statements(file) if s.defines(name)]
    elif definition_of(value) is not None:
        found = [s for file in _files() for s in _statements(file) if s.assigns(name)]
    else:
        found = []
    return found[-1].text if found else None


class _Statement:
    """A definition or an assignment in a file or cell."""

    def __init__(self, node: _Node, lines: list[str]) -> None:
        self._node = node
        decorators = [] if isinstance(node, ast.Assign) else node.decorator_list
        self._first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
        self._last = node.end_lineno or node.lineno
        self.text = textwrap.dedent("".join(lines[self._first - 1 : self._last])).rstrip()

    def holds(self, line: int) -> bool:
        return self._first <= line <= self._last

    def defines(self, name: str) -> bool:
        return not isinstance(self._node, ast.Assign) and self._node.name == name

    def assigns(self, name: str) -> bool:
        if not isinstance(self._node, ast.Assign):
            return False
        return any(isinstance(target, ast.Name) and target.id == name for target in self._node.targets)


def _statements(file: str) -> Iterator[_Statement]:
    lines = linecache.getlines(file)
    try:
        tree = ast.parse("".join(lines))
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Assign)):
            yield _Statement(node, lines)


def _files() -> list[str]:
    """The main script, or the cells of a notebook in the order in which they ran: their lines are known
    without a file (`linecache` holds no time of change)."""
    script = getattr(sys.modules["__main__"], "__file__", None)
    cells = [name for name, entry in linecache.cache.items() if len(entry) > 1 and entry[1] is None]
    return [*([script] if script is not None else []), *cells]


def _global_names(source: str) -> Iterator[str]:
    """Names that a statement takes from its module, but for built-in ones, in the order of their scopes."""
    tables = [symtable.symtable(source, "<source>", "exec")]
    while tables:
        table = tables.pop(0)
        tables.extend(table.get_children())
        for symbol in table.get_symbols():
            is_global = symbol.is_global() or table.get_type() == "module"
            if is_global and symbol.is_referenced() and not hasattr(builtins, symbol.get_name()):
                yield symbol.get_name()
