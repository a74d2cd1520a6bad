"""One relational stage: a DuckDB query on a thread of its own, from its inputs to its output or its sink."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from .. import _types
from ..errors import CancelledError, InternalError
from .data_messages import Credit, End, Failed, RelationalStatistics
from .duckdb_errors import QueryPlace, translate_duckdb_error
from .relational_input import RelationalInput, stream_capsule
from .relational_output import RelationalOutput
from .relational_session import RelationalSession, execute, quote_text
from .wire_errors import wire_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from .data_channel import Frame
    from .data_messages import BatchMessage
    from .duckdb_extension import duckdb
    from .instructions import ColumnSpec, OpenRelationalStage
    from .key_cuts import KeyBatch
    from .own_arena import OwnArena
    from .protocol import DataMessage
    from .schema_ids import SchemaIds

    Decode = Callable[[BatchMessage, Sequence[Frame]], list[pa.Array]]
    Post = Callable[[DataMessage, Sequence[pa.Buffer]], None]

_INPUT_WINDOW_BYTES = 16 << 20
_LEAST_WINDOW_BYTES = 1 << 20
_INTERRUPT_EVERY_SECONDS = 0.01
_LEAST_ROWS_OF_PIECE = 16_384
_PIECES_OF_LAST = 4


class RelationalStage:
    """Has `session` for itself until `close`; idle until `start` runs the query.

    The query ends with one `end` or `failed` message. `decode` and `post` are the data
    channel's; `post` may be called from any thread.
    """

    def __init__(
        self,
        body: OpenRelationalStage,
        session: RelationalSession,
        epoch: int,
        time_zone: str,
        decode: Decode,
        schema_ids: SchemaIds,
        arena: OwnArena,
        post: Post,
    ) -> None:
        if body.per_batch and len(body.inputs) != 1:
            raise InternalError("PROTOCOL_INSTRUCTION", "A query per batch has exactly one input.")
        self.body = body
        self.inputs = [
            RelationalInput(_schema(columns), decode, self._granter(number))
            for number, columns in enumerate(body.inputs)
        ]
        columns = _schema(body.output)
        self.output = RelationalOutput(body.stage, epoch, columns, body.groups or [], schema_ids, arena, post)
        self._columns = columns
        self._epoch = epoch
        self._post = post
        self._is_cancelled = False
        self._written = 0
        self._has_ended = threading.Event()
        self._interrupter = threading.Thread(target=self._interrupt_until_ended, daemon=True)
        self._session = session
        self._connection = session.connection
        self._ended_well = False
        session.begin(body, time_zone)
        self._thread = threading.Thread(target=self._run, name=f"stage {body.stage}", daemon=True)

    @property
    def is_running(self) -> bool:
        """True from `start` until the query has ended or failed."""
        return self._thread.is_alive()

    @property
    def fraction(self) -> float | None:
        """The part of its files that the running query has read; None where DuckDB does not know."""
        percent = self._connection.query_progress()
        return None if percent < 0 else min(percent / 100, 1.0)

    def start(self) -> None:
        """Grants the inputs their first window and starts the query."""
        share = self.body.memory_limit_bytes // (8 * max(1, len(self.inputs)))
        for each in self.inputs:
            each.open(max(_LEAST_WINDOW_BYTES, min(_INPUT_WINDOW_BYTES, share)))
        self._thread.start()

    def cancel(self) -> None:
        """Stops the query: inputs first, because an interrupt is noticed only between them. Any thread."""
        if self._is_cancelled:
            return
        self._is_cancelled = True
        for each in self.inputs:
            each.poison()
        self.output.poison()
        self._interrupter.start()

    def close(self) -> RelationalSession | None:
        """Stops the query if it runs and waits for its end.

        Returns the session for another stage; None where the query was stopped or failed: it is closed then.
        """
        if self._thread.is_alive():
            self.cancel()
            self._thread.join()
        self._has_ended.set()
        if self._interrupter.is_alive():
            self._interrupter.join()
        if self._ended_well and not self._is_cancelled:
            return self._session
        self._session.close()
        return None

    def _interrupt_until_ended(self) -> None:
        # DuckDB forgets an interrupt that comes before a query begins.
        while not self._has_ended.wait(_INTERRUPT_EVERY_SECONDS):
            self._connection.interrupt()

    def _run(self) -> None:
        try:
            self._post(self._ended(), ())
        finally:
            self._has_ended.set()

    def _ended(self) -> End | Failed:
        """Runs the query; the message that says how it ended."""
        began = time.monotonic_ns()
        try:
            self._session.prepare(self.body.sql)
            self._execute()
        except BaseException as error:
            return self._failed(error)
        self._ended_well = True
        output = self.output
        others_ns = output.encode_ns + output.waiting_ns + sum(each.waiting_ns for each in self.inputs)
        statistics = RelationalStatistics(
            rows=output.rows,
            batches=output.batches,
            bytes=output.bytes,
            query_ns=max(0, time.monotonic_ns() - began - others_ns),
            encode_ns=output.encode_ns,
            written=self._written,
        )
        return End(self.body.stage, self._epoch, 0, statistics)

    def _execute(self) -> None:
        if self.body.per_batch:
            self._execute_per_batch()
            return
        relations = {f"input_{number}": each.capsule() for number, each in enumerate(self.inputs)}
        if self.body.sink is not None:
            sink = self.body.sink
            copied = execute(
                self._connection,
                f"COPY ({self.body.sql}) TO {quote_text(sink.temporary_path)} ({sink.copy_options})",
                relations,
            )
            self._written = _count(copied)
            return
        result = execute(self._connection, self.body.sql, relations)
        for batch, continued in self._cut(self._pieces(result.to_arrow_reader(self.body.batch_rows))):
            self.output.send(batch, continued=continued)

    def _execute_per_batch(self) -> None:
        for batch, sequence in self.inputs[0].joined_batches():
            relations = {"input_0": stream_capsule(batch.schema, iter((batch,)))}
            result = execute(self._connection, self.body.sql, relations).to_arrow_table()
            self.output.send(_one_batch(result), sequence=sequence)

    def _pieces(self, reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
        """Batches of at most `batchRows`: DuckDB rounds up to its vectors of 2,048 rows."""
        for batch in reader:
            rows = rows_of_piece(batch.num_rows, self.body.batch_rows)
            for offset in range(0, batch.num_rows, rows):
                yield batch.slice(offset, rows)

    def _cut(self, batches: Iterator[pa.RecordBatch]) -> Iterator[KeyBatch | tuple[pa.RecordBatch, bool]]:
        if self.body.key_columns is None:
            return ((batch, False) for batch in batches)
        # Not before it is needed: `pyarrow.compute` is a quarter of what a relational worker would import.
        from .key_cuts import cut_between_keys

        return cut_between_keys(batches, self.body.key_columns, self._columns, self.body.batch_rows)

    def _failed(self, error: BaseException) -> Failed:
        if self.body.sink is not None:
            with contextlib.suppress(OSError):
                os.unlink(self.body.sink.temporary_path)
        known: BaseException = error
        # An error inside an input is the cause of what DuckDB reports.
        inner = next((each.error for each in self.inputs if each.error is not None), None)
        if self._is_cancelled:
            known = CancelledError("CANCELLED", "The stage was cancelled.")
        elif inner is not None:
            known = inner
        elif _is_of_duckdb(error):
            known = translate_duckdb_error(error, self._place())
        return Failed(self.body.stage, self._epoch, None, wire_error(known, stage=self.body.stage))

    def _place(self) -> QueryPlace:
        sink = self.body.sink
        return QueryPlace(
            None if sink is None else sink.temporary_path,
            self.body.temporary_directory,
            self.body.memory_limit_bytes,
        )

    def _granter(self, number: int) -> Callable[[int], None]:
        return lambda size: self._post(Credit(self.body.stage, self._epoch, number, size), ())


def rows_of_piece(rows: int, most: int) -> int:
    """Rows of the pieces that a batch is sent in.

    A batch that is not full is the last one, or all there is: its rows are shared out among the workers.
    """
    return most if rows >= most else min(most, max(_LEAST_ROWS_OF_PIECE, -(-rows // _PIECES_OF_LAST)))


def _schema(columns: Sequence[ColumnSpec]) -> pa.Schema:
    return _types.to_schema((column.name, _types.parse_type(column.type)) for column in columns)


def _one_batch(table: pa.Table) -> pa.RecordBatch:
    batches = table.combine_chunks().to_batches()
    if batches:
        return batches[0]
    return pa.record_batch([pa.array([], field.type) for field in table.schema], schema=table.schema)


def _count(copied: duckdb.DuckDBPyConnection) -> int:
    row: Any = copied.fetchone()
    return int(row[0])


def _is_of_duckdb(error: BaseException) -> bool:
    return type(error).__module__ in ("_duckdb", "duckdb") or isinstance(error, (pa.ArrowException, OSError))
