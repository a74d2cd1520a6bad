"""Rows that a table function gave, on their way into columns."""

from __future__ import annotations

from array import array as packed_array
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from .codec import Mismatch
from .codec.nested import RowCodec
from .table_rows import RowForm, refuse_bare


class TakenRows:
    """What a `TableLoop` took: the fields `kept` of each row, column by column."""

    def __init__(self, kept: Sequence[int]) -> None:
        self._kept = kept
        self.columns: list[list[Any]] = [[] for _ in kept]
        #: By call, how many rows there are after it.
        self.ends = packed_array("i")
        #: Places and rows that are no tuples of the right width.
        self.others: list[tuple[int, Any]] = []

    def __len__(self) -> int:
        return len(self.columns[0])

    def arrays(self, form: RowForm, codec: RowCodec) -> list[pa.Array]:
        """Arrow columns of the fields `kept`.

        Raises:
            Mismatch: a row does not fit.
        """
        if len(codec.children) == 1:
            return form.columns(self.columns[0])
        self._fill_in(codec)
        others = dict(self.others)
        null_rows = sum(row is None for row in others.values())

        def row_at(index: int) -> Any:
            if index in others:
                return others[index]
            known = {field: column[index] for field, column in zip(self._kept, self.columns, strict=True)}
            return tuple(known.get(field, _LEFT_OUT) for field in range(len(codec.children)))

        return codec.encode_columns(self._kept, self.columns, row_at, null_rows)

    def _fill_in(self, codec: RowCodec) -> None:
        """Puts the fields of rows that are no tuples into their places."""
        known = [(place, row) for place, row in self.others if row is not None]
        rows = [row for _, row in known]
        try:
            refuse_bare(rows)
            taken = codec.fields_of(rows)
        except Mismatch as mismatch:
            mismatch.index = known[mismatch.index][0]
            raise
        for field, column in zip(self._kept, self.columns, strict=True):
            for (place, _), values in zip(known, taken, strict=True):
                column[place] = values[field]


class _LeftOut:
    """A field that nobody reads, in the text of an error."""

    def __repr__(self) -> str:
        return "…"


_LEFT_OUT = _LeftOut()
