"""Aggregates in two phases: equal to one phase, for any share of the rows in each bundle."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from execution_support import CallStep, Column, Literal, open_test_stage

from millstream import AggregateFunction, BatchAggregateFunction, MapView, udaf
from millstream._describe import describe
from millstream.errors import UdfError


class Mean(AggregateFunction):
    """Is not called with NULL."""

    def create_accumulator(self) -> list[float]:
        return [0.0, 0.0]

    def accumulate(self, accumulator: list[float], value: int) -> None:
        accumulator[0] += value
        accumulator[1] += 1

    def merge(self, accumulator: list[float], accumulators: Iterable[list[float]]) -> None:
        for other in accumulators:
            accumulator[0] += other[0]
            accumulator[1] += other[1]

    def get_value(self, accumulator: list[float]) -> float | None:
        return accumulator[0] / accumulator[1] if accumulator[1] else None


class Counts(AggregateFunction):
    def create_accumulator(self) -> MapView[str, int]:
        return MapView()

    def accumulate(self, counts: MapView[str, int], value: int | None) -> None:
        counts[str(value)] = (counts.get(str(value)) or 0) + 1

    def merge(self, counts: MapView[str, int], accumulators: Iterable[MapView[str, int]]) -> None:
        for other in accumulators:
            for key, count in other.items():
                counts[key] = (counts.get(key) or 0) + count

    def get_value(self, counts: MapView[str, int]) -> str:
        return str(sorted(counts.items()))


class Bounds(BatchAggregateFunction):
    def partial(self, values: pa.Array) -> tuple[Any, Any]:
        bounds = pc.min_max(values).as_py()
        return bounds["min"], bounds["max"]

    def merge(self, one: tuple[Any, Any], other: tuple[Any, Any]) -> tuple[Any, Any]:
        known = [value for value in (*one, *other) if value is not None]
        return (min(known), max(known)) if known else (None, None)

    def finish(self, state: tuple[Any, Any]) -> str:
        return str(state)


FUNCTIONS = {
    "mean": (lambda: udaf(Mean()), "DOUBLE"),
    "counts": (lambda: udaf(Counts()), "STRING"),
    "bounds": (lambda: udaf(Bounds(), batch="arrow"), "STRING"),
}
Row = tuple[Any, Any, int | None, bool | None]


def one_phase(name: str, rows: list[Row]) -> list[Any]:
    make, result = FUNCTIONS[name]
    step = CallStep("f", [Column(2)], result, filter=3)
    stage = open_test_stage(
        {"f": make()}, ["STRING", "DOUBLE", "BIGINT", "BOOLEAN"], [step], mode="aggregate", key_columns=[0, 1]
    )
    ordered = sorted(rows, key=lambda row: repr(row[:2]))
    return [(*ordered[row[0]][:2], row[1]) for row in stage.rows(*zip(*ordered, strict=True))]


def two_phases(name: str, rows: list[Row], chance: random.Random) -> list[Any]:
    make, result = FUNCTIONS[name]
    step = CallStep("f", [Column(2)], "BYTES", filter=3)
    types = ["STRING", "DOUBLE", "BIGINT", "BOOLEAN"]
    partial = open_test_stage({"f": make()}, types, [step], mode="partial", key_columns=[0, 1])
    states: list[tuple[Any, Any, bytes]] = []
    position = 0
    while position < len(rows):
        share = rows[position : position + chance.randint(1, 9)]
        given = partial.rows(*zip(*share, strict=True))
        assert [row[0] for row in given] == sorted({row[0] for row in given})
        states += [(*share[row[0]][:2], row[1]) for row in given]
        position += len(share)
    states.sort(key=lambda row: repr(row[:2]))
    step = CallStep("f", [Column(2), Literal(None, "BIGINT")], result)
    merge = open_test_stage(
        {"f": make()}, ["STRING", "DOUBLE", "BYTES"], [step], mode="merge", key_columns=[0, 1]
    )
    return [(*states[row[0]][:2], row[1]) for row in merge.rows(*zip(*states, strict=True))]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_two_phases_give_what_one_gives(name: str) -> None:
    seed = 41
    chance = random.Random(seed)
    for _ in range(40):
        rows: list[Row] = [
            (
                chance.choice([None, "a", "b"]),
                chance.choice([None, 0.5, float("nan")]),
                chance.choice([None, *range(4)]),
                chance.choice([True, True, False, None]),
            )
            for _ in range(chance.randint(1, 40))
        ]
        assert repr(two_phases(name, rows, chance)) == repr(one_phase(name, rows)), seed


@pytest.mark.parametrize(("name", "expected"), [("mean", None), ("counts", "[]"), ("bounds", "(None, None)")])
def test_over_no_rows_there_is_one_group_without_keys(name: str, expected: object) -> None:
    make, result = FUNCTIONS[name]
    step = CallStep("f", [Column(0), Literal(None, "BIGINT")], result)
    merge = open_test_stage({"f": make()}, ["BYTES"], [step], mode="merge")
    [answer] = merge.answers([], rows=0)
    assert answer.columns.to_pylist() == [{"r0": expected}]


def test_the_row_of_an_error_is_the_one_that_came() -> None:
    class Fragile(Mean):
        def accumulate(self, accumulator: list[float], value: int) -> None:
            accumulator[0] += 1 / value

    step = CallStep("f", [Column(1)], "BYTES")
    stage = open_test_stage({"f": udaf(Fragile())}, ["INT", "INT"], [step], mode="partial", key_columns=[0])
    with pytest.raises(UdfError, match="in `accumulate` in row 3") as error:
        stage.rows([2, 1, 2, 1], [1, 1, 1, 0])
    assert error.value.details.row == 3


def test_an_accumulator_that_cannot_travel_is_named() -> None:
    class Local(Mean):
        def accumulate(self, accumulator: list[Any], value: int) -> None:  # type: ignore[override]
            accumulator.append(lambda: value)

    step = CallStep("f", [Column(0)], "BYTES")
    stage = open_test_stage({"f": udaf(Local())}, ["INT"], [step], mode="partial")
    with pytest.raises(UdfError, match="The accumulator .* of function `f` cannot be sent") as error:
        stage.rows([1])
    assert error.value.code == "UDF_ACCUMULATOR"


def test_mergeable_is_what_can_travel_and_is_not_of_pyflink() -> None:
    class Unpicklable(Mean):
        def create_accumulator(self) -> Any:
            return lambda: 0

    class WithoutMerge(AggregateFunction):
        create_accumulator = Mean.create_accumulator
        accumulate = Mean.accumulate
        get_value = Mean.get_value

    declared = [udaf(Mean()), udaf(Bounds(), batch="arrow"), udaf(Unpicklable()), udaf(WithoutMerge())]
    assert [describe("f", function)["mergeable"] for function in declared] == [True, True, False, False]
