"""Collects what a function over tables gives, rows and frames, into answers of bounded size."""

from __future__ import annotations

from array import array as packed_array
from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import Any

import pyarrow as pa

from ..errors import UdfError
from .answer import Answer
from .call import Call
from .codec import Mismatch
from .codec.nested import RowCodec
from .frames import FrameColumns, WrongColumns, package_of
from .table_rows import RowForm
from .vector import Misfit

#: Rows of one answer at most.
ROWS_OF_ANSWER = 65_536


class AnswerRows:
    """Rows and frames in the order they were given, each with the position of the row it belongs to."""

    def __init__(self, call: Call, codec: RowCodec, schema: pa.Schema) -> None:
        self._call = call
        self._form = RowForm(call, codec)
        self._frames = FrameColumns(codec.data_type, codec.children, call.dialect)
        self._schema = schema
        self._chunks: list[list[pa.Array]] = []
        self._values: list[Any] = []
        self._parents: packed_array[int] = packed_array("i")

    def expand(self, result: Any) -> Iterator[Any]:
        """The rows and frames that one call gave.

        Raises:
            UdfError: UDF_NOT_ITERABLE.
        """
        return iter(self._form.rows(result))

    def add(self, items: Sequence[Any], parent: int, has_parent: bool) -> Iterator[Answer]:
        """Takes rows and frames; answers as they fill. `has_parent` False: there is no row they belong to."""
        for item in items:
            if package_of(item) is None:
                self._values.append(item)
                self._parents.append(parent)
                if len(self._parents) >= ROWS_OF_ANSWER:
                    yield self._answer(has_parent)
                continue
            self._close_values()
            columns = self._columns(item)
            rows = len(columns[0]) if columns else 0
            for start in range(0, rows, ROWS_OF_ANSWER):
                part = [column.slice(start, ROWS_OF_ANSWER) for column in columns]
                if len(self._parents) + len(part[0]) > ROWS_OF_ANSWER:
                    yield self._answer(has_parent)
                self._chunks.append(part)
                self._parents.extend(repeat(parent, len(part[0])))

    def flush(self, has_parent: bool) -> Iterator[Answer]:
        """What is left."""
        if len(self._parents) > 0:
            yield self._answer(has_parent)

    def forget(self) -> None:
        """Drops what was not answered."""
        self._chunks, self._values, self._parents = [], [], packed_array("i")

    def _answer(self, has_parent: bool) -> Answer:
        self._close_values()
        columns = [
            pieces[0] if len(pieces) == 1 else pa.concat_arrays(pieces)
            for pieces in zip(*self._chunks, strict=True)
        ]
        parents = pa.Array.from_buffers(pa.int32(), len(self._parents), [None, pa.py_buffer(self._parents)])
        rows = len(self._parents)
        self.forget()
        batch = pa.RecordBatch.from_arrays(columns, schema=self._schema)
        return Answer(rows, batch, parents if has_parent else None)

    def _close_values(self) -> None:
        if self._values:
            try:
                self._chunks.append(self._form.columns(self._values))
            except Mismatch as mismatch:
                raise self._call.misfit(mismatch, None) from None
            self._values = []

    def _columns(self, frame: Any) -> list[pa.Array]:
        call = self._call
        try:
            return self._frames.of(frame)
        except Mismatch as mismatch:
            raise call.misfit(mismatch, None) from None
        except Misfit as misfit:
            raise UdfError(
                "UDF_RETURN_TYPE",
                f"Function `{call.name}` returned, {misfit}; its result is {call.type}.",
                hint="Return columns of the declared types.",
                details=call.details(None),
            ) from None
        except WrongColumns as wrong:
            raise UdfError(
                "UDF_RETURN_COLUMNS",
                f"Function `{call.name}` returned {wrong}.",
                hint="Return the declared columns, in any order, or declare others.",
                details=call.details(None),
            ) from None
