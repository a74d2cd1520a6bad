"""The output of a relational stage: result batches to the data channel, within the credits granted."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pyarrow as pa

from ..errors import CancelledError
from .data_messages import BatchMessage, WireGroup

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .own_arena import OwnArena
    from .protocol import DataMessage
    from .schema_ids import SchemaIds


class RelationalOutput:
    """Casts batches to their declared types, splits them into column groups and sends them.

    `columns` is the declared schema, `groups` the positions of each column group; any thread may call `post`.
    Used by the stage's thread; `grant` and `poison` by any other.
    """

    def __init__(
        self,
        stage: str,
        epoch: int,
        columns: pa.Schema,
        groups: Sequence[Sequence[int]],
        schema_ids: SchemaIds,
        arena: OwnArena,
        post: Callable[[DataMessage, Sequence[pa.Buffer]], None],
    ) -> None:
        self.rows = 0
        self.batches = 0
        self.bytes = 0
        self.encode_ns = 0
        self.waiting_ns = 0
        self._stage = stage
        self._epoch = epoch
        self._columns = columns
        self._groups = [(positions, pa.schema([columns[p] for p in positions])) for positions in groups]
        self._schema_ids = schema_ids
        self._arena = arena
        self._post = post
        self._credit = 0
        self._changed = threading.Condition()
        self._is_poisoned = False

    def grant(self, credit: int) -> None:
        """Permits that many bytes more."""
        with self._changed:
            self._credit += credit
            self._changed.notify()

    def poison(self) -> None:
        """Makes a waiting or later `send` raise `CancelledError`."""
        with self._changed:
            self._is_poisoned = True
            self._changed.notify()

    def send(self, batch: pa.RecordBatch, *, continued: bool = False, sequence: int | None = None) -> None:
        """Sends a batch once there is credit; the last bytes of the credit may be overdrawn by one batch."""
        self._wait_for_credit()
        began = time.monotonic_ns()
        batches = [
            pa.record_batch([self._cast(batch.column(position), position) for position in positions], schema)
            for positions, schema in self._groups
        ]
        schema_ids = [self._schema_ids.id_of(schema) for _, schema in self._groups]
        number = self.batches if sequence is None else sequence
        with self._arena.sending:
            written = [self._arena.write(group) for group in batches]
            groups = [
                WireGroup(schema_id, batch.num_rows, False, block)
                for schema_id, (_, block) in zip(schema_ids, written, strict=True)
            ]
            self._post(
                BatchMessage(
                    self._stage,
                    self._epoch,
                    number,
                    0,
                    batch.num_rows,
                    groups,
                    False,
                    continued,
                    None,
                    None,
                    None,
                    False,
                ),  # fmt: skip
                [frame for frame, _ in written],
            )
        self.encode_ns += time.monotonic_ns() - began
        size = sum(frame.size if block is None else block.length for frame, block in written)
        with self._changed:
            self._credit -= size
        self.rows += batch.num_rows
        self.batches += 1
        self.bytes += size

    def _cast(self, column: pa.Array, position: int) -> pa.Array:
        declared = self._columns[position].type
        return column if column.type == declared else column.cast(declared)

    def _wait_for_credit(self) -> None:
        began = time.monotonic_ns()
        with self._changed:
            while self._credit <= 0 and not self._is_poisoned:
                self._changed.wait()
            if self._is_poisoned:
                raise CancelledError("CANCELLED", "The stage was cancelled.")
        self.waiting_ns += time.monotonic_ns() - began
