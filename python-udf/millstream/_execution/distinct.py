"""Rows of a group that differ in their arguments: DISTINCT of aggregates. NULL is a value, NaN equals NaN."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..row import Row
from .call import argument_rows

_NAN = object()


class DistinctRows:
    """Remembers the argument rows of one group."""

    def __init__(self) -> None:
        self._seen: set[Any] = set()

    def clear(self) -> None:
        """Begins a group."""
        self._seen = set()

    def fresh(self, arguments: Sequence[Any], count: int) -> list[bool]:
        """For each of `count` rows whether its arguments come for the first time in the group."""
        fresh: list[bool] = []
        for row in argument_rows(arguments, count):
            key = tuple(map(_frozen, row))
            fresh.append(key not in self._seen)
            self._seen.add(key)
        return fresh


def _frozen(value: Any) -> Any:
    """A hashable stand-in that is equal where SQL says equal."""
    if isinstance(value, float) and value != value:
        return _NAN
    if isinstance(value, Mapping):
        return frozenset((_frozen(k), _frozen(v)) for k, v in value.items())
    if isinstance(value, (list, tuple, Row)):
        return tuple(map(_frozen, value))
    return value
