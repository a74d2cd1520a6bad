"""The key groups of one bundle whose rows lie in any order."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from .._late import pc
from .called_rows import CalledRows
from .groups import ranges, run_starts


class BundleGroups:
    """Numbers the groups by their first row; NULL equals NULL and NaN equals NaN.

    Without key columns all rows are one group. There is at least one row.
    """

    def __init__(self, keys: Sequence[pa.Array], rows: int) -> None:
        self._rows = rows
        self._numbers = None if not keys else _numbers(keys)
        #: By group: its first row.
        self.firsts = pa.array([0], pa.int32()) if self._numbers is None else _firsts(self._numbers)

    def numbers(self, called: CalledRows) -> list[int]:
        """By called row: its group."""
        if self._numbers is None:
            return [0] * called.count
        numbers = self._numbers if called.keep is None else self._numbers.filter(called.keep)
        values = memoryview(numbers.buffers()[1]).cast("q")
        return values[numbers.offset : numbers.offset + len(numbers)].tolist()

    def together(self) -> tuple[pa.Array | None, list[tuple[int, int]]]:
        """An order in which rows of a group are together, and each group's range there.

        None is the order that they are in.
        """
        if self._numbers is None:
            return None, [(0, self._rows)]
        order = pc.array_sort_indices(self._numbers)
        return order, ranges(run_starts(self._numbers.take(order)), self._rows)


def _numbers(keys: Sequence[pa.Array]) -> pa.Int64Array:
    numbers = _codes(keys[0])
    for key in keys[1:]:
        other = _codes(key)
        distinct = pc.max(other).as_py() + 1
        numbers = _codes(pc.add(pc.multiply(numbers, distinct), other))
    return numbers


def _codes(key: pa.Array) -> pa.Int64Array:
    """Numbers that are equal where the keys are; in the order of first appearance."""
    if pa.types.is_nested(key.type):
        key = pa.array([repr(value) for value in key.to_pylist()])
    return key.dictionary_encode(null_encoding="encode").indices.cast(pa.int64())


def _firsts(numbers: pa.Int64Array) -> pa.Int32Array:
    # The first row of a group is the first with so high a number.
    return pa.array(run_starts(pc.cumulative_max(numbers)), pa.int32())
