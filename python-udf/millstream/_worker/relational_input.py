"""An input of a relational stage: batches from the data channel to DuckDB, within the credits granted."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING

import pyarrow as pa

from ..errors import CancelledError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from .data_channel import Frame
    from .data_messages import BatchMessage

    Received = tuple[BatchMessage, Sequence[Frame]]


# A sender may go on while any credit is left, so less than all of it must be granted anew.
_STEPS_OF_WINDOW = 8
# A query costs as much as some thousand rows; more of them would only wait for each other.
_MOST_JOINED_ROWS = 16_384


class RelationalInput:
    """A queue filled by the main thread and drained by DuckDB's.

    `decode` makes the columns of a received batch; `grant` permits the core to send that many bytes more.
    """

    def __init__(
        self,
        schema: pa.Schema,
        decode: Callable[[BatchMessage, Sequence[Frame]], list[pa.Array]],
        grant: Callable[[int], None],
    ) -> None:
        self.schema = schema
        self.error: BaseException | None = None
        """What failed in here: DuckDB only passes on its text."""
        self.waiting_ns = 0
        self._decode = decode
        self._grant = grant
        self._step = 0
        self._consumed = 0
        self._queue: deque[Received] = deque()
        self._changed = threading.Condition()
        self._has_ended = False
        self._is_poisoned = False

    def open(self, window_bytes: int) -> None:
        """Permits the first `window_bytes`; what is consumed of them is granted anew in eighths."""
        self._step = window_bytes // _STEPS_OF_WINDOW
        self._grant(window_bytes)

    def put(self, message: BatchMessage, frames: Sequence[Frame]) -> None:
        """Adds a batch as it was received."""
        with self._changed:
            self._queue.append((message, frames))
            self._changed.notify()

    def end(self) -> None:
        """No batch follows."""
        with self._changed:
            self._has_ended = True
            self._changed.notify()

    def poison(self) -> None:
        """Fails whoever waits for a batch, now or later: DuckDB notices an interrupt only between batches."""
        with self._changed:
            self._is_poisoned = True
            self._queue.clear()
            self._changed.notify()

    def capsule(self) -> object:
        """A PyCapsule with the Arrow stream of all batches; DuckDB may scan it once.

        Never a RecordBatchReader: DuckDB 1.5 reads 1 GiB of those ahead, outside its memory limit.
        """
        return stream_capsule(self.schema, self._kept(batch for batch, _ in self.batches() if batch.num_rows))

    def batches(self) -> Iterator[tuple[pa.RecordBatch, int]]:
        """Decoded batches with their sequence. Raises `CancelledError` when poisoned."""
        while (received := self._take()) is not None:
            sequence = received[0].sequence
            batch = self._decoded(received)
            del received
            yield batch, sequence

    def joined_batches(self) -> Iterator[tuple[pa.RecordBatch, int]]:
        """As `batches`; what waits and may be joined is one batch, with the sequence of the last.

        It has at most 16,384 rows and an eighth of the window, unless its first batch alone has more.
        """
        while (received := self._take()) is not None:
            joined = [self._decoded(received)]
            rows, size, sequence = joined[0].num_rows, _size(received), received[0].sequence
            while (received := self._take_joined(rows, size)) is not None:
                joined.append(self._decoded(received))
                rows += joined[-1].num_rows
                size += _size(received)
                sequence = received[0].sequence
            yield _concatenated(joined), sequence

    def _decoded(self, received: Received) -> pa.RecordBatch:
        message, frames = received
        columns = [
            column if column.type == field.type else column.cast(field.type)
            for column, field in zip(self._decode(message, frames), self.schema, strict=True)
        ]
        self._consumed += _size(received)
        if self._consumed >= self._step:
            self._grant(self._consumed)
            self._consumed = 0
        return pa.record_batch(columns, schema=self.schema)

    def _take_joined(self, rows: int, size: int) -> Received | None:
        """The next batch if it waits, may be joined to what is before it, and leaves that small enough."""
        with self._changed:
            if not self._queue or self._is_poisoned:
                return None
            message, _ = self._queue[0]
            if not message.may_join or rows + message.rows > _MOST_JOINED_ROWS:
                return None
            # What is joined is granted anew before its query runs: senders would go on for ever.
            if size + _size(self._queue[0]) > self._step:
                return None
            return self._queue.popleft()

    def _take(self) -> Received | None:
        began = time.monotonic_ns()
        with self._changed:
            while not self._queue and not self._has_ended and not self._is_poisoned:
                self._changed.wait()
            self.waiting_ns += time.monotonic_ns() - began
            if self._is_poisoned:
                raise CancelledError("CANCELLED", "The stage was cancelled.")
            return self._queue.popleft() if self._queue else None

    def _kept(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        try:
            yield from batches
        # Not GeneratorExit: DuckDB leaves the stream when the query fails elsewhere.
        except Exception as error:
            self.error = error
            raise


def _size(received: Received) -> int:
    return sum(len(frame) for frame in received[1])


def _concatenated(batches: Sequence[pa.RecordBatch]) -> pa.RecordBatch:
    full = [batch for batch in batches if batch.num_rows]
    if len(full) < 2:
        return full[0] if full else batches[0]
    return pa.Table.from_batches(full).combine_chunks().to_batches()[0]


def stream_capsule(schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> object:
    """A PyCapsule over batches, for one scan by DuckDB."""
    return pa.RecordBatchReader.from_batches(schema, batches).__arrow_c_stream__()
