"""Table functions whose code says what they yield: told so rightly, and answered as all others."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest
from execution_support import CallStep, Column, Literal, Stage, open_test_stage

from millstream import Row, TableFunction, UdfError, udtf
from millstream._execution.table_stage import ROWS_OF_ANSWER
from millstream._execution.yielded_code import yields_rows

PAIR = "ROW<n INT, s STRING>"


def pairs(n: int) -> Iterator[tuple[int, str]]:
    for i in range(n):
        yield i, str(i)
    if n == 3:
        yield -1, "three"
    yield (0, "end")


class Pairs(TableFunction):
    def eval(self, n: int) -> Iterator[Any]:
        yield from ()
        yield n, "a"


class Plain:
    def eval(self, n: int) -> Iterator[Any]:
        x = yield n, "a"
        assert x is None


def of_variable(n: int) -> Iterator[Any]:
    row = n, "a"
    yield row


def of_two_ways(n: int) -> Iterator[Any]:
    yield (n, "a") if n else [n, "a"]


def of_one_of_two(n: int) -> Iterator[Any]:
    yield n and (n, "a")


def of_three(n: int) -> Iterator[Any]:
    yield n, "a"
    yield n, "a", 1


def of_rows(n: int) -> Iterator[Any]:
    yield Row(n, "a")


def of_texts(n: int) -> Iterator[Any]:
    yield "ab"


def of_others(n: int) -> Iterator[Any]:
    yield from pairs(n)


def of_nothing(n: int) -> Iterator[Any]:
    yield


def given(n: int) -> Iterator[Any]:
    return pairs(n)


@functools.wraps(pairs)
def wrapped(n: int) -> Any:
    return list(pairs(n))


@pytest.mark.parametrize("function", [pairs, Plain().eval])
def test_a_function_with_tuples_written_behind_each_yield_is_known(function: Callable[..., Any]) -> None:
    assert yields_rows(function, 2)
    assert not yields_rows(function, 3)


@pytest.mark.parametrize(
    "function",
    [of_variable, of_two_ways, of_one_of_two, of_three, of_rows, of_texts, of_others, of_nothing]
    + [Pairs().eval, given, wrapped, functools.partial(pairs, 1), [].append],
)
def test_a_function_that_may_yield_something_else_is_not_known(function: Callable[..., Any]) -> None:
    assert not yields_rows(function, 2)


def test_rows_of_one_column_are_known_of_every_generator_function() -> None:
    assert yields_rows(of_variable, 1)
    assert yields_rows(functools.partial(pairs, 1), 1)
    assert not yields_rows(given, 1)


def stage_of(function: Any, result: str, *types: str, **options: Any) -> Stage:
    arguments = options.pop("arguments", [Column(i) for i in range(len(types))])
    step = CallStep("f", arguments, result, guard=options.pop("guard", None))
    return open_test_stage({"f": function}, types, [step], mode="table", **options)


def columns_of(stage: Stage, *columns: list[Any], rows: int | None = None) -> list[list[Any]]:
    """The values of each result column, over all answers."""
    answers = stage.answers(*columns, rows=rows)
    assert all(0 < answer.rows <= ROWS_OF_ANSWER for answer in answers)
    return [
        [value for answer in answers for value in answer.columns.column(i).to_pylist()]
        for i in range(len(stage.stage.output))
    ]


@pytest.mark.parametrize("fields", [None, [0], [1], [1, 0]])
def test_rows_without_parents_are_those_with_parents(fields: list[int] | None) -> None:
    random = Random(7)
    counts = [random.choice([0, 1, 2, 3, 5, 100, 257]) for _ in range(40)] + [70_000, 0, 70_000]
    f = udtf(pairs, result_types=PAIR)

    with_parents = stage_of(f, PAIR, "INT", result_fields=fields)
    without = stage_of(f, PAIR, "INT", result_fields=fields, row_selection=False)

    assert sum(counts) > 2 * ROWS_OF_ANSWER
    assert columns_of(without, counts) == columns_of(with_parents, counts)
    assert columns_of(without, []) == columns_of(with_parents, [])


def test_only_called_rows_give_rows_also_to_constant_arguments_and_to_a_count() -> None:
    f = udtf(pairs, result_types=PAIR)
    guarded = stage_of(f, PAIR, "INT", "BOOLEAN", arguments=[Column(0)], guard=1, row_selection=False)
    constant = stage_of(f, PAIR, "INT", arguments=[Literal(1, "INT")], row_selection=False)
    counted = stage_of(f, PAIR, "INT", result_fields=[], row_selection=False)

    assert columns_of(guarded, [2, 0, 1], [None, True, True]) == [[0, 0, 0], ["end", "0", "end"]]
    assert columns_of(constant, [5, 6]) == [[0, 0] * 2, ["0", "end"] * 2]
    assert [(answer.rows, answer.columns) for answer in counted.answers([3, 1])] == [(7, None)]


def test_a_column_of_single_values_takes_tuples_of_one_as_well() -> None:
    @udtf(result_types=["INT"])
    def some(n: int) -> Iterator[Any]:
        yield n
        yield (n + 1,)
        yield None

    assert columns_of(stage_of(some, "ROW<f0 INT>", "INT", row_selection=False), [1]) == [[1, 2, None]]


def test_an_endless_generator_is_asked_for_one_answer_at_a_time() -> None:
    made = 0

    def endless(n: int) -> Iterator[tuple[int, int]]:
        nonlocal made
        while True:
            made += 1
            yield n, made

    stage = stage_of(
        udtf(endless, result_types="ROW<a INT, b INT>"), "ROW<a INT, b INT>", "INT", row_selection=False
    )
    answers = stage.stage.process(stage.columns([1]), 1)

    for i in (1, 2):
        assert next(answers).rows == ROWS_OF_ANSWER
        assert made == i * ROWS_OF_ANSWER


@pytest.mark.parametrize("before", [0, 1, 300, ROWS_OF_ANSWER])
def test_an_exception_names_its_row_and_its_arguments(before: int) -> None:
    @udtf(result_types=PAIR)
    def failing(n: int, bad: bool) -> Iterator[tuple[int, str]]:
        for i in range(n):
            yield i, "a"
        if bad:
            raise KeyError("lost")

    stage = stage_of(failing, PAIR, "INT", "BOOLEAN", "BOOLEAN", arguments=[Column(0), Column(1)], guard=2)
    fast = stage_of(
        failing, PAIR, "INT", "BOOLEAN", "BOOLEAN",
        arguments=[Column(0), Column(1)], guard=2, row_selection=False,
    )  # fmt: skip

    for each in (stage, fast):
        with pytest.raises(UdfError, match="KeyError: 'lost'") as caught:
            each.answers([9, before, 3, 4], [True, False, True, False], [False, True, True, True])
        assert caught.value.details.row == 2
        assert caught.value.details.values == {"n": "3", "bad": "True"}


def test_a_value_that_does_not_fit_names_the_rows_that_may_have_given_it() -> None:
    @udtf(result_types=PAIR)
    def sized(n: int) -> Iterator[tuple[Any, str]]:
        for i in range(abs(n)):
            yield i if n > 0 else "text", "a"

    stage = stage_of(sized, PAIR, "INT", row_selection=False)

    with pytest.raises(UdfError, match=r"returned \('text', 'a'\) .* in row 0; its result is") as exact:
        stage.answers([-600, 1])
    with pytest.raises(UdfError, match="in row 1 or in one of the 3 rows behind it; its") as among:
        stage.answers([ROWS_OF_ANSWER - 1, 2, 3, -1, 1])

    assert (exact.value.code, exact.value.details.row) == ("UDF_RETURN_TYPE", 0)
    assert (among.value.code, among.value.details.row) == ("UDF_RETURN_TYPE", 1)


def test_how_far_it_is_is_told_while_it_runs() -> None:
    seen: list[int] = []

    @udtf(result_types=PAIR)
    def looking(n: int) -> Iterator[tuple[int, str]]:
        seen.append(stage.stage.running_rows)
        yield n, "a"
        seen.append(stage.stage.running_rows)

    stage = stage_of(looking, PAIR, "INT", row_selection=False)
    stage.answers([1, 2, 3])

    assert seen == [0, 0, 1, 1, 2, 2]
