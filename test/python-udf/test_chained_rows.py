"""Row functions that read each other's results, in one loop."""

from __future__ import annotations

import random
from typing import Any

import pytest
from execution_support import CallStep, Column, Literal, Stage, Step, open_test_stage

from millstream import udf
from millstream._execution.stage_base import StageBase
from millstream.context import current_context, running_function
from millstream.errors import UdfError


@udf
def half(x: float) -> float:
    return x / 2


@udf
def whole(x: float) -> int | None:
    return None if x < -400 else round(x)


@udf
def named(number: int | None, x: float, mark: str) -> str:
    return f"{mark}{number}/{x}"


STEPS = [
    CallStep("half", [Column(0)], "DOUBLE"),
    CallStep("whole", [Step(0)], "BIGINT"),
    CallStep("named", [Step(1), Column(0), Literal("#", "STRING")], "STRING"),
]
FUNCTIONS = {"half": half, "whole": whole, "named": named}


def chain(functions: dict[str, Any], steps: list[CallStep], types: list[str], **options: Any) -> Stage:
    stage = open_test_stage(functions, types, steps, **options)
    assert isinstance(stage.stage, StageBase) and stage.stage._chain is not None
    return stage


def one_by_one(stage: Stage) -> Stage:
    assert isinstance(stage.stage, StageBase)
    stage.stage._chain = None
    return stage


def test_the_loop_gives_what_the_steps_give_one_by_one() -> None:
    seed = random.randrange(1 << 32)
    values = random.Random(seed)
    bundles = [
        [
            values.choice([None, values.uniform(-1000, 1000)]) if nulls else values.uniform(-1000, 1000)
            for _ in range(n)
        ]
        for nulls in (False, True)
        for n in (0, 1, 127, 128, 129, 700)
    ]
    options: dict[str, Any] = {"result_steps": [2, 0, 1]}
    looped = chain(FUNCTIONS, STEPS, ["DOUBLE"], **options)
    stepped = one_by_one(open_test_stage(FUNCTIONS, ["DOUBLE"], STEPS, **options))

    for bundle in bundles:
        assert looped.rows(bundle) == stepped.rows(bundle), f"seed {seed}"
        assert looped.stage.take_timing().calls == stepped.stage.take_timing().calls, f"seed {seed}"


def test_a_filter_keeps_rows_by_the_last_function_of_the_loop() -> None:
    above = udf(lambda x: x > 1, result_type="BOOLEAN")
    steps = [STEPS[0], CallStep("above", [Step(0)], "BOOLEAN")]

    stage = chain({"half": half, "above": above}, steps, ["DOUBLE"], mode="filter", result_steps=[0])

    assert stage.rows([1.0, 4.0, 2.0, 6.0]) == [(1, 2.0), (3, 3.0)]


def test_a_value_of_another_python_type_is_the_declared_one_for_the_next_function() -> None:
    seen: list[Any] = []
    wide = udf(lambda x: 3, result_type="DOUBLE")
    see = udf(lambda x: seen.append(x), result_type="STRING")
    steps = [CallStep("wide", [Column(0)], "DOUBLE"), CallStep("see", [Step(0)], "STRING")]

    chain({"wide": wide, "see": see}, steps, ["INT"]).rows([1])

    assert [repr(value) for value in seen] == ["3.0"]


def test_an_exception_names_the_function_that_raised_its_row_and_its_arguments() -> None:
    @udf
    def inverse(x: float) -> float:
        return 1 / x

    steps = [STEPS[0], CallStep("inverse", [Step(0)], "DOUBLE"), CallStep("half", [Step(1)], "DOUBLE")]
    stage = chain({"half": half, "inverse": inverse}, steps, ["DOUBLE"])

    with pytest.raises(UdfError) as caught:
        stage.rows([1.0] * 200 + [0.0, 1.0])

    error = caught.value
    assert error.code == "UDF_EXCEPTION"
    assert (error.details.function, error.details.row, error.details.values) == ("inverse", 200, {"x": "0.0"})
    assert "ZeroDivisionError" in str(error)
    frames = [line for line in (error.details.traceback or "").splitlines() if line.startswith("  File")]
    assert len(frames) == 1 and "test_chained_rows.py" in frames[0]
    assert stage.rows([4.0]) == [(0, 0.25)]


@pytest.mark.parametrize(
    ("value", "kind", "code", "text"),
    [
        ("x", "DOUBLE", "UDF_RETURN_TYPE", "Function `g` returned 'x' of type str in row 1"),
        (1 << 63, "BIGINT", "UDF_RETURN_TYPE", "in row 1"),
        (40_000, "SMALLINT", "UDF_RETURN_TYPE", "in row 1"),
        (None, "BIGINT NOT NULL", "UDF_NULL_NOT_ALLOWED", "Function `g` returned None in row 1"),
    ],
)
def test_a_result_that_does_not_fit_is_the_fault_of_the_function_that_gave_it(
    value: Any, kind: str, code: str, text: str
) -> None:
    good = 1.0 if kind == "DOUBLE" else 1
    given = udf(lambda x: value if x else good, result_type=kind)
    steps = [CallStep("g", [Column(0)], kind), CallStep("f", [Step(0)], "STRING")]
    stage = chain({"g": given, "f": udf(lambda x: str(x), result_type="STRING")}, steps, ["INT"])

    with pytest.raises(UdfError) as caught:
        stage.rows([0, 7])

    assert (caught.value.code, caught.value.details.row) == (code, 1)
    assert text in str(caught.value)


def test_each_function_of_the_loop_is_the_running_one_while_its_code_runs() -> None:
    seen: list[tuple[str | None, str | None, str | None]] = []

    def look(x: int) -> int:
        seen.append((stage.stage.running, running_function(), current_context().function))
        return x

    first = udf(lambda x: look(x), result_type="BIGINT")
    second = udf(lambda x: look(x), result_type="BIGINT")
    steps = [CallStep("first", [Column(0)], "BIGINT"), CallStep("second", [Step(0)], "BIGINT")]
    stage = chain({"first": first, "second": second}, steps, ["BIGINT"])

    stage.rows([1])

    assert seen == [("first",) * 3, ("second",) * 3]
    assert (stage.stage.running, running_function()) == (None, None)


def test_time_is_shared_out_by_what_the_first_rows_took() -> None:
    slow = udf(lambda x: sum(range(2_000)) and x, result_type="DOUBLE")
    stage = chain(
        {"slow": slow, "half": half},
        [CallStep("slow", [Column(0)], "DOUBLE"), CallStep("half", [Step(0)], "DOUBLE")],
        ["DOUBLE"],
    )

    stage.rows([1.0] * 500)
    timing = stage.stage.take_timing()

    assert timing.calls == [500, 500]
    assert timing.ns[0] > timing.ns[1] > 0


@pytest.mark.parametrize(
    "reason", ["a guard", "on_error", "a decimal between them", "functions side by side"]
)
def test_steps_that_need_more_than_calls_run_one_by_one(reason: str) -> None:
    kind = "DECIMAL(5, 2)" if "decimal" in reason else "DOUBLE"
    inner = udf(lambda x: x, result_type=kind)
    outer = udf(lambda x: x, result_type="DOUBLE", on_error="null") if reason == "on_error" else half
    steps = [
        CallStep("inner", [Column(0)], kind),
        CallStep(
            "outer",
            [Column(0) if "side" in reason else Step(0)],
            "DOUBLE",
            guard=1 if reason == "a guard" else None,
        ),
    ]

    stage = open_test_stage({"inner": inner, "outer": outer}, ["DOUBLE", "BOOLEAN"], steps)

    assert isinstance(stage.stage, StageBase) and stage.stage._chain is None


def test_a_function_that_must_not_be_called_is_left_out_of_the_steps() -> None:
    calls: list[float] = []
    counted = udf(lambda x: calls.append(x) or x, result_type="DOUBLE")
    steps = [CallStep("counted", [Column(0)], "DOUBLE"), CallStep("half", [Step(0)], "DOUBLE")]
    stage = chain({"counted": counted, "half": half}, steps, ["DOUBLE"])
    stage.stage.not_called = "counted"

    rows = stage.rows([1.0])

    assert (rows, calls) == ([(0, None)], [])
