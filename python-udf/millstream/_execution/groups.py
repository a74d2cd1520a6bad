"""Where key groups begin in key-aligned columns; NULL equals NULL and NaN equals NaN."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc


class GroupStarts:
    """Finds the groups of successive bundles; remembers the last key."""

    def __init__(self) -> None:
        self._last: list[pa.Array] | None = None

    def of(self, keys: Sequence[pa.Array], rows: int) -> list[int]:
        """Positions at which a group begins, ascending. Without 0, the first rows go on with the previous
        group."""
        if rows == 0:
            return []
        previous, self._last = self._last, [key.slice(rows - 1, 1) for key in keys]
        starts = set() if previous is not None else {0}
        for i, key in enumerate(keys):
            joined = key if previous is None else pa.concat_arrays([previous[i], key])
            first = 1 if previous is None else 0
            starts.update(position + first for position in _changes(joined))
        return sorted(starts)


def _changes(column: pa.Array) -> list[int]:
    """Positions i at which element i differs from element i + 1."""
    if len(column) < 2:
        return []
    if pa.types.is_nested(column.type) or pa.types.is_null(column.type):
        return _changes_of_nested(column)
    one, other = column.slice(0, len(column) - 1), column.slice(1)
    differ = pc.not_equal(one, other)
    if pa.types.is_floating(column.type):
        differ = pc.and_(differ, pc.invert(pc.and_(pc.is_nan(one), pc.is_nan(other))))
    if column.null_count > 0:
        differ = pc.fill_null(differ, False)
        differ = pc.or_(differ, pc.xor(one.is_valid(), other.is_valid()))
    positions: list[int] = pc.indices_nonzero(differ).to_pylist()
    return positions


def _changes_of_nested(column: pa.Array) -> list[int]:
    values = column.to_pylist()
    return [i for i in range(len(values) - 1) if repr(values[i]) != repr(values[i + 1])]
