"""Aggregates whose accumulators the job remembers: equal to all rows at once, however they come."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from execution_support import CallStep, Column, Literal, Stage, open_test_stage

from millstream import AggregateFunction, BatchAggregateFunction, udaf
from millstream.errors import UdfError


class Weighted(AggregateFunction):
    """Is not called with NULL."""

    def create_accumulator(self) -> list[int]:
        return [0, 0]

    def accumulate(self, accumulator: list[int], value: int, weight: int) -> None:
        accumulator[0] += value * weight
        accumulator[1] += 1

    def retract(self, accumulator: list[int], value: int, weight: int) -> None:
        accumulator[0] -= value * weight
        accumulator[1] -= 1

    def get_value(self, accumulator: list[int]) -> int | None:
        return accumulator[0] if accumulator[1] else None


class Sum(BatchAggregateFunction):
    def partial(self, values: pa.Array) -> int:
        return pc.sum(values).as_py() or 0

    def merge(self, one: int, other: int) -> int:
        return one + other

    def finish(self, state: int) -> int:
        return state


@dataclass(frozen=True)
class State:
    group: int = 0
    retracts: int | None = 1
    continues: int = 2
    accumulators: list[int] = field(default_factory=lambda: [3])


TYPES = ["INT NOT NULL", "BOOLEAN NOT NULL", "BOOLEAN NOT NULL", "BYTES", "BIGINT", "BOOLEAN"]


def opened(function: Any, *arguments: Any, filter: int | None = None) -> Stage:
    return open_test_stage(
        {"f": function},
        TYPES,
        [CallStep("f", arguments, result_type="BIGINT", filter=filter)],
        mode="accumulate",
        state=State(),
    )


def update(stage: Stage, groups: list[tuple[bytes | None, list[tuple[str, int | None]]]]) -> list[Any]:
    """Gives groups of ('+', '-' or '.' for a row that does not count, value); values and accumulators."""
    rows = [
        (number, sign == "-", state if i == 0 else None, value, sign != ".")
        for number, (state, values) in enumerate(groups)
        for i, (sign, value) in enumerate(values)
    ]
    columns = [
        pa.array([row[0] for row in rows], pa.int32()),
        pa.array([row[1] for row in rows], pa.bool_()),
        pa.array([False] * len(rows), pa.bool_()),
        pa.array([row[2] for row in rows], pa.binary()),
        pa.array([row[3] for row in rows], pa.int64()),
        pa.array([row[4] for row in rows], pa.bool_()),
    ]
    [answer] = stage.stage.process(columns, len(rows))
    assert answer.columns is not None
    return list(zip(*(column.to_pylist() for column in answer.columns), strict=True))


def test_an_accumulator_goes_on_where_it_was_and_rows_are_taken_back_in_their_order() -> None:
    stage = opened(udaf(Weighted(), result_type="BIGINT"), Column(4), Literal(2, "BIGINT"))

    [(one, state), (other, _)] = update(stage, [(None, [("+", 3), ("+", 4)]), (None, [("+", None)])])
    [(later, _)] = update(stage, [(state, [("+", 10), ("-", 3), ("-", None), ("+", 1)])])

    assert (one, other, later) == (14, None, 30)


def test_rows_that_do_not_count_are_left_out() -> None:
    stage = opened(udaf(Weighted(), result_type="BIGINT"), Column(4), Literal(1, "BIGINT"), filter=5)

    [(value, _)] = update(stage, [(None, [("+", 1), (".", 5), ("+", 2)])])

    assert value == 3


def test_a_group_that_goes_on_in_the_next_has_a_value_after_each_piece() -> None:
    stage = opened(udaf(Weighted(), result_type="BIGINT"), Column(4), Literal(1, "BIGINT"))
    columns = [
        pa.array([0, 1, 2], pa.int32()),
        pa.array([False, False, False]),
        pa.array([False, True, False]),
        pa.nulls(3, pa.binary()),
        pa.array([1, 2, 40], pa.int64()),
        pa.nulls(3, pa.bool_()),
    ]

    [answer] = stage.stage.process(columns, 3)

    assert answer.columns is not None
    assert answer.columns[0].to_pylist() == [1, 3, 40]
    assert [state is None for state in answer.columns[1].to_pylist()] == [True, False, False]
    assert answer.selection.to_pylist() == [0, 1, 2]


@pytest.mark.parametrize("seed", range(5))
def test_any_cuts_of_the_rows_come_to_the_same_values(seed: int) -> None:
    dice = random.Random(seed)
    by_rows = opened(udaf(Weighted(), result_type="BIGINT"), Column(4), Literal(1, "BIGINT"))
    by_vectors = opened(udaf(Sum(), result_type="BIGINT", batch="arrow"), Column(4))
    totals = [0, 0, 0]
    stages = [by_rows, by_vectors]
    states: list[list[Any]] = [[None] * 3 for _ in stages]
    for _ in range(20):
        rows = [[("+", dice.randint(-9, 9)) for _ in range(dice.randint(1, 4))] for _ in totals]
        totals = [total + sum(v for _, v in group) for total, group in zip(totals, rows, strict=True)]
        for i, stage in enumerate(stages):
            updated = update(stage, list(zip(states[i], rows, strict=True)))
            assert [value for value, _ in updated] == totals, f"seed {seed}"
            states[i] = [state for _, state in updated]


def test_a_function_over_whole_groups_is_given_each_group_at_once_and_keeps_nothing() -> None:
    @udaf(batch="arrow")
    def reach(values: int) -> int:
        return pc.subtract(pc.max(values), pc.min(values))

    assert update(opened(reach, Column(4)), [(None, [("+", 3), ("+", 9)]), (None, [("+", 5)])]) == [
        (6, None),
        (0, None),
    ]


def test_an_accumulator_that_cannot_be_kept_or_read_is_told() -> None:
    class Open(Weighted):
        def create_accumulator(self) -> Any:
            return [0, 0, lambda: 0]

    with pytest.raises(UdfError, match="cannot be kept between batches") as kept:
        update(
            opened(udaf(Open(), result_type="BIGINT"), Column(4), Literal(1, "BIGINT")), [(None, [("+", 1)])]
        )
    with pytest.raises(UdfError, match="remembered accumulator of function `f` cannot be read") as read:
        stage = opened(udaf(Weighted(), result_type="BIGINT"), Column(4), Literal(1, "BIGINT"))
        update(stage, [(b"\x80\x05cno_module\nname\n.", [("+", 1)])])

    assert kept.value.code == read.value.code == "UDF_ACCUMULATOR"


def test_a_failing_retraction_is_told_with_its_row() -> None:
    class Picky(Weighted):
        def retract(self, accumulator: list[int], value: int, weight: int) -> None:
            raise ValueError("never")

    with pytest.raises(UdfError, match="in `retract` in row 1") as error:
        stage = opened(udaf(Picky(), result_type="BIGINT"), Column(4), Literal(1, "BIGINT"))
        update(stage, [(None, [("+", 1), ("-", 1)])])

    assert error.value.details.row == 1


def test_a_row_that_fails_is_left_out_of_its_accumulator_where_the_function_says_so() -> None:
    class Picky(Weighted):
        def accumulate(self, accumulator: list[int], value: int, weight: int) -> None:
            accumulator[0] += 1000
            if value < 0:
                raise ValueError(value)
            accumulator[0] += value - 1000
            accumulator[1] += 1

    function = udaf(Picky(), result_type="BIGINT", on_error="skip")
    stage = opened(function, Column(4), Literal(1, "BIGINT"))
    [(one, state)] = update(stage, [(None, [("+", 3), ("+", -1), ("+", 4)])])
    [(two, _)] = update(stage, [(state, [("+", -5), ("+", 10)])])

    assert (one, two) == (7, 17)
    assert [row.row for row in stage.stage.take_failed_rows()] == [0]
