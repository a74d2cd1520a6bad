"""The parents of a table function's rows."""

from __future__ import annotations

from array import array as packed_array
from bisect import bisect_left

import pyarrow as pa

from .._late import pc
from .called_rows import CalledRows


class TableParents:
    """Which row of the bundle each result row belongs to."""

    def __init__(self, called: CalledRows, outer: bool) -> None:
        self._called = called
        #: The rows that parents are; None: they are counted from 0.
        self._rows = None if outer or called.keep is None else called.positions()
        self.expected = called.total if outer else called.count
        #: Parents whose rows were taken in.
        self.done = 0

    def of(self, first: int, ends: packed_array[int], rows: int) -> pa.Int32Array:
        """The parents of `rows` rows, of which those from one of `ends` to the next belong together;
        `first` is the parent of the first."""
        offsets = packed_array("i", (0,)) + ends
        if offsets[-1] < rows:
            offsets.append(rows)
        buffer = pa.Array.from_buffers(pa.int32(), len(offsets), [None, pa.py_buffer(offsets)])
        lists = pa.ListArray.from_arrays(buffer, pa.nulls(rows))
        parents = pc.add(pc.list_parent_indices(lists).cast(pa.int32()), pa.scalar(first, pa.int32()))
        return parents if self._rows is None else pa.array(self._rows, pa.int32()).take(parents)

    def place(self, parent: int) -> int:
        """The row of the bundle that a parent is."""
        return parent if self._rows is None else self._rows[parent]

    def index(self, parent: int) -> int:
        """The number of the call for a parent."""
        if self._called.keep is None or self._rows is not None:
            return parent
        return bisect_left(self._called.positions(), parent)
