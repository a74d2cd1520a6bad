"""Aggregates over frames: as a reference that evaluates every frame by itself, however bundles are cut."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from execution_support import CallStep, Column, Frame, Stage, open_test_stage

from millstream import AggregateFunction, BatchAggregateFunction, udaf
from millstream.errors import UdfError

Row = tuple[int, int | None, int | None, int | None]


class Listed(AggregateFunction):
    """The values of the frame in order, NULL as -1."""

    def create_accumulator(self) -> list[int]:
        return []

    def accumulate(self, accumulator: list[int], value: int | None) -> None:
        accumulator.append(-1 if value is None else value)

    def get_value(self, accumulator: list[int]) -> list[int]:
        return accumulator


class Retracting(Listed):
    """Takes back what it was given first."""

    def __init__(self) -> None:
        self.retracted = 0

    def retract(self, accumulator: list[int], value: int | None) -> None:
        assert accumulator.pop(0) == (-1 if value is None else value)
        self.retracted += 1


class Present(Listed):
    """Is not called with NULL."""

    def accumulate(self, accumulator: list[int], value: int) -> None:  # type: ignore[override]
        accumulator.append(value)


class Parts(BatchAggregateFunction):
    def partial(self, values: pa.Array) -> list[int]:
        return pc.fill_null(values, -1).to_pylist()  # type: ignore[no-any-return]

    def merge(self, one: list[int], other: list[int]) -> list[int]:
        return one + other

    def finish(self, state: list[int]) -> list[int]:
        return state


@udaf(batch="arrow", result_type="ARRAY<BIGINT>")
def whole(values: pa.Array) -> list[int]:
    return pc.fill_null(values, -1).to_pylist()  # type: ignore[no-any-return]


KINDS: list[Callable[[], Any]] = [
    lambda: udaf(Listed(), result_type="ARRAY<BIGINT>"),
    lambda: udaf(Retracting(), result_type="ARRAY<BIGINT>"),
    lambda: udaf(Present(), result_type="ARRAY<BIGINT>"),
    lambda: udaf(Parts(), result_type="ARRAY<BIGINT>", batch="arrow"),
    lambda: whole,
]


def open_windows(function: Any, frames: Sequence[Frame], **limits: Any) -> Stage:
    """Columns: key, value, start, end; passed: key and value."""
    steps = [CallStep("f", [Column(1)], "ARRAY<BIGINT>", frame=frame) for frame in frames]
    return open_test_stage(
        {"f": function},
        ["BIGINT", "BIGINT", "BIGINT", "BIGINT"],
        steps,
        mode="window",
        result_steps=range(len(steps)),
        key_columns=[0],
        passed_columns=[0, 1],
        **limits,
    )


def some_partition(chance: random.Random, key: int) -> list[Row]:
    """Frames whose bounds never decrease; some are empty."""
    size = chance.randint(1, 12)
    starts = sorted(chance.randint(-2, size + 2) for _ in range(size))
    ends = sorted(chance.randint(-2, size + 2) for _ in range(size))
    values = [chance.choice([None, *range(5)]) for _ in range(size)]
    return [(key, v, *bounds) for v, bounds in zip(values, zip(starts, ends, strict=True), strict=True)]


def reference(rows: Sequence[Row], frame: Frame, keeps_null: bool) -> list[list[int]]:
    values: list[list[int]] = []
    for key in dict.fromkeys(row[0] for row in rows):
        partition = [row for row in rows if row[0] == key]
        for _, _, start, end in partition:
            first = 1 if frame.start is None else start
            last = len(partition) if frame.end is None else end
            empty = first is None or last is None
            seen = [] if empty else partition[max(first - 1, 0) : max(last, 0)]
            values.append([-1 if v is None else v for _, v, *_ in seen if keeps_null or v is not None])
    return values


@pytest.mark.parametrize("kind", range(len(KINDS)))
def test_every_kind_gives_each_row_the_value_of_its_frame(kind: int) -> None:
    seed = 20_000 + kind
    chance = random.Random(seed)
    frames = [Frame(2, 3), Frame(None, 3), Frame(2, None), Frame(None, None)]
    for _ in range(60):
        rows = [row for key in range(chance.randint(1, 4)) for row in some_partition(chance, key)]
        stage = open_windows(KINDS[kind](), frames)
        given: list[Any] = []
        position = 0
        while position < len(rows):
            stop = min(len(rows), position + chance.randint(1, 9))
            continued = stop < len(rows) and rows[stop][0] == rows[stop - 1][0]
            given += stage.rows(*zip(*rows[position:stop], strict=True), continued=continued)
            position = stop
        assert [row[1:3] for row in given] == [row[:2] for row in rows], seed
        for i, frame in enumerate(frames):
            assert [row[3 + i] for row in given] == reference(rows, frame, kind != 2), (seed, frame)


def test_a_sliding_frame_is_retracted_from_and_a_jumping_one_begins_anew() -> None:
    function = Retracting()
    rows: list[Row] = [(1, n, n - 9, n) for n in range(1, 101)]
    stage = open_windows(udaf(function, result_type="ARRAY<BIGINT>"), [Frame(2, 3)])
    assert [row[3] for row in stage.rows(*zip(*rows, strict=True))] == reference(rows, Frame(2, 3), True)
    assert function.retracted == 90
    jumping: list[Row] = [(1, n, n, n) for n in range(1, 101)]
    stage.rows(*zip(*jumping, strict=True))
    assert function.retracted == 90


def test_a_null_bound_is_an_empty_frame() -> None:
    rows: list[Row] = [(1, 7, None, 1), (1, 8, 1, None), (1, 9, 1, 3)]
    stage = open_windows(udaf(Listed(), result_type="ARRAY<BIGINT>"), [Frame(2, 3)])
    assert [row[3] for row in stage.rows(*zip(*rows, strict=True))] == [[], [], [7, 8, 9]]


def test_rows_wait_until_their_frames_are_known() -> None:
    stage = open_windows(whole, [Frame(2, 3)])
    first: list[Row] = [(1, n, n, n + 1) for n in range(1, 4)]
    assert [row[2] for row in stage.rows(*zip(*first, strict=True), continued=True)] == [1, 2]
    assert [row[2] for row in stage.rows([1], [4], [4], [5])] == [3, 4]


def test_an_open_partition_that_needs_too_much_is_refused_and_a_sliding_frame_is_not() -> None:
    rows = 20_000

    def bundle(number: int) -> list[list[int]]:
        positions = range(number * rows + 1, number * rows + rows + 1)
        return [[1] * rows, [*positions], [position - 9 for position in positions], [*positions]]

    sliding = open_windows(whole, [Frame(2, 3)], partition_bytes=1 << 20)
    for number in range(2):
        sliding.rows(*bundle(number), continued=True)
    unbounded = open_windows(whole, [Frame(2, None)], partition_bytes=1 << 20)
    unbounded.rows(*bundle(0), continued=True)
    with pytest.raises(UdfError, match="need more than 1 MiB at once, after 40000 rows") as error:
        unbounded.rows(*bundle(1), continued=True)
    assert error.value.code == "UDF_PARTITION_SIZE"


def test_a_growing_frame_of_rows_holds_no_rows() -> None:
    rows = 20_000
    columns = ([1] * rows, [1] * rows, [1] * rows, list(range(1, rows + 1)))

    class Total(Listed):
        def get_value(self, accumulator: list[int]) -> list[int]:
            return [len(accumulator)]

    stage = open_windows(
        udaf(Total(), result_type="ARRAY<BIGINT>"), [Frame(None, 3)], partition_bytes=1 << 20
    )
    given = stage.rows(*columns, continued=True)
    more = stage.rows(*columns[:3], list(range(rows + 1, 2 * rows + 1)), continued=True)
    assert (given[-1][3], more[-1][3]) == ([rows], [2 * rows])


def test_what_accumulate_raises_names_its_values() -> None:
    class Failing(Listed):
        def accumulate(self, accumulator: list[int], value: int | None) -> None:
            raise ValueError("no")

    stage = open_windows(udaf(Failing(), result_type="ARRAY<BIGINT>"), [Frame(2, 3)])
    with pytest.raises(UdfError, match=r"failed in `accumulate` for \(value=7\): ValueError: no"):
        stage.rows([1], [7], [1], [1])
    assert stage.rows([1], [7], [0], [0]) == [(0, 1, 7, [])]
