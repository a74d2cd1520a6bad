"""The rows of a query, read when they are asked for."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from .._column_names import names_of
from .._types import parse_type
from .._types.arrow_type import to_schema
from .._worker.arrow_ipc import aligned_buffer, read_schema
from .frames import Frame
from .map_query import map_query, query_text
from .tables import identifier

if TYPE_CHECKING:
    import pandas

    from .connection import Connection

_END_OF_STREAM_BYTES = 8


@dataclass(frozen=True)
class ResultColumn:
    """A column by name and SQL type text (`BIGINT`)."""

    name: str
    type: str


class Result:
    """A planned query. Nothing runs before rows are taken; each way of taking them runs the query once.

    Made by `Connection.sql`. Only `batches` (and iteration) reads piece by piece: the query waits for the
    reader, so a result need not fit in memory. Leaving the iteration cancels the query.
    """

    def __init__(
        self, connection: Connection, sql: str, planned: int, columns: tuple[ResultColumn, ...]
    ) -> None:
        self._connection = connection
        self._sql = sql
        self._planned: int | None = planned
        self._columns = columns
        self._metrics: list[dict[str, Any]] = []

    @property
    def metrics(self) -> list[dict[str, Any]]:
        """What functions measured while the rows were last taken to their end: one entry for each metric with
        function, name, kind, labels, subtask (gauges), value, count, rate, sum, min, max, mean, p50, p95,
        p99."""
        return self._metrics

    @property
    def columns(self) -> list[str]:
        """Names of the columns, in order."""
        return [column.name for column in self._columns]

    @property
    def types(self) -> list[str]:
        """SQL types of the columns, in order."""
        return [column.type for column in self._columns]

    def map(
        self,
        function: str,
        *others: Result,
        partition_by: str | Sequence[str] = (),
        order_by: str | Sequence[str] = (),
        **arguments: Any,
    ) -> Result:
        """What a registered function over tables makes of these rows: `FROM function((…) PARTITION BY …)`.

        `others` are further tables of the function, partitioned by the same columns; `order_by` takes
        columns, with ` DESC` behind where they descend; `arguments` are constants by parameter.
        """
        return self._connection.sql(
            map_query(function, [self._sql, *(o._sql for o in others)], partition_by, order_by, arguments)
        )

    def flat_aggregate(self, function: str, *columns: str, partition_by: str | Sequence[str] = ()) -> Result:
        """The rows that a registered table aggregate gives for each group; `columns` are its arguments."""
        keys = names_of(partition_by)
        chosen = ", ".join(identifier(name) for name in [*keys, *columns])
        return self._connection.sql(
            map_query(function, [f"SELECT {chosen} FROM ({query_text(self._sql)})"], keys, (), {})
        )

    def batches(self) -> Generator[pa.RecordBatch, None, None]:
        """The rows as record batches, as the query makes them."""
        planned, self._planned = self._planned, None
        return self._taken(self._connection._fetch(self._sql, planned))

    def _taken(
        self, pieces: Generator[pa.RecordBatch, None, list[dict[str, Any]]]
    ) -> Generator[pa.RecordBatch, None, None]:
        self._metrics = yield from pieces

    def __iter__(self) -> Generator[pa.RecordBatch, None, None]:
        return self.batches()

    def arrow(self) -> pa.Table:
        """All rows as a table."""
        with closing(self.batches()) as batches:
            return table_of(batches, self._columns)

    def df(self) -> pandas.DataFrame:
        """All rows as a pandas frame; integers with NULLs are nullable integers, never floats."""
        return to_pandas(self.arrow())

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows as tuples of Python values."""
        with closing(self.batches()) as batches:
            return [row for batch in batches for row in zip(*_values(batch), strict=True)]

    def __del__(self) -> None:
        if self._planned is not None:
            self._connection._forgotten.append(self._planned)

    def __repr__(self) -> str:
        return f"Result({', '.join(f'{column.name} {column.type}' for column in self._columns)})"


def table_of(batches: Iterator[pa.RecordBatch], columns: tuple[ResultColumn, ...]) -> pa.Table:
    """All batches as one table, with the columns' types also where there is no row."""
    schema = to_schema((column.name, parse_type(column.type)) for column in columns)
    return pa.Table.from_batches(batches, schema)


def columns_of(header: dict[str, Any]) -> tuple[ResultColumn, ...]:
    """The columns that a frame announces."""
    return tuple(ResultColumn(column["name"], column["type"]) for column in header["columns"])


class ArrowPieces:
    """Record batches from the pieces of one Arrow IPC stream: its schema, its batches, its end mark."""

    def __init__(self) -> None:
        self._schema: pa.Schema | None = None

    def take(self, frame: Frame) -> pa.RecordBatch | None:
        """The batch in a frame; None for the other pieces."""
        assert frame.payload is not None
        if self._schema is None:
            self._schema = read_schema(frame.payload)
            return None
        if frame.payload.size == _END_OF_STREAM_BYTES:
            return None
        return pa.ipc.read_record_batch(aligned_buffer(frame.payload), self._schema)


def to_pandas(table: pa.Table) -> pandas.DataFrame:
    """A frame of a table; only integer columns with NULLs take pandas' nullable types."""
    import pandas

    nullable = {
        pa.int8(): pandas.Int8Dtype(),
        pa.int16(): pandas.Int16Dtype(),
        pa.int32(): pandas.Int32Dtype(),
        pa.int64(): pandas.Int64Dtype(),
    }
    # Positions stand for names, which may be equal.
    columns = {
        position: column.to_pandas(types_mapper=nullable.get if column.null_count else None)
        for position, column in enumerate(table.columns)
    }
    frame = pandas.DataFrame(columns)
    frame.columns = pandas.Index(table.column_names)
    return frame


def _values(batch: pa.RecordBatch) -> list[list[Any]]:
    return [column.to_pylist() for column in batch.columns]
