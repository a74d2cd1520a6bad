"""What a function takes along from the place where it is defined, and which of it cannot be pickled."""

from __future__ import annotations

import functools
import importlib
import inspect
import pickle
import sys
from collections.abc import Iterator
from types import FunctionType
from typing import Any, NamedTuple


class Unpicklable(NamedTuple):
    """A variable that cannot be sent; `path` are the names from the function to it."""

    path: tuple[str, ...]
    value: Any
    reason: str

    @property
    def name(self) -> str:
        """``table``, or ``helper`, which uses `table`` for one that another function uses."""
        return ", which uses ".join(f"`{name}`" for name in self.path)


def unpicklable(target: Any) -> Unpicklable | None:
    """The first variable of `target`, or of a function that it uses, that cannot be pickled."""
    return _search(target, (), set())


def pickle_problem(value: Any) -> str | None:
    """Why a value cannot be pickled; None where it can."""
    try:
        pickler().dumps(value)
    except Exception as error:
        return str(error)
    return None


def pickler() -> Any:
    """cloudpickle, or pickle where that is not installed."""
    try:
        return importlib.import_module("cloudpickle")
    except ImportError:
        return pickle


def captured_variables(target: Any) -> Iterator[tuple[str, Any]]:
    """Names and values that are sent with a function, an object or a class of functions."""
    if isinstance(target, functools.partial):
        yield from captured_variables(target.func)
        yield from enumerate_named("argument", target.args)
        yield from target.keywords.items()
    elif inspect.ismethod(target):
        yield "self", target.__self__
    elif isinstance(target, FunctionType):
        yield from _of_function(inspect.unwrap(target))
    elif inspect.isclass(target):
        for method in vars(target).values():
            if isinstance(method, FunctionType):
                yield from _of_function(method)
    else:
        yield from ((f"self.{name}", value) for name, value in getattr(target, "__dict__", {}).items())
        yield from captured_variables(type(target))


def enumerate_named(name: str, values: tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
    """`name 0`, `name 1`, …"""
    return ((f"{name} {i}", value) for i, value in enumerate(values))


def _of_function(function: FunctionType) -> Iterator[tuple[str, Any]]:
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            yield name, cell.cell_contents
        except ValueError:
            # Not assigned yet.
            continue
    if not is_importable(function):
        for name in _global_names(function.__code__):
            if name in function.__globals__:
                yield name, function.__globals__[name]
    names = inspect.signature(function).parameters.values()
    yield from ((p.name, p.default) for p in names if p.default is not p.empty)


def _global_names(code: Any) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if inspect.iscode(constant):
            yield from _global_names(constant)


def is_importable(thing: Any) -> bool:
    """True for functions and classes that another process finds by their module and name."""
    module = sys.modules.get(getattr(thing, "__module__", None) or "")
    if module is None or module.__name__ == "__main__":
        return False
    found: Any = module
    for name in thing.__qualname__.split("."):
        found = getattr(found, name, None)
    return found is thing


def _search(target: Any, path: tuple[str, ...], seen: set[int]) -> Unpicklable | None:
    for name, value in captured_variables(target):
        if id(value) in seen:
            continue
        seen.add(id(value))
        reason = pickle_problem(value)
        if reason is None:
            continue
        is_ours = isinstance(value, (FunctionType, functools.partial)) or inspect.isclass(value)
        inner = _search(value, (*path, name), seen) if is_ours else None
        return inner or Unpicklable((*path, name), value, reason)
    return None
