"""Map stages: a table function over partitions of its tables, any number of rows for each partition."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pyarrow as pa

from .._function_spec import hook
from .._types import DataType
from .._user_error import user_error
from ..errors import MillstreamError, UdfError
from .answer import Answer
from .arguments import FromTable
from .call import Call
from .codec import codec_for
from .frames import package_of
from .groups import changes
from .partition_calls import Handlers, IteratorCall, PartitionCall, Piece, RowCalls, WholeCall
from .partitioned_stage import PartitionedStage
from .progress import Progress
from .table_input import TableInput


class MapStage(PartitionedStage):
    """Calls a table function over partitions.

    `tag_column`: where the rows of several tables come together, the number of the table of each row,
    ascending within a partition. `partition_bytes`: what a partition that is taken as a whole may have.
    """

    def __init__(
        self,
        call: Call,
        input_types: Sequence[DataType],
        progress: Progress,
        key_columns: Sequence[int],
        tag_column: int | None,
        partition_bytes: int,
    ) -> None:
        super().__init__(call, progress, key_columns)
        self._keys = key_columns
        self._key_codecs = [codec_for(input_types[key], call.dialect) for key in key_columns]
        self._tag = tag_column
        self._partition: PartitionCall | None = None
        self._key: dict[str, object] = {}
        self._limit = partition_bytes
        arguments = call.bound.arguments
        self._places = [i for i, a in enumerate(arguments) if isinstance(a, FromTable)]
        self._tables = [
            TableInput(a, input_types, call.dialect) for a in arguments if isinstance(a, FromTable)
        ]
        self._values = [a.value for a in arguments]  # type: ignore[union-attr]
        self._form = self._tables[0].argument.table.form
        self._handlers = Handlers(
            self._answers.expand,
            lambda item: package_of(item) is not None,
            self._failed,
            self._count_call,
        )

    def _count_call(self) -> None:
        progress = self._progress
        progress.count_calls(self._call.step, 1)
        progress.finished = range(len(progress.finished) + 1)

    def close(self) -> None:
        self._abandon()
        super().close()

    def _abandon(self) -> None:
        super()._abandon()
        partition, self._partition = self._partition, None
        if partition is not None:
            partition.abandon()

    def _parts(self, columns: Sequence[pa.Array], rows: int, continued: bool) -> Iterator[Answer]:
        ranges, finished = self._groups.divide(columns, rows, continued)
        cuts = [] if self._tag is None else [position + 1 for position in changes(columns[self._tag])]
        has_parent = rows > 0
        for i, (start, end) in enumerate(ranges):
            parent = end - 1
            ends = i < finished
            if self._partition is None:
                self._key = self._key_of(columns, start) if rows > 0 else {}
                self._partition = self._begin(is_complete=ends)
            for piece in self._pieces(columns, start, end, cuts):
                for items in self._partition.feed(piece):
                    yield from self._answers.add(items, parent, has_parent)
            if ends:
                partition, self._partition = self._partition, None
                for items in partition.finish():
                    yield from self._answers.add(items, parent, has_parent)
        yield from self._answers.flush(has_parent)

    def _pieces(
        self, columns: Sequence[pa.Array], start: int, end: int, cuts: Sequence[int]
    ) -> Iterator[Piece]:
        if start == end:
            return
        inner = cuts[bisect_right(cuts, start) : bisect_left(cuts, end)]
        for begin, stop in zip([start, *inner], [*inner, end], strict=True):
            member = 0 if self._tag is None else columns[self._tag][begin].as_py()
            yield Piece(member, begin, self._tables[member].piece(columns, begin, stop))

    def _begin(self, is_complete: bool) -> PartitionCall:
        instance, function = self._function()
        if self._form == "row":
            place = self._places[0]
            return RowCalls(instance, function, self._values, self._tables[0], place, self._handlers)
        if self._form == "partition":
            return WholeCall(function, self._whole, len(self._tables), self._check, self._handlers)
        if is_complete:
            return WholeCall(function, self._iterators_over, len(self._tables), _no_check, self._handlers)
        return IteratorCall(function, self._iterators, len(self._tables), self._handlers)

    def _function(self) -> tuple[Any, Callable[..., Any]]:
        """A declared class without `open` is made anew; any other object serves all partitions."""
        spec = self._call.loaded.spec
        instance, function = spec.instance, spec.call
        target: Any = spec.definition.target
        if isinstance(target, type) and hook(spec.instance, "open") is None:
            try:
                instance = target()
            except Exception as error:
                raise self._failed(error, "in `__init__`", None) from error
            function = instance.eval
        return instance, self._call.bound.adapt(function)

    def _whole(self, pieces: list[list[pa.RecordBatch]]) -> list[Any]:
        return self._with([t.whole(batches) for t, batches in zip(self._tables, pieces, strict=True)])

    def _iterators_over(self, pieces: list[list[pa.RecordBatch]]) -> list[Any]:
        return self._iterators([iter(batches) for batches in pieces])

    def _iterators(self, inputs: list[Iterator[pa.RecordBatch]]) -> list[Any]:
        return self._with(
            [
                _rows(table, pieces) if table.argument.table.form == "rows" else map(table.batch, pieces)
                for table, pieces in zip(self._tables, inputs, strict=True)
            ]
        )

    def _with(self, tables: Sequence[Any]) -> list[Any]:
        """The arguments with tables in their places."""
        arguments = list(self._values)
        for place, table in zip(self._places, tables, strict=True):
            arguments[place] = table
        return arguments

    def _check(self, size: int) -> None:
        if size <= self._limit:
            return
        where = f" of {', '.join(f'{k}={v!r}' for k, v in self._key.items())}" if self._key else ""
        raise UdfError(
            "UDF_PARTITION_SIZE",
            f"Function `{self._call.name}` takes whole partitions, but the partition{where} has more than "
            f"{self._limit >> 20} MiB.",
            hint="Take an iterator of batches (Iterator[pa.RecordBatch]), or give the workers more memory.",
            details=self._call.details(None),
        )

    def _key_of(self, columns: Sequence[pa.Array], row: int) -> dict[str, object]:
        names = self._tables[0].argument
        named = dict(zip(names.columns, names.names, strict=True))
        return {
            named.get(column, f"key{i}"): codec.decode(columns[column].slice(row, 1))[0]
            for i, (column, codec) in enumerate(zip(self._keys, self._key_codecs, strict=True))
        }

    def _failed(self, error: Exception, doing: str, row: int | None) -> MillstreamError:
        return user_error(error, self._call.name, doing, row=row, values=self._key or None)


def _rows(table: TableInput, pieces: Iterator[pa.RecordBatch]) -> Iterator[Any]:
    for piece in pieces:
        yield from table.rows(piece)


def _no_check(size: int) -> None:
    """Pieces of one bundle are in memory already."""
