"""Which rows of a bundle a call is made for, and how its results find their places again."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from typing import Any

import pyarrow as pa

from .._late import pc
from .codec.base import spread_places


class CalledRows:
    """The rows where `keep` is true; `keep` None: all `total` rows. `count` is how many."""

    def __init__(self, total: int, keep: pa.BooleanArray | None = None) -> None:
        # Not `true_count`, which crashes on results of `pc.and_` in pyarrow 14.
        kept = total if keep is None else pc.sum(keep).as_py() or 0
        if kept == total:
            keep = None
        self.total = total
        self.keep = keep
        self.count: int = kept
        self._flags: list[bool] | None = None

    @staticmethod
    def where(total: int, conditions: Sequence[pa.BooleanArray | None]) -> CalledRows:
        """Rows where every condition holds; None holds everywhere."""
        keep = None
        for condition in conditions:
            if condition is not None:
                keep = condition if keep is None else pc.and_(keep, condition)
        return CalledRows(total, keep)

    @staticmethod
    def none(total: int) -> CalledRows:
        """No row."""
        return CalledRows(total, pa.array([False] * total, pa.bool_()))

    def position(self, index: int) -> int:
        """The row of the bundle of the `index`-th called row."""
        return index if self.keep is None else self.positions()[index]

    def positions(self) -> Sequence[int]:
        """The rows of the bundle that are called, ascending."""
        return range(self.total) if self.keep is None else list(compress(range(self.total), self.flags()))

    def flags(self) -> list[bool]:
        """`keep` as a list; only where it is not None."""
        if self._flags is None:
            assert self.keep is not None
            self._flags = self.keep.to_pylist()
        return self._flags

    def spread_values(self, values: list[Any]) -> list[Any]:
        """Results by row of the bundle, None where it was not called."""
        if self.keep is None:
            return values
        results = iter(values)
        return [next(results) if called else None for called in self.flags()]

    def spread_array(self, array: pa.Array) -> pa.Array:
        """Results by row of the bundle, NULL where it was not called."""
        if self.keep is None:
            return array
        return array.take(spread_places(self.keep))
