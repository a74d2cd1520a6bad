"""How a function is called beside its kind: awaited, or with an iterator of batches."""

from __future__ import annotations

import collections.abc
import inspect
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from ._definition import Definition
from .errors import UdfError

#: `vector`: the iterator gives the vector of a single argument; `tuple`: it gives a tuple of vectors.
IteratorItem = Literal["vector", "tuple"]

_ITERATORS = (collections.abc.Iterator, collections.abc.Iterable, collections.abc.Generator)


@dataclass(frozen=True)
class FunctionForm:
    """`iterator` is None where the function is called for each row or batch. `columns` are the annotations
    of what the iterator gives, None where they are not written."""

    is_async: bool = False
    iterator: IteratorItem | None = None
    columns: tuple[Any, ...] | None = None


def form_of(
    name: str, definition: Definition, call: Callable[..., Any], hints: dict[str, Any]
) -> FunctionForm:
    """The form of a function; scalar ones and vectorised aggregates have others than the plain one.

    Raises:
        UdfError: UDF_DECLARATION for forms that do not exist.
    """
    if inspect.isasyncgenfunction(call) or (
        inspect.iscoroutinefunction(call) and definition.kind != "scalar"
    ):
        raise UdfError(
            "UDF_DECLARATION",
            f"The {definition.kind.replace('_', ' ')} function `{name}` is async"
            f"{' and yields' if inspect.isasyncgenfunction(call) else ''}.",
            hint="Async functions are scalar: they return one value, or one vector for a batch.",
        )
    if inspect.iscoroutinefunction(call):
        return FunctionForm(is_async=True)
    is_aggregate = definition.kind == "aggregate" and inspect.isroutine(definition.target)
    if definition.kind != "scalar" and not is_aggregate:
        return FunctionForm()
    item = _iterated(call, hints)
    if item is None and not inspect.isgeneratorfunction(call):
        return FunctionForm()
    if definition.batch is None:
        raise UdfError(
            "UDF_DECLARATION",
            f"The {definition.kind} function `{name}` takes or gives an iterator.",
            hint="Give batch='arrow' for a function over an iterator of batches, or declare it with @udtf.",
        )
    if typing.get_origin(item) is tuple and typing.get_args(item)[-1:] != (Ellipsis,):
        return FunctionForm(iterator="tuple", columns=typing.get_args(item))
    if typing.get_origin(item) is tuple:
        return FunctionForm(iterator="tuple")
    return FunctionForm(iterator="vector", columns=None if item in (None, Any) else (item,))


def item_of(annotation: Any) -> Any:
    """What an iterator's annotation gives; the annotation itself where it is none."""
    if typing.get_origin(annotation) in _ITERATORS:
        return typing.get_args(annotation)[0]
    return annotation


def _iterated(call: Callable[..., Any], hints: dict[str, Any]) -> Any:
    """The annotation of what the only parameter iterates over; None where it is no iterator."""
    try:
        required = [
            p
            for p in inspect.signature(call).parameters.values()
            if p.default is inspect.Parameter.empty and p.kind is not inspect.Parameter.VAR_KEYWORD
        ]
    except (TypeError, ValueError):
        return None
    if len(required) != 1:
        return None
    annotation = hints.get(required[0].name)
    return item_of(annotation) if typing.get_origin(annotation) in _ITERATORS else None
