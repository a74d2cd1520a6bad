"""Aggregates: groups across bundles, NULLs, DISTINCT, FILTER, vectors, errors."""

from __future__ import annotations

import math
import random
from typing import Any

import pyarrow as pa
import pytest
from execution_support import CallStep, Column, Literal, grouped, open_test_stage

from millstream import AggregateFunction, InternalError, ListView, Row, UdfError, udaf
from millstream._execution.groups import GroupStarts


class Values(AggregateFunction):
    """The values it was given, as text."""

    def create_accumulator(self) -> list[Any]:
        return []

    def accumulate(self, accumulator: list[Any], *args: Any) -> None:
        accumulator.append(args[0] if len(args) == 1 else args)

    def get_value(self, accumulator: list[Any]) -> str:
        return repr(accumulator)


class Total(AggregateFunction):
    def create_accumulator(self) -> list[int]:
        return [0]

    def accumulate(self, accumulator: list[int], value: int) -> None:
        accumulator[0] += value

    def get_value(self, accumulator: list[int]) -> int:
        return accumulator[0]


VALUES = udaf(Values())


TOTAL = udaf(Total())


def test_each_key_group_gives_one_row_at_its_last_position() -> None:
    assert grouped(VALUES).rows([1, 1, 2, 3, 3], [10, 11, 20, None, 31]) == [
        (1, "[10, 11]"),
        (2, "[20]"),
        (4, "[None, 31]"),
    ]


def test_a_group_that_goes_on_is_answered_in_the_bundle_in_which_it_ends() -> None:
    stage = grouped(VALUES)

    assert stage.rows([1, 2], [1, 2], continued=True) == [(0, "[1]")]
    assert stage.rows([2, 2], [3, 4], continued=True) == []
    assert stage.rows([2, 3], [5, 6]) == [(0, "[2, 3, 4, 5]"), (1, "[6]")]
    assert stage.rows([3], [7]) == [(0, "[7]")]


def test_a_bundle_without_rows_has_no_groups() -> None:
    assert grouped(VALUES).rows([], []) == []


def test_a_global_aggregate_over_no_rows_gives_the_empty_accumulators_value() -> None:
    stage = grouped(VALUES, types=("INT",), keys=(), arguments=[Column(0)])

    (answer,) = stage.answers([])

    assert (answer.rows, answer.selection) == (1, None)
    assert answer.columns.column(0).to_pylist() == ["[]"]


def test_a_global_aggregate_spans_bundles() -> None:
    stage = grouped(VALUES, types=("INT",), keys=(), arguments=[Column(0)])

    assert stage.rows([1], continued=True) == []
    assert stage.rows([2, 3]) == [(1, "[1, 2, 3]")]
    assert stage.rows([4], continued=True) == []
    assert stage.answers([])[0].columns.column(0).to_pylist() == ["[4]"]


def test_rows_with_null_for_a_parameter_that_is_not_optional_are_left_out() -> None:
    assert grouped(TOTAL, "BIGINT").rows([1, 1, 2], [5, None, None]) == [(1, 5), (2, 0)]


def test_a_filter_leaves_rows_out_and_keeps_the_group() -> None:
    stage = grouped(VALUES, types=("INT", "INT", "BOOLEAN"), filter=2)

    rows = stage.rows([1, 1, 2, 2], [1, 2, 3, 4], [True, None, False, False])

    assert rows == [(1, "[1]"), (3, "[]")]


def test_distinct_takes_each_argument_row_once_in_a_group_and_null_is_a_value() -> None:
    stage = grouped(VALUES, types=("INT", "DOUBLE"), distinct=True)

    nan = float("nan")
    assert stage.rows([1] * 6 + [2], [1.0, None, nan, 1.0, None, -nan, 1.0]) == [
        (5, "[1.0, None, nan]"),
        (6, "[1.0]"),
    ]
    assert stage.rows([1], [5.0], continued=True) == []
    assert stage.rows([1, 1], [5.0, 6.0]) == [(1, "[5.0, 6.0]")]


def test_distinct_does_not_call_with_null_where_the_parameter_does_not_take_it() -> None:
    assert grouped(TOTAL, "BIGINT", distinct=True).rows([1, 1, 1], [5, None, 5]) == [(2, 5)]


def test_distinct_compares_all_arguments_nested_ones_included() -> None:
    arguments = [Column(1), Column(2), Literal("-", "STRING")]
    stage = grouped(
        VALUES, types=("INT", "ARRAY<INT>", "MAP<STRING, INT>"), distinct=True, arguments=arguments
    )

    (row,) = stage.rows([1] * 3, [[1], [1], [2]], [{"a": 1}, {"a": 1}, None])

    assert row == (2, "[([1], {'a': 1}, '-'), ([2], None, '-')]")


def test_several_aggregates_share_the_groups() -> None:
    steps = [
        CallStep("total", [Column(1)], "BIGINT"),
        CallStep("values", [Column(1)], "STRING", distinct=True),
        CallStep("total", [Column(1)], "BIGINT", filter=2),
    ]
    functions = {"total": TOTAL, "values": VALUES}
    stage = open_test_stage(
        functions, ["INT", "INT", "BOOLEAN"], steps, mode="aggregate", key_columns=[0], result_steps=[2, 0, 1]
    )

    assert stage.rows([1, 1, 2], [4, 4, 5], [True, False, None]) == [(1, 4, 8, "[4]"), (2, 0, 5, "[5]")]


def test_an_aggregate_without_arguments_counts_rows() -> None:
    class Count(Total):
        def accumulate(self, accumulator: list[int], *args: Any) -> None:
            accumulator[0] += 1

    assert grouped(udaf(Count()), "BIGINT", arguments=[]).rows([1, 1, 2], [0, 0, 0]) == [(1, 2), (2, 1)]


def test_accumulators_may_be_rows_with_views() -> None:
    class Longest(AggregateFunction):
        def create_accumulator(self) -> Row:
            return Row(ListView(), 0)

        def accumulate(self, accumulator: Row, value: str) -> None:
            accumulator[0].add(value)
            accumulator[1] = max(accumulator[1], len(value))

        def get_value(self, accumulator: Row) -> str:
            return next(v for v in accumulator[0].get() if len(v) == accumulator[1])

    stage = grouped(udaf(Longest()), "STRING", types=("INT", "STRING"))

    assert stage.rows([1, 1, 1], ["a", "ccc", "bbb"]) == [(2, "ccc")]


def test_an_exception_in_accumulate_names_the_row_of_the_bundle() -> None:
    class Unlucky(Total):
        def accumulate(self, accumulator: list[int], value: int) -> None:
            if value == 13:
                raise ValueError("unlucky number")

    stage = grouped(udaf(Unlucky()), "BIGINT")

    with pytest.raises(UdfError, match="in `accumulate` in row 3 .*unlucky number") as caught:
        stage.rows([1, 1, 2, 2], [1, None, 5, 13])

    assert caught.value.details.row == 3
    assert caught.value.details.values == {"value": "13"}
    assert stage.rows([9], [1]) == [(0, 0)]


@pytest.mark.parametrize("method", ["create_accumulator", "get_value"])
def test_an_exception_in_the_other_methods_names_the_method(method: str) -> None:
    def fail(self: Any, *args: Any) -> Any:
        raise RuntimeError("broken")

    broken = type("Broken", (Values,), {method: fail})

    with pytest.raises(UdfError, match=f"in `{method}`: RuntimeError: broken"):
        grouped(udaf(broken(), result_type="STRING")).rows([1], [1])


def test_a_value_that_does_not_fit_is_refused() -> None:
    with pytest.raises(UdfError, match="its result is TINYINT") as caught:
        grouped(udaf(Total()), "TINYINT").rows([1, 1], [100, 100])

    assert caught.value.code == "UDF_RETURN_TYPE"


def test_a_broken_promise_about_key_groups_is_an_internal_error() -> None:
    stage = grouped(VALUES)
    stage.rows([1], [1], continued=True)

    with pytest.raises(InternalError):
        stage.rows([2], [1])


@pytest.mark.parametrize(
    "keys",
    [
        pa.array([1, 1, None, None, 2]),
        pa.array([math.nan, math.nan, None, None, 1.0]),
        pa.array(["", "", None, None, "a"]),
        pa.array([[1], [1], None, None, [2]]),
        pa.array([{"a": 1}, {"a": 1}, None, None, {"a": None}]),
        pa.array([True, True, None, None, False]),
    ],
)
def test_null_equals_null_and_nan_equals_nan_in_keys(keys: pa.Array) -> None:
    assert GroupStarts().of([keys], 5) == [0, 2, 4]

    piecewise = GroupStarts()
    found = [piecewise.of([keys.slice(i, 1)], 1) for i in range(5)]
    assert found == [[0], [], [0], [], [0]]


def test_a_group_begins_where_any_key_changes() -> None:
    assert GroupStarts().of([pa.array([1, 1, 1]), pa.array(["a", "b", "b"])], 3) == [0, 1]
    assert GroupStarts().of([pa.nulls(3)], 3) == [0]


@pytest.mark.parametrize("seed", range(5))
def test_any_cut_into_bundles_gives_the_groups_of_a_plain_loop(seed: int) -> None:
    print(f"seed {seed}")
    chance = random.Random(seed)
    keys = sorted(chance.randint(0, 5) for _ in range(40))
    values = [chance.choice([None, chance.randint(0, 9)]) for _ in keys]
    expected: dict[int, int] = dict.fromkeys(keys, 0)
    for key, value in zip(keys, values, strict=True):
        expected[key] += value or 0

    stage = grouped(TOTAL, "BIGINT")
    result = {}
    start = 0
    while start < len(keys):
        end = min(len(keys), start + chance.randint(1, 12))
        continued = end < len(keys) and keys[end] == keys[end - 1]
        for position, value in stage.rows(keys[start:end], values[start:end], continued=continued):
            assert end - start == position + 1 or keys[start + position + 1] != keys[start + position]
            result[keys[start + position]] = value
        start = end

    assert result == expected
