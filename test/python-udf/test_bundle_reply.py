"""The messages that answer a bundle."""

from __future__ import annotations

from typing import Any, cast

import pyarrow as pa

from millstream._execution.answer import Answer
from millstream._execution.failed_rows import FailedRow
from millstream._worker.bundle_reply import BundleReply
from millstream._worker.data_channel import DataChannel
from millstream._worker.data_messages import BatchMessage, Done, FailedRows
from millstream._worker.own_arena import OwnArena
from millstream._worker.protocol import DataMessage
from millstream._worker.schema_ids import SchemaIds

STEPS = ([7], [2], [0])


class Sent:
    """A data channel that keeps what is sent, but for schemas."""

    def __init__(self) -> None:
        self.arena = OwnArena()
        self.messages: list[DataMessage] = []

    def send(self, message: DataMessage, frames: Any = ()) -> None:
        self.messages.append(message)


def reply() -> tuple[BundleReply, Sent]:
    sent = Sent()
    bundle = BatchMessage("s", 3, 8, 0, 2, [], False, False, None, None, None, False)
    schema_ids = SchemaIds(lambda message, frames: None)
    return BundleReply(cast(DataChannel, sent), schema_ids, bundle), sent


def rows(*values: int) -> Answer:
    return Answer(len(values), pa.record_batch({"r0": pa.array(values)}), None)


def test_only_the_last_batch_says_that_the_bundle_is_complete() -> None:
    answer, sent = reply()

    answer.add(rows(1))
    assert sent.messages == []
    answer.add(rows(2, 3))
    answer.end([], 5, 6, STEPS)

    first, last = sent.messages
    assert isinstance(first, BatchMessage) and isinstance(last, BatchMessage)
    assert (first.sequence, first.rows, first.done) == (8, 1, None)
    assert last.done is not None
    assert (last.rows, last.done.batches, last.done.rows) == (2, 2, 3)
    timing = last.done.timing
    assert (timing.received_ns, timing.decode_ns, timing.step_ns) == ("5", 6, [7])


def test_a_bundle_without_batches_is_ended_by_a_message_of_its_own() -> None:
    answer, sent = reply()

    answer.end([], 5, 6, STEPS)

    (done,) = sent.messages
    assert isinstance(done, Done)
    assert (done.stage, done.sequence, done.batches, done.rows) == ("s", 8, 0, 0)


def test_rows_that_were_given_up_are_told_before_the_bundle_is_complete() -> None:
    answer, sent = reply()
    failed = FailedRow(1, 1, "f", "UDF_EXCEPTION", "ValueError", "no", None, None, 1)

    answer.add(rows(1))
    answer.end([failed] * 150, 5, 6, STEPS)

    told, more, last = sent.messages
    assert isinstance(told, FailedRows) and isinstance(more, FailedRows)
    assert (len(told.rows), len(more.rows)) == (100, 50)
    assert isinstance(last, BatchMessage) and last.done is not None


def test_what_was_encoded_before_a_failure_is_sent_by_flush() -> None:
    answer, sent = reply()

    answer.add(rows(1))
    answer.flush()
    answer.flush()

    (message,) = sent.messages
    assert isinstance(message, BatchMessage) and message.done is None
