"""Splits of Parquet files: read by the worker that calls functions on their rows."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa

from .. import _types
from .._late import pc
from ..errors import SourceError
from .parquet_footer import identify
from .split_predicate import compile_predicate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .data_messages import Split
    from .instructions import ColumnSpec, SplitFile, SplitSource


class SplitRows(NamedTuple):
    """Some rows of a split that functions are given."""

    rows: int
    #: Of the source, in its order; at most `batchRows` rows, at offset 0.
    columns: list[pa.Array]
    #: Rows of the split in front of those that were read for this.
    first: int
    #: Which of those that were read these are; None: all of them.
    kept: pa.BooleanArray | None

    def row_of_split(self, row: int) -> int:
        """Where a row of these is in the split."""
        if self.kept is None:
            return self.first + row
        return self.first + int(pc.indices_nonzero(self.kept)[row].as_py())


class SplitReader:
    """Reads splits of a source one after the other, for functions that are given columns of the types of
    `shipped`; keeps the last file open.

    Files are mapped into memory and decoded on the calling thread, in pieces of `batchRows` rows.
    """

    def __init__(self, source: SplitSource, shipped: Sequence[ColumnSpec]) -> None:
        self._source = source
        self._shipped = [_types.to_arrow(_types.parse_type(column.type)) for column in shipped]
        types = [_types.parse_type(column.type) for column in source.columns]
        names = [column.name for column in source.columns]
        self._schema = _types.to_schema(zip(names, types, strict=True))
        self._text = [field.name for field in self._schema if pa.types.is_string(field.type)]
        self._holds = (
            None if source.predicate is None else compile_predicate(source.predicate, types, self._schema)
        )
        self._kept = [
            (group.positions, _types.to_schema((c.name, _types.parse_type(c.type)) for c in group.columns))
            for group in source.kept
        ]
        self._open: tuple[int, Any] | None = None

    def read(self, split: Split, rows: int) -> Iterator[SplitRows]:
        """The rows of a split for which the predicate holds, in order; no piece without rows.

        Raises `SourceError`: SOURCE_CHANGED where the file is not the one that was planned with.
        """
        file = self._file(split.file)
        groups = range(split.first_row_group, split.first_row_group + split.row_groups)
        batches = file.iter_batches(
            self._source.batch_rows, row_groups=list(groups), columns=self._schema.names, use_threads=False
        )
        position, end = 0, split.offset + rows
        for batch in self._whole(batches, split.file):
            first, position = position, position + batch.num_rows
            if position <= split.offset:
                continue
            columns = [batch.column(name) for name in self._schema.names]
            start, stop = max(first, split.offset), min(position, end)
            if stop - start < batch.num_rows:
                # Whoever reads buffers takes them to begin with the first row.
                indices = pa.array(range(start - first, stop - first), pa.int32())
                columns = [column.take(indices) for column in columns]
            part = self._part(columns, stop - start, start - split.offset)
            if part.rows > 0:
                yield part
            if position >= end:
                return
        raise _changed(self._source.files[split.file])

    def shipped(self, part: SplitRows) -> list[pa.Array]:
        """The columns that functions are called with."""
        return [
            _widened(part.columns[position], wanted)
            for position, wanted in zip(self._source.shipped, self._shipped, strict=True)
        ]

    def kept(self, part: SplitRows, selection: pa.Int32Array | None) -> list[pa.RecordBatch]:
        """The groups that go on, each row as often as the selection says."""
        chosen = {position for positions, _ in self._kept for position in positions}
        columns = {
            position: part.columns[position] if selection is None else part.columns[position].take(selection)
            for position in chosen
        }
        return [
            pa.RecordBatch.from_arrays(
                [_widened(columns[p], field.type) for p, field in zip(positions, schema, strict=True)],
                schema=schema,
            )
            for positions, schema in self._kept
        ]

    def joins(self, rows: int) -> bool:
        """Whether an answer of so many rows takes those of one more piece."""
        return rows + self._source.batch_rows <= self._source.answer_rows

    def close(self) -> None:
        """Closes what is open."""
        if self._open is not None:
            self._open[1].close()
            self._open = None

    def _part(self, columns: list[pa.Array], rows: int, first: int) -> SplitRows:
        columns = [_widened(column, field.type) for column, field in zip(columns, self._schema, strict=True)]
        if self._holds is None:
            return SplitRows(rows, columns, first, None)
        kept = pc.fill_null(self._holds(columns), False)
        count = kept.true_count
        if count == rows:
            return SplitRows(rows, columns, first, None)
        return SplitRows(count, [column.filter(kept) for column in columns] if count else [], first, kept)

    def _whole(self, batches: Iterator[pa.RecordBatch], file: int) -> Iterator[pa.RecordBatch]:
        """The batches of a file, whose text is UTF-8."""
        try:
            for batch in batches:
                for name in self._text:
                    # pyarrow takes the file's word for it.
                    batch.column(name).validate(full=True)
                yield batch
        except pa.ArrowMemoryError:
            raise
        except (OSError, pa.ArrowException) as error:
            raise SourceError(
                "SOURCE_CORRUPT", f"{self._source.files[file].path} cannot be read: {_line(error)}"
            ) from error

    def _file(self, number: int) -> Any:
        import pyarrow.parquet as pq

        if self._open is not None and self._open[0] == number:
            return self._open[1]
        self.close()
        planned = self._source.files[number]
        try:
            mapped = pa.memory_map(planned.path, "r")
            if identify(planned.path, os.stat(planned.path)) != planned:
                raise _changed(planned)
            file = pq.ParquetFile(mapped, pre_buffer=False)
        except (OSError, pa.ArrowException) as error:
            raise SourceError("SOURCE_READ", f"{planned.path} cannot be read: {_line(error)}") from error
        self._open = number, file
        return file


def _widened(column: pa.Array, wanted: pa.DataType) -> pa.Array:
    return column if column.type == wanted else column.cast(wanted)


def _changed(file: SplitFile) -> SourceError:
    return SourceError(
        "SOURCE_CHANGED",
        f"{file.path} changed while it was read.",
        hint="Run the statement again. Write new files beside old ones, and rename them when they are whole.",
    )


def _line(error: Exception) -> str:
    return str(error).partition("\n")[0]
