"""Rows that functions fail on, given up by `on_error`."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from execution_support import CallStep, Column, Stage, Step, open_test_stage, scalar

from millstream import UdfError, udf, udtf


def inverse(x: int) -> float:
    return 12 / x


def failed(stage: Stage) -> list[tuple[int, int, str]]:
    return [(row.row, row.count, row.code) for row in stage.stage.take_failed_rows()]


def test_null_keeps_the_row_and_counts_the_failures() -> None:
    stage = scalar(udf(inverse, on_error="null"), ["BIGINT"], "DOUBLE")

    assert stage.rows([1, 0, 3, 0]) == [(0, 12.0), (1, None), (2, 4.0), (3, None)]
    assert failed(stage) == [(1, 2, "UDF_EXCEPTION")]
    assert failed(stage) == []


def test_skip_leaves_the_row_out() -> None:
    stage = scalar(udf(inverse, on_error="skip"), ["BIGINT"], "DOUBLE")

    assert stage.rows([0, 2, 0, 4]) == [(1, 6.0), (3, 3.0)]


def test_a_dead_letter_has_row_values_and_traceback() -> None:
    stage = scalar(udf(inverse, on_error="dead_letter"), ["BIGINT"], "DOUBLE")

    assert stage.rows([2, 0]) == [(0, 6.0)]
    (letter,) = stage.stage.take_failed_rows()
    assert (letter.row, letter.count, letter.values, letter.attempt) == (1, 1, {"x": "0"}, 1)
    assert letter.message.startswith("Function `f` failed in row 1 for (x=0): ZeroDivisionError")
    assert letter.traceback is not None
    assert letter.traceback.endswith("ZeroDivisionError: division by zero\n")


def test_the_attempts_of_retry_are_counted() -> None:
    stage = scalar(udf(inverse, on_error="dead_letter", retry=3), ["BIGINT"], "DOUBLE")

    stage.rows([0])

    (letter,) = stage.stage.take_failed_rows()
    assert (letter.attempt, letter.exception) == (3, "ZeroDivisionError")
    assert stage.stage.take_timing().retries == [2]
    assert stage.stage.take_timing().retries == [0]


def test_results_that_do_not_fit_and_exits_are_failures_of_their_row() -> None:
    @udf(on_error="null")
    def odd(x: int) -> int:
        if x == 1:
            return "one"  # type: ignore[return-value]
        if x == 2:
            raise SystemExit(1)
        if x == 3:
            raise StopIteration
        return x

    stage = scalar(odd, ["BIGINT"], "BIGINT")

    assert stage.rows([0, 1, 2, 3, 4, 1]) == [(0, 0), (1, None), (2, None), (3, None), (4, 4), (5, None)]
    rows = stage.stage.take_failed_rows()
    assert sorted((row.row, row.count, row.code, row.exception) for row in rows) == [
        (1, 2, "UDF_RETURN_TYPE", None),
        (2, 1, "UDF_EXCEPTION", "SystemExit"),
        (3, 1, "UDF_EXCEPTION", "StopIteration"),
    ]


def test_none_where_the_result_is_not_null_is_a_failure() -> None:
    f = udf(lambda x: None if x == 2 else x, result_type="BIGINT NOT NULL", on_error="skip")
    stage = scalar(f, ["BIGINT"], "BIGINT NOT NULL")

    assert stage.rows([1, 2, 3]) == [(0, 1), (2, 3)]
    assert failed(stage) == [(1, 1, "UDF_NULL_NOT_ALLOWED")]


def test_a_row_that_was_given_up_is_not_given_to_later_functions() -> None:
    seen: list[float] = []

    @udf
    def second(x: float | None) -> float:
        seen.append(x or 0)
        return 1.0

    steps = [CallStep("a", [Column(0)], "DOUBLE"), CallStep("b", [Step(0)], "DOUBLE")]
    functions = {"a": udf(inverse, on_error="skip"), "b": second}
    stage = open_test_stage(functions, ["BIGINT"], steps, result_steps=[1])

    assert stage.rows([1, 0, 2]) == [(0, 1.0), (2, 1.0)]
    assert seen == [12.0, 6.0]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("is_async", [False, True])
def test_batches_are_halved_down_to_the_rows_that_fail(seed: int, is_async: bool) -> None:
    rng = random.Random(seed)
    values = [rng.randrange(100) for _ in range(rng.randrange(1, 400))]
    bad = set(rng.sample(range(100), 7))

    def double(x: Any) -> Any:
        if bad.intersection(x.to_pylist()):
            raise ValueError("bad")
        return pc.multiply(x, 2)

    async def double_later(x: Any) -> Any:
        await asyncio.sleep(0)
        return double(x)

    function = double_later if is_async else double
    options: Any = {"batch": "arrow", "on_error": "dead_letter", "batch_rows": 64}
    stage = scalar(udf(function, ["BIGINT"], "BIGINT", **options), ["BIGINT"], "BIGINT")

    assert stage.rows(values) == [(i, 2 * value) for i, value in enumerate(values) if value not in bad]
    letters = stage.stage.take_failed_rows()
    assert sorted(letter.row for letter in letters) == [i for i, value in enumerate(values) if value in bad]
    assert all(letter.values == {"x": str(values[letter.row])} for letter in letters)


def test_async_calls_that_fail_give_up_their_row() -> None:
    async def later(x: int) -> float:
        await asyncio.sleep(0)
        return inverse(x)

    stage = scalar(udf(later, on_error="skip"), ["BIGINT"], "DOUBLE")

    assert stage.rows([0, 3, 0, 4]) == [(1, 4.0), (3, 3.0)]


@pytest.mark.parametrize("outer", [False, True])
def test_a_table_function_that_fails_gives_none_of_the_rows_of_that_row(outer: bool) -> None:
    @udtf(on_error="skip")
    def count(x: int) -> Iterator[int]:
        for i in range(x):
            if i == 3:
                raise ValueError("too many")
            yield i

    step = CallStep("f", [Column(0)], "ROW<f0 BIGINT>")
    stage = open_test_stage({"f": count}, ["BIGINT"], [step], mode="table", outer=outer)

    assert stage.rows([2, 9, 0, 1]) == [(0, 0), (0, 1), *([(2, None)] if outer else []), (3, 0)]
    assert failed(stage) == [(1, 1, "UDF_EXCEPTION")]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("outer", [False, True])
def test_batches_of_table_functions_are_halved_too(seed: int, outer: bool) -> None:
    rng = random.Random(seed)
    values = [rng.randrange(30) for _ in range(rng.randrange(1, 200))]
    bad = set(rng.sample(range(30), 4))

    @udtf(result_types="BIGINT", batch="arrow", batch_rows=32, on_error="dead_letter")
    def multiples(x: pa.Array) -> Iterator[tuple[list[int], pa.Array]]:
        for row, value in enumerate(x.to_pylist()):
            yield [row] * (value % 3), pa.array([value] * (value % 3), pa.int64())
            if value in bad:
                raise ValueError("bad")

    step = CallStep("f", [Column(0)], "ROW<f0 BIGINT>")
    stage = open_test_stage({"f": multiples}, ["BIGINT"], [step], mode="table", outer=outer)

    expected = [
        (row, made)
        for row, value in enumerate(values)
        if value not in bad
        for made in [value] * (value % 3) or ([None] if outer else [])
    ]
    assert stage.rows(values) == expected
    letters = stage.stage.take_failed_rows()
    assert [letter.row for letter in letters] == [i for i, value in enumerate(values) if value in bad]


def test_of_a_batch_that_fails_it_is_said_what_is_known() -> None:
    def odd(x: pa.Array) -> Any:
        raise ValueError("odd")

    stage = scalar(udf(odd, ["BIGINT"], "BIGINT", batch="arrow", batch_rows=3), ["BIGINT"], "BIGINT")

    with pytest.raises(UdfError) as caught:
        stage.rows([1, 2, 3, 4])
    assert caught.value.message.startswith(
        "Function `f` failed on a batch of 3 rows, from row 0 to row 2: ValueError"
    )
    assert caught.value.hint is not None
    assert caught.value.hint.startswith("Which of its rows it is about is not known")


def test_a_function_that_is_not_to_be_called_counts_as_failed_on_all_rows() -> None:
    steps = [CallStep("a", [Column(0)], "DOUBLE"), CallStep("b", [Column(0)], "DOUBLE")]
    functions = {"a": udf(inverse, on_error="null"), "b": udf(inverse)}
    stage = open_test_stage(functions, ["BIGINT"], steps, result_steps=[0, 1])
    stage.stage.not_called = "a"

    assert stage.rows([1]) == [(0, None, 12.0)]


@pytest.mark.parametrize(
    ("function", "mode", "reason"),
    [
        (udtf(lambda x: [x], result_types=["INT"], on_error="null"), "table", "a row of NULLs"),
        (udf(lambda x: x, result_type="INT NOT NULL", on_error="null"), "scalar", "NOT NULL"),
        (
            udf(lambda x: x, result_type="INT", batch="arrow", on_error="skip", replay=False),
            "scalar",
            "only found by calling it again",
        ),
    ],
)
def test_what_cannot_act_is_refused(function: Any, mode: Any, reason: str) -> None:
    result = "ROW<f0 INT>" if mode == "table" else "INT NOT NULL" if reason == "NOT NULL" else "INT"

    with pytest.raises(UdfError, match=reason) as caught:
        open_test_stage({"f": function}, ["INT"], [CallStep("f", [Column(0)], result)], mode=mode)

    assert caught.value.code == "UDF_OPTION"


def test_a_function_over_iterators_gives_no_rows_up() -> None:
    @udf(batch="arrow", on_error="skip", result_type="INT")
    def f(batches: Iterator[pa.Array]) -> Iterator[pa.Array]:
        yield from batches

    with pytest.raises(UdfError, match="sees many rows in one call"):
        scalar(f, ["INT"], "INT")
