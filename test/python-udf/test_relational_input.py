"""What waits for a query per batch is computed together, within its bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from millstream._worker.data_messages import BatchMessage
from millstream._worker.relational_input import RelationalInput

if TYPE_CHECKING:
    from collections.abc import Sequence

ROW = b"x" * 1024
X = pa.schema([("x", pa.int64())])


def joined(batches: Sequence[tuple[Sequence[int], bool]]) -> list[tuple[list[int], int]]:
    """The batches, each with whether it may be joined to the one before it, that are computed together."""
    values = [values for values, _ in batches]
    waiting = RelationalInput(
        X, lambda message, _: [pa.array(values[message.sequence], pa.int64())], lambda _: None
    )
    for sequence, (rows, may_join) in enumerate(batches):
        message = BatchMessage("s", 1, sequence, 0, len(rows), [], False, False, None, None, None, may_join)
        waiting.put(message, ())
    waiting.end()
    return [(batch.column(0).to_pylist(), sequence) for batch, sequence in waiting.joined_batches()]


def test_what_waits_is_one_batch_with_the_sequence_of_the_last() -> None:
    assert joined([([1, 2], False), ([3], True), ([4], True)]) == [([1, 2, 3, 4], 2)]


def test_a_batch_that_may_not_be_joined_begins_anew() -> None:
    assert joined([([1], True), ([2], True), ([3], False), ([4], True)]) == [([1, 2], 1), ([3, 4], 3)]


def test_batches_without_rows_are_joined_too() -> None:
    assert joined([([], False), ([], True), ([5], True)]) == [([5], 2)]
    assert joined([([], False), ([], True)]) == [([], 1)]


def test_large_batches_stay_apart() -> None:
    most = [0] * 16_384
    assert [sequence for _, sequence in joined([(most, False), ([1], True), ([2], True)])] == [0, 2]


def test_what_is_joined_ends_at_a_share_of_the_window_however_fast_the_sender_refills_it() -> None:
    sent, credit = 0, 0

    def grant(size: int) -> None:
        nonlocal sent, credit
        credit += size
        while credit > 0 and sent < 200:
            waiting.put(
                BatchMessage("s", 1, sent, 0, 1, [], False, False, None, None, None, True),
                (pa.py_buffer(ROW),),
            )
            sent += 1
            credit -= len(ROW)

    waiting = RelationalInput(
        pa.schema([("x", pa.binary())]),
        lambda _, frames: [pa.array([bytes(frames[0])], pa.binary())],
        grant,
    )
    waiting.open(32 * len(ROW))

    batch, sequence = next(waiting.joined_batches())
    assert (batch.num_rows, sequence) == (4, 3)
