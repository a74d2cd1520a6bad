"""What is sent back for one bundle."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from . import arrow_ipc
from .data_messages import BatchMessage, BundleEnd, BundleTiming, Done, FailedRow, FailedRows, WireGroup

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from .. import _execution
    from .data_channel import DataChannel
    from .schema_ids import SchemaIds

#: Failed rows in one message, whose size is bounded.
_ROWS_OF_MESSAGE = 100


class BundleReply:
    """Sends each part of the answer when the next is there, so that the last says that it is the last: a
    message less for each bundle, and what wakes both processes for it."""

    def __init__(self, data: DataChannel, schema_ids: SchemaIds, bundle: BatchMessage) -> None:
        self._data = data
        self._schema_ids = schema_ids
        self._bundle = bundle
        self._held: tuple[BatchMessage, list[pa.Buffer]] | None = None
        self._batches = 0
        self._rows = 0
        self._encode_ns = 0

    def add(self, answer: _execution.Answer, kept: Sequence[pa.RecordBatch] = ()) -> None:
        """Encodes a part; `kept` are the groups of a split that go on in front of it."""
        began = time.monotonic_ns()
        self.flush()
        frames: list[pa.Buffer] = []
        groups: list[WireGroup] = []
        if answer.selection is not None:
            frames.append(arrow_ipc.selection_frame(answer.selection))
        for columns in kept if answer.columns is None else (*kept, answer.columns):
            schema_id = self._schema_ids.id_of(columns.schema)
            frame, block = self._data.arena.write(columns)
            frames.append(frame)
            groups.append(WireGroup(schema_id, answer.rows, False, block))
        bundle = self._bundle
        message = BatchMessage(
            bundle.stage, bundle.epoch, bundle.sequence, 0, answer.rows, groups,
            answer.selection is not None, False, None, None, None, False,
        )  # fmt: skip
        self._held = message, frames
        self._batches += 1
        self._rows += answer.rows
        self._encode_ns += time.monotonic_ns() - began

    def flush(self) -> None:
        """Sends the part that waits for the next one."""
        if (held := self._held) is not None:
            self._held = None
            self._data.send(*held)

    def end(
        self,
        failed: Sequence[_execution.FailedRow],
        received_ns: int,
        decode_ns: int,
        steps: tuple[list[int], list[int], list[int]],
    ) -> None:
        """Sends what is left, with the rows that were given up and the times; `steps`: nanoseconds, calls and
        retries of each."""
        bundle = self._bundle
        for start in range(0, len(failed), _ROWS_OF_MESSAGE):
            rows = [FailedRow(**vars(row)) for row in failed[start : start + _ROWS_OF_MESSAGE]]
            self._data.send(FailedRows(bundle.stage, bundle.epoch, bundle.sequence, rows))
        timing = BundleTiming(str(received_ns), str(time.monotonic_ns()), decode_ns, *steps, self._encode_ns)
        if self._held is None:
            place = bundle.stage, bundle.epoch, bundle.sequence
            self._data.send(Done(*place, self._batches, self._rows, timing))
        else:
            self._held[0].done = BundleEnd(self._batches, self._rows, timing)
            self.flush()
