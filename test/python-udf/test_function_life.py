"""Functions between `open` and `close`, and what is seen of them meanwhile."""

from __future__ import annotations

import gc
from typing import Any

import pytest
from execution_support import CallStep, Column, Step, open_test_stage, scalar

from millstream import ScalarFunction, UdfError, udf


def test_classes_are_opened_once_and_closed_after_the_last_stage() -> None:
    events: list[str] = []

    class Model(ScalarFunction):
        def open(self, function_context: Any) -> None:
            events.append("open " + function_context.get_job_parameter("model", "small"))

        def close(self) -> None:
            events.append("close")

        def eval(self, x: int) -> int:
            return x

    function = udf(Model())
    steps = [CallStep("f", [Column(0)], "BIGINT"), CallStep("f", [Column(0)], "BIGINT")]
    stage = open_test_stage({"f": function}, ["BIGINT"], steps)

    assert events == ["open small"]
    stage.stage.close()
    stage.stage.close()
    assert events == ["open small", "close"]


def test_an_instance_under_two_names_is_opened_once() -> None:
    events: list[str] = []

    class Model(ScalarFunction):
        def open(self, function_context: Any) -> None:
            events.append("open")

        def close(self) -> None:
            events.append("close")

        def eval(self, x: int) -> int:
            return x

    function = udf(Model())
    one = open_test_stage({"f": function}, ["BIGINT"], [CallStep("f", [Column(0)], "BIGINT")])
    other = open_test_stage({"g": function}, ["BIGINT"], [CallStep("g", [Column(0)], "BIGINT")])

    one.stage.close()
    assert events == ["open"]
    other.stage.close()
    assert events == ["open", "close"]


def test_a_function_is_opened_whose_forerunner_was_forgotten_and_not_closed() -> None:
    opened: list[int] = []

    class Model(ScalarFunction):
        def open(self, function_context: Any) -> None:
            opened.append(1)

        def eval(self, x: int) -> int:
            return x

    for _ in range(20):
        # The next instance may lie where this one lay.
        open_test_stage({"f": udf(Model())}, ["BIGINT"], [CallStep("f", [Column(0)], "BIGINT")])
        gc.collect()
    assert len(opened) == 20


def test_an_open_that_fails_is_the_users_error_and_closes_what_was_opened() -> None:
    events: list[str] = []

    class Good(ScalarFunction):
        def close(self) -> None:
            events.append("closed")

        def eval(self, x: int) -> int:
            return x

    class Bad(Good):
        def open(self, function_context: Any) -> None:
            raise RuntimeError("cannot open the model")

    steps = [CallStep("good", [Column(0)], "BIGINT"), CallStep("bad", [Step(0)], "BIGINT")]

    with pytest.raises(UdfError, match="in `open`: RuntimeError: cannot open the model"):
        open_test_stage({"good": udf(Good()), "bad": udf(Bad())}, ["BIGINT"], steps)

    assert events == ["closed"]


def test_timing_counts_the_calls_of_each_step() -> None:
    @udf
    def f(x: int) -> int:
        return x

    steps = [CallStep("f", [Column(0)], "BIGINT"), CallStep("f", [Step(0)], "BIGINT")]
    stage = open_test_stage({"f": f}, ["BIGINT"], steps)
    stage.rows([1, None, 3])

    nanoseconds, calls, _ = stage.stage.take_timing()

    assert calls == [2, 2]
    assert all(ns > 0 for ns in nanoseconds)
    assert stage.stage.take_timing() == ([0, 0], [0, 0], [0, 0])


def test_the_running_function_can_be_seen_from_inside() -> None:
    seen: list[Any] = []
    f = udf(lambda x: seen.append((stage.stage.running, stage.stage.running_rows)), result_type="INT")
    stage = scalar(f, ["INT"], "INT")

    stage.rows([1, 2])

    assert seen == [("f", 0), ("f", 1)]
    assert (stage.stage.running, stage.stage.running_rows) == (None, 0)
