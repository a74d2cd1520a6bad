"""The option `cache`: equal arguments are one call."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from execution_support import CallStep, Column, Step, open_test_stage, scalar

from millstream import UdfError, udf


def by_row(body: Callable[[Any], Any], **options: Any) -> Any:
    return udf(lambda x: body(x), input_types=["BIGINT"], result_type="BIGINT", **options)


def awaited(body: Callable[[Any], Any], **options: Any) -> Any:
    async def f(x: Any) -> Any:
        await asyncio.sleep(0)
        return body(x)

    return udf(f, input_types=["BIGINT"], result_type="BIGINT", **options)


both_kinds = pytest.mark.parametrize("declared", [by_row, awaited])


@both_kinds
def test_equal_arguments_are_one_call_within_a_bundle_and_in_later_ones(declared: Any) -> None:
    called: list[int] = []
    stage = scalar(declared(lambda x: called.append(x) or x * 10, cache=True), ["BIGINT"], "BIGINT")
    for _ in range(2):
        assert stage.rows([1, 2, 1, 1]) == [(0, 10), (1, 20), (2, 10), (3, 10)]
    assert sorted(called) == [1, 2]


@both_kinds
def test_calls_that_were_not_made_are_not_counted(declared: Any) -> None:
    stage = scalar(declared(lambda x: x, cache=10), ["BIGINT"], "BIGINT")
    stage.rows([1, 2, 1, 1])
    assert stage.stage.take_timing().calls == [2]
    stage.rows([1, 3])
    assert stage.stage.take_timing().calls == [1]


@both_kinds
def test_of_more_than_the_results_kept_the_one_not_asked_for_longest_goes(declared: Any) -> None:
    called: list[int] = []
    function = declared(lambda x: called.append(x) or x, cache=2, **_in_order(declared))
    scalar(function, ["BIGINT"], "BIGINT").rows([1, 2, 1, 3, 1, 2])
    assert called == [1, 2, 3, 2]


@both_kinds
def test_a_failure_is_not_kept(declared: Any) -> None:
    called: list[int] = []

    def body(x: int) -> int:
        called.append(x)
        if len(called) == 1:
            raise ValueError("busy")
        return x

    function = declared(body, cache=True, on_error="null", **_in_order(declared))
    assert scalar(function, ["BIGINT"], "BIGINT").rows([7, 7, 7]) == [(0, None), (1, 7), (2, 7)]
    assert called == [7, 7]


def test_a_call_waits_for_one_with_equal_arguments_that_runs() -> None:
    inside: list[int] = []

    @udf(cache=True, concurrency=4)
    async def f(x: int) -> int:
        inside.append(x)
        await asyncio.sleep(0.01)
        return x + 1

    assert scalar(f, ["BIGINT"], "BIGINT").rows([1, 1, 1, 2]) == [(0, 2), (1, 2), (2, 2), (3, 3)]
    assert sorted(inside) == [1, 2]


def test_where_the_running_call_fails_one_that_waits_calls_itself() -> None:
    called: list[int] = []

    @udf(cache=True, concurrency=3, on_error="null")
    async def f(x: int) -> int:
        called.append(x)
        first = len(called) == 1
        await asyncio.sleep(0.01)
        if first:
            raise ValueError("busy")
        return x

    assert [value for _, value in scalar(f, ["BIGINT"], "BIGINT").rows([5, 5, 5])] == [None, 5, 5]
    assert called == [5, 5]


def test_a_kept_list_that_the_next_function_changes_stays_as_it_was() -> None:
    @udf(cache=True, result_type="ARRAY<BIGINT>")
    def upto(x: int) -> list[int]:
        return list(range(x))

    @udf(result_type="BIGINT", input_types=["ARRAY<BIGINT>"])
    def drain(values: list[int]) -> int:
        count = len(values)
        values.clear()
        return count

    steps = [CallStep("upto", [Column(0)], "ARRAY<BIGINT>"), CallStep("drain", [Step(0)], "BIGINT")]
    stage = open_test_stage({"upto": upto, "drain": drain}, ["BIGINT"], steps)
    assert stage.rows([3, 3, 3]) == [(0, 3), (1, 3), (2, 3)]


def test_a_function_in_a_chain_keeps_its_results() -> None:
    called: list[int] = []

    @udf(cache=True)
    def inner(x: int) -> int:
        called.append(x)
        return x + 1

    @udf
    def outer(x: int) -> int:
        return x * 2

    steps = [CallStep("inner", [Column(0)], "BIGINT"), CallStep("outer", [Step(0)], "BIGINT")]
    stage = open_test_stage({"inner": inner, "outer": outer}, ["BIGINT"], steps)
    assert stage.rows([1, 1, 1]) == [(0, 4), (1, 4), (2, 4)]
    assert called == [1]


def test_arguments_without_keys_are_refused_by_name() -> None:
    function = udf(lambda xs: len(xs), input_types=["ARRAY<INT>"], result_type="INT", cache=True)
    with pytest.raises(
        UdfError, match=r"`cache` keeps the results of `f` by its arguments, and `xs` is ARRAY"
    ):
        scalar(function, ["ARRAY<INT>"], "INT")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cache": 0}, "cache is 0"),
        ({"cache": False}, "cache is False"),
        ({"cache": 5, "deterministic": False}, "equal arguments give other results"),
        ({"cache": 5, "batch": "arrow"}, "takes whole columns"),
    ],
)
def test_a_cache_that_cannot_act_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UdfError, match=message) as caught:
        udf(lambda x: x, input_types=["INT"], result_type="INT", **options)
    assert caught.value.code == "UDF_OPTION"


def _in_order(declared: Any) -> dict[str, Any]:
    """Options that make calls one after the other."""
    return {"concurrency": 1} if declared is awaited else {}
