"""Rows that aggregates fail on: what they did to the accumulator is undone."""

from __future__ import annotations

import itertools
import random
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from execution_support import CallStep, Column, grouped, open_test_stage

from millstream import (
    AggregateFunction,
    BatchAggregateFunction,
    TableAggregateFunction,
    UdfError,
    udaf,
    udtaf,
)


class Careless(AggregateFunction):
    """Changes its accumulator, and the lists in it, before it looks at the value: bad ones are negative."""

    def __init__(self) -> None:
        self.calls = 0

    def create_accumulator(self) -> dict[str, Any]:
        return {"count": 0, "values": []}

    def accumulate(self, accumulator: dict[str, Any], value: int) -> None:
        self.calls += 1
        accumulator["count"] += 1
        accumulator["values"].append(value)
        if value < 0:
            raise ValueError("negative")

    def get_value(self, accumulator: dict[str, Any]) -> str:
        return f"{accumulator['count']} {accumulator['values']}"


def careless(on_error: Any = "skip", **options: Any) -> Any:
    return udaf(Careless(), on_error=on_error, **options)


def test_a_row_that_fails_leaves_nothing_in_its_group() -> None:
    stage = grouped(careless("dead_letter"))

    assert stage.rows([1, 1, 1, 2], [10, -5, 11, -6]) == [(2, "2 [10, 11]"), (3, "0 []")]
    letters = stage.stage.take_failed_rows()
    assert [(row.row, row.count, row.exception, row.values) for row in letters] == [
        (1, 1, "ValueError", {"value": "-5"}),
        (3, 1, "ValueError", {"value": "-6"}),
    ]
    assert letters[0].message.startswith(
        "Function `f` failed in `accumulate` in row 1 for (value=-5): ValueError"
    )


@pytest.mark.parametrize("seed", range(20))
def test_groups_are_those_of_the_good_rows_however_they_are_cut(seed: int) -> None:
    rng = random.Random(seed)
    rows = [(key, rng.choice([1, 2, 3, -1])) for key in range(6) for _ in range(rng.randrange(1, 12))]
    good = {key: [value for k, value in rows if k == key and value > 0] for key, _ in rows}
    cuts = sorted(rng.sample(range(1, len(rows)), min(3, len(rows) - 1)))
    function = careless()
    stage = grouped(function)

    answers: list[str] = []
    given_up = 0
    for start, end in itertools.pairwise([0, *cuts, len(rows)]):
        keys, values = zip(*rows[start:end], strict=True)
        goes_on = end < len(rows) and rows[end - 1][0] == rows[end][0]
        answers += [text for _, text in stage.rows(list(keys), list(values), continued=goes_on)]
        given_up += sum(row.count for row in stage.stage.take_failed_rows())

    assert answers == [f"{len(values)} {values}" for values in good.values()]
    assert given_up == sum(value < 0 for _, value in rows)
    assert function.calls <= 2 * len(rows)


def test_each_row_of_groups_without_failures_is_given_once() -> None:
    function = careless()
    grouped(function).rows([1, 1, 2], [1, 2, 3])

    assert function.calls == 3


def test_equal_rows_that_fail_are_given_up_once_where_the_call_is_distinct() -> None:
    stage = grouped(careless(), distinct=True)

    assert stage.rows([1, 1, 1, 1], [-1, 4, -1, 4]) == [(3, "1 [4]")]
    assert [row.count for row in stage.stage.take_failed_rows()] == [1]


def test_the_row_is_left_out_of_the_aggregate_that_failed_on_it_alone() -> None:
    class Length(AggregateFunction):
        def create_accumulator(self) -> list[int]:
            return [0]

        def accumulate(self, accumulator: list[int], value: int) -> None:
            accumulator[0] += 1

        def get_value(self, accumulator: list[int]) -> str:
            return str(accumulator[0])

    steps = [CallStep("f", [Column(1)], "STRING"), CallStep("g", [Column(1)], "STRING")]
    stage = open_test_stage(
        {"f": careless(), "g": udaf(Length())},
        ["INT", "INT"],
        steps,
        mode="aggregate",
        key_columns=[0],
        result_steps=[0, 1],
    )

    assert stage.rows([1, 1], [3, -3]) == [(1, "1 [3]", "2")]


def test_a_table_aggregate_does_without_the_row() -> None:
    class Largest(TableAggregateFunction):
        def create_accumulator(self) -> list[int]:
            return []

        def accumulate(self, accumulator: list[int], value: int) -> None:
            accumulator.append(value)
            accumulator.sort()
            if value == 13:
                raise ValueError("bad luck")

        def emit_value(self, accumulator: list[int]) -> Iterator[int]:
            yield accumulator[-1]

    function = udtaf(Largest(), result_type="ROW<largest INT>", on_error="skip")
    step = CallStep("f", [Column(1)], "ROW<largest INT>")
    stage = open_test_stage({"f": function}, ["INT", "INT"], [step], mode="map", key_columns=[0])

    assert stage.rows([1, 1, 2], [5, 13, 7]) == [(1, 5), (2, 7)]
    assert [row.row for row in stage.stage.take_failed_rows()] == [1]


def test_the_first_of_two_phases_does_without_the_row() -> None:
    step = CallStep("f", [Column(1)], "STRING")
    stage = open_test_stage({"f": careless()}, ["INT", "INT"], [step], mode="partial", key_columns=[0])

    stage.rows([2, 1, 2], [1, -1, -1])

    assert sorted((row.row, row.count) for row in stage.stage.take_failed_rows()) == [(2, 2)]


def test_an_accumulator_that_cannot_be_copied_is_refused() -> None:
    class Locked(Careless):
        def create_accumulator(self) -> dict[str, Any]:
            return {"count": 0, "values": [], "lock": threading.Lock()}

    stage = grouped(udaf(Locked(), on_error="skip"))

    with pytest.raises(UdfError, match="cannot be copied, which on_error='skip' needs") as caught:
        stage.rows([1, 1, 1], [1, -1, 2])
    assert caught.value.code == "UDF_ACCUMULATOR"


def test_a_row_that_fails_only_the_second_time_ends_the_job() -> None:
    class Fickle(Careless):
        def accumulate(self, accumulator: dict[str, Any], value: int) -> None:
            super().accumulate(accumulator, value if self.calls < 2 else -1)

    stage = grouped(udaf(Fickle(), on_error="skip"))

    with pytest.raises(UdfError) as caught:
        stage.rows([1, 1], [1, -1])
    assert "It took this row before" in str(caught.value)


class Partial(BatchAggregateFunction):
    def partial(self, values: Any) -> int:
        return len(values)

    def merge(self, one: int, other: int) -> int:
        return one + other

    def finish(self, state: int) -> int:
        return state


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (lambda: udaf(lambda values: 1, result_type="INT", batch="arrow", on_error="skip"), "sees many rows"),
        (lambda: udaf(Partial(), result_type="INT", on_error="skip"), "sees many rows"),
        (lambda: careless(replay=False), "rows of its group are given to it again"),
    ],
)
def test_aggregates_that_cannot_take_a_row_back_are_refused(function: Any, reason: str) -> None:
    with pytest.raises(UdfError, match=reason) as caught:
        grouped(function(), "INT")

    assert caught.value.code == "UDF_OPTION"
