"""Where key groups begin in key-aligned columns; NULL equals NULL and NaN equals NaN."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from .._late import pc
from ..errors import InternalError


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
            starts.update(position + first for position in changes(joined))
        return sorted(starts)


def changes(column: pa.Array) -> list[int]:
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


def run_starts(column: pa.Array) -> list[int]:
    """Where each run of equal elements begins; 0 is the first."""
    return [0, *(position + 1 for position in changes(column))]


def ranges(starts: Sequence[int], rows: int) -> list[tuple[int, int]]:
    """From each start to the next, the last one to `rows`."""
    return list(zip(starts, [*starts[1:], rows], strict=True))


def _changes_of_nested(column: pa.Array) -> list[int]:
    values = column.to_pylist()
    return [i for i in range(len(values) - 1) if repr(values[i]) != repr(values[i + 1])]


class KeyGroups:
    """Divides successive bundles into key groups; the last group of a bundle may go on in the next one.

    Without key columns all rows up to a bundle that does not go on are one group, which also exists over no
    rows.
    """

    def __init__(self, key_columns: Sequence[int]) -> None:
        self._keys = key_columns
        self._starts = GroupStarts()
        self._open = False

    def divide(
        self, columns: Sequence[pa.Array], rows: int, continued: bool
    ) -> tuple[list[tuple[int, int]], int]:
        """The groups of a bundle as ranges of its rows, and how many of them end in it.

        The first range goes on with the group that the bundle before left open, if it did.
        """
        found = self._ranges(columns, rows)
        finished = len(found) - continued if found else 0
        if not continued:
            self._starts = GroupStarts()
        self._open = continued and (self._open or bool(found))
        return found, finished

    def forget(self) -> None:
        """Forgets the open group."""
        self._starts, self._open = GroupStarts(), False

    def _ranges(self, columns: Sequence[pa.Array], rows: int) -> list[tuple[int, int]]:
        if not self._keys:
            return [(0, rows)]
        starts = self._starts.of([columns[key] for key in self._keys], rows)
        if rows == 0:
            return [(0, 0)] if self._open else []
        if starts[:1] == [0] and self._open:
            raise InternalError(
                "UDF_KEY_GROUPS", "A bundle that said its last key group goes on was followed by another key."
            )
        if not starts or starts[0] != 0:
            starts = [0, *starts]
        return ranges(starts, rows)
