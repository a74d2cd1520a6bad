"""Async functions: calls in flight, time limits, retries, rates, cancellation, errors."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from execution_support import CallStep, Column, open_test_stage, scalar

from millstream import AsyncScalarFunction, Retry, RetryAfter, UdfError, udf
from millstream._execution import StageShare
from millstream._execution.rate_clock import RateClock
from millstream._option_values import Rate


class Crowd:
    """Counts how many are inside at once; the first ones wait until `most` are."""

    def __init__(self, most: int) -> None:
        self.inside = self.peak = 0
        self._most = most
        self._full: asyncio.Event | None = None

    async def visit(self) -> None:
        self._full = self._full or asyncio.Event()
        self.inside += 1
        self.peak = max(self.peak, self.inside)
        if self.inside == self._most:
            self._full.set()
        await self._full.wait()
        self.inside -= 1


def test_calls_are_in_flight_at_once_and_results_keep_the_order_of_rows() -> None:
    crowd = Crowd(4)

    @udf(concurrency=4)
    async def f(x: int) -> int:
        await crowd.visit()
        return x * 10

    assert scalar(f, ["BIGINT"], "BIGINT").rows(list(range(8))) == [(i, i * 10) for i in range(8)]
    assert crowd.peak == 4


def test_several_bundles_are_in_flight_at_once() -> None:
    crowd = Crowd(2)

    @udf
    async def f(x: int) -> int:
        await crowd.visit()
        return x

    stage = scalar(f, ["BIGINT"], "BIGINT")
    runs = [stage.stage.start(stage.columns([i]), 1) for i in (1, 2)]  # type: ignore[attr-defined]

    assert [run.answer().columns.column(0).to_pylist() for run in runs] == [[1], [2]]


def test_workers_share_the_concurrency_of_a_function() -> None:
    shares = [StageShare(subtask, 3).part_of(8) for subtask in range(3)]

    assert shares == [3, 3, 2]
    assert StageShare(2, 3).part_of(1) == 1


def test_null_rules_and_guards_hold_for_async_functions() -> None:
    called: list[int] = []

    @udf
    async def f(x: int) -> int | None:
        called.append(x)
        return None if x == 4 else x

    step = CallStep("f", [Column(0)], "BIGINT", guard=1)
    stage = open_test_stage({"f": f}, ["BIGINT", "BOOLEAN"], [step])

    assert stage.rows([1, None, 3, 4], [True, True, False, True]) == [(0, 1), (1, None), (2, None), (3, None)]
    assert sorted(called) == [1, 4]


def test_an_async_predicate_filters() -> None:
    @udf
    async def is_even(x: int) -> bool:
        return x % 2 == 0

    stage = scalar(is_even, ["BIGINT"], "BOOLEAN", mode="filter", result_steps=[])

    assert stage.rows([1, 2, 3, 4]) == [(1,), (3,)]


def test_an_async_batch_function_gets_parts_of_the_bundle_at_once() -> None:
    crowd = Crowd(2)

    @udf(result_type="BIGINT", batch="arrow", batch_rows=2)
    async def f(x: pa.Array) -> pa.Array:
        if len(x) == 2:
            await crowd.visit()
        return x

    assert scalar(f, ["BIGINT"], "BIGINT").rows([1, 2, 3, 4, 5]) == [(i, i + 1) for i in range(5)]


def test_an_exception_names_the_row_and_ends_the_other_calls() -> None:
    ended: list[str] = []

    @udf
    async def f(x: int) -> int:
        if x == 3:
            raise ValueError("three")
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise
        return x

    with pytest.raises(UdfError, match=r"in row 2 for \(x=3\): ValueError: three") as caught:
        scalar(f, ["BIGINT"], "BIGINT").rows([1, 2, 3])

    assert caught.value.details.row == 2
    assert caught.value.details.traceback is not None
    assert "_execution" not in caught.value.details.traceback
    assert ended == ["cancelled", "cancelled"]


def test_a_call_that_takes_too_long_fails_with_its_row() -> None:
    @udf(timeout="1 ms")
    async def f(x: int) -> int:
        await asyncio.Event().wait()
        return x

    with pytest.raises(
        UdfError, match=r"in row 0 for \(x=7\): TimeoutError: the call took longer than 0.001 s"
    ):
        scalar(f, ["BIGINT"], "BIGINT").rows([7])


def test_calls_that_cancel_themselves_fail() -> None:
    @udf
    async def f(x: int) -> int:
        raise asyncio.CancelledError

    with pytest.raises(UdfError, match="cancelled itself"):
        scalar(f, ["BIGINT"], "BIGINT").rows([7])


def test_cancelling_a_bundle_cancels_its_calls() -> None:
    started, ended = threading.Event(), threading.Event()

    @udf
    async def f(x: int) -> int:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return x

    stage = scalar(f, ["BIGINT"], "BIGINT")
    run = stage.stage.start(stage.columns([1]), 1)  # type: ignore[attr-defined]
    assert started.wait(10)
    run.cancel()

    with pytest.raises(asyncio.CancelledError):
        run.answer()
    assert ended.is_set()


@pytest.mark.parametrize("is_async", [True, False])
def test_a_call_is_tried_again_as_retry_says(is_async: bool) -> None:
    attempts: dict[int, int] = {}

    def attempt(x: int) -> int:
        attempts[x] = attempts.get(x, 0) + 1
        if x == 1 and attempts[x] < 3:
            raise ConnectionError("gone")
        if x == 2 and attempts[x] < 2:
            raise RetryAfter(0.001)
        return x

    async def attempt_async(x: int) -> int:
        return attempt(x)

    f = udf(attempt_async if is_async else attempt, retry=Retry(attempts=3, on=OSError, delay=0.001))

    assert scalar(f, ["BIGINT"], "BIGINT").rows([1, 2, 3]) == [(0, 1), (1, 2), (2, 3)]
    assert attempts == {1: 3, 2: 2, 3: 1}


def test_what_is_not_worth_a_retry_fails_at_once_and_the_last_attempt_says_so() -> None:
    calls: list[int] = []

    @udf(retry=Retry(attempts=2, on=lambda error: "again" in str(error), delay=0))
    async def f(x: int) -> int:
        calls.append(x)
        raise ValueError("again" if x == 1 else "never")

    stage = scalar(f, ["BIGINT"], "BIGINT")
    with pytest.raises(UdfError, match="never"):
        stage.rows([2])
    with pytest.raises(UdfError, match="ValueError: again") as caught:
        stage.rows([1])

    assert calls == [2, 1, 1]
    assert caught.value.hint == "That was attempt 2 of 2."
    assert caught.value.details.row == 0


def test_retry_after_without_retry_says_what_is_missing() -> None:
    @udf
    def f(x: int) -> int:
        raise RetryAfter(1)

    with pytest.raises(UdfError, match="retry after 1 s") as caught:
        scalar(f, ["BIGINT"], "BIGINT").rows([1])

    assert caught.value.hint == "RetryAfter acts where the function is declared with retry=…."


def test_workers_share_the_rate_of_a_function(tmp_path: Path) -> None:
    now = [0]
    rate = Rate.parse("10/s")
    one, other = (RateClock(rate, "f", str(tmp_path), lambda: now[0]) for _ in range(2))

    waits = [one.reserve(), other.reserve(), one.reserve()]
    now[0] = 10**9
    waits += [other.reserve(), one.reserve()]
    one.close()
    other.close()

    assert waits == [0, 0.1, 0.2, 0, 0.1]


@pytest.mark.parametrize("is_async", [True, False])
def test_calls_wait_for_their_rate(is_async: bool) -> None:
    beginnings: list[float] = []

    def begin(x: int) -> int:
        beginnings.append(time.monotonic())
        return x

    async def begin_async(x: int) -> int:
        return begin(x)

    stage = scalar(udf(begin_async if is_async else begin, rate="200/s"), ["BIGINT"], "BIGINT")
    start = time.monotonic()
    stage.rows([1, 2, 3, 4])

    assert max(beginnings) >= start + 0.015


def test_an_async_class_is_opened_and_closed_in_its_event_loop() -> None:
    events: list[Any] = []

    class Lookup(AsyncScalarFunction):
        async def open(self, function_context: Any) -> None:  # type: ignore[override]
            self.lock = asyncio.Lock()
            events.append(("open", threading.current_thread().name))

        async def eval(self, x: int) -> int:
            async with self.lock:
                return x

        def close(self) -> None:
            asyncio.get_running_loop()
            events.append("close")

    stage = scalar(udf(Lookup()), ["BIGINT"], "BIGINT")
    assert stage.rows([1, 2]) == [(0, 1), (1, 2)]
    stage.stage.close()

    assert events == [("open", "millstream-async"), "close"]


def test_each_call_sees_the_context_of_its_own_function() -> None:
    from millstream import current_context

    gate = Crowd(2)

    async def name_it(x: int) -> str:
        await gate.visit()
        return current_context().function

    def stage_of(name: str) -> Any:
        step = CallStep(name, [Column(0)], "STRING")
        return open_test_stage({name: udf(name_it)}, ["BIGINT"], [step])

    one, other = stage_of("one"), stage_of("other")
    runs = [stage.stage.start(stage.columns([1]), 1) for stage in (one, other)]

    assert [run.answer().columns.column(0).to_pylist() for run in runs] == [["one"], ["other"]]


def test_forms_of_async_that_do_not_exist_are_refused() -> None:
    from millstream import udtf
    from millstream._describe import describe

    async def many(x: int):  # type: ignore[no-untyped-def]
        yield x

    async def rows(x: int) -> int:
        return x

    for declared in (udf(many, result_type="INT"), udtf(rows, result_types=["INT"])):
        with pytest.raises(UdfError, match="Async functions are scalar") as caught:
            describe("f", declared)
        assert caught.value.code == "UDF_DECLARATION"
