"""The rows of a table argument in the form that its parameter asks for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa

from .._types import DataType, RowField
from .arguments import FromTable
from .codec import Codec, Dialect, codec_for
from .frames import Frames


class TableInput:
    """Converts pieces of a table, each the shipped columns of some of its rows."""

    def __init__(self, argument: FromTable, types: Sequence[DataType], dialect: Dialect) -> None:
        self.argument = argument
        fields = [
            RowField(name, types[column])
            for name, column in zip(argument.names, argument.columns, strict=True)
        ]
        self._codecs: list[Codec] = [codec_for(field.type, dialect) for field in fields]
        self._row = codec_for(DataType("ROW", fields=tuple(fields)), dialect)
        self._schema = pa.schema([(f.name, c.arrow_type) for f, c in zip(fields, self._codecs, strict=True)])
        form = argument.table
        self._frames = None if form.package is None else Frames(form.package, form.frame or "", dialect)

    def piece(self, columns: Sequence[pa.Array], start: int, end: int) -> pa.RecordBatch:
        """Rows `start` to `end` of a bundle."""
        arrays = [columns[column].slice(start, end - start) for column in self.argument.columns]
        return pa.RecordBatch.from_arrays(arrays, schema=self._schema)

    def rows(self, piece: pa.RecordBatch) -> Sequence[Any]:
        """Each row as a `Row` with the names of the columns."""
        struct = pa.StructArray.from_arrays(piece.columns, fields=list(self._row.arrow_type))
        return self._row.decode(struct)

    def batch(self, piece: pa.RecordBatch) -> Any:
        """The piece as a frame."""
        assert self._frames is not None
        return self._frames.of(piece.columns, piece.schema.names, self._codecs)

    def whole(self, pieces: Iterable[pa.RecordBatch]) -> Any:
        """All pieces as one frame."""
        table = pa.Table.from_batches(list(pieces), schema=self._schema).combine_chunks()
        batches = table.to_batches()
        return self.batch(batches[0] if batches else pa.RecordBatch.from_pylist([], schema=self._schema))
