"""What goes wrong in scalar functions: exceptions, results that do not fit, arguments that cannot be."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from execution_support import CallStep, Column, open_test_stage, scalar

from millstream import Row, UdfError, udf, udtf


def test_arguments_that_do_not_fit_are_refused_when_the_stage_opens() -> None:
    f = udf(lambda a: a, result_type="INT")

    for arguments, names in [([], []), ([Column(0)] * 2, [None] * 2), ([Column(0)], ["b"])]:
        with pytest.raises(UdfError, match=r"parameters are \(a\)") as caught:
            open_test_stage({"f": f}, ["INT"], [CallStep("f", arguments, "INT", argument_names=names)])

        assert caught.value.code == "UDF_ARGUMENTS"
    with pytest.raises(UdfError, match=r"parameters are \(a\)") as caught:
        t = udtf(lambda a: a, result_types=["INT"])
        open_test_stage({"f": t}, ["INT"], [CallStep("f", [], "ROW<f0 INT>")], mode="table")
    assert caught.value.code == "UDTF_BAD_ARGS"


def test_each_row_is_called_exactly_once_even_when_a_result_does_not_fit() -> None:
    calls: list[int] = []
    f = udf(lambda x: calls.append(x) or (x if x < 3 else "x"), result_type="INT")  # type: ignore[func-returns-value]

    with pytest.raises(UdfError):
        scalar(f, ["INT"], "INT").rows([1, 2, 3, 4])

    assert calls == [1, 2, 3, 4]


def test_an_exception_names_row_arguments_and_the_users_frames_only() -> None:
    def inner(x: int) -> float:
        return 1 / x

    @udf
    def f(x: int, note: str) -> float:
        return inner(x)

    with pytest.raises(UdfError) as caught:
        scalar(f, ["BIGINT", "STRING"], "DOUBLE").rows([1, None, 0], ["a", "b", "c" * 500])

    error = caught.value
    assert (error.code, error.details.row, error.details.function) == ("UDF_EXCEPTION", 2, "f")
    assert error.details.values is not None
    assert error.details.values["x"] == "0"
    assert len(error.details.values["note"]) == 200
    assert "ZeroDivisionError: division by zero" in str(error)
    assert (error.details.file, error.details.line) == (__file__, inner.__code__.co_firstlineno + 1)
    traceback = (error.details.traceback or "").splitlines()
    assert traceback[0].startswith("Traceback") and "in f" in traceback[1]
    assert "_execution" not in (error.details.traceback or "")
    assert isinstance(error.__cause__, ZeroDivisionError)


def test_a_field_that_a_row_does_not_have_is_told_with_the_users_line() -> None:
    def f(row: Any) -> Any:
        return row.c

    with pytest.raises(UdfError, match="AttributeError: a Row without a field c: it has a, b") as caught:
        scalar(udf(f, result_type="INT"), ["ROW<a INT, b INT>"], "INT").rows([Row(a=1, b=2)])

    assert (caught.value.details.file, caught.value.details.line) == (__file__, f.__code__.co_firstlineno + 1)


def test_causes_of_an_exception_are_kept() -> None:
    def f(x: int) -> int:
        try:
            return {}[x]
        except KeyError as error:
            raise ValueError("no such model") from error

    with pytest.raises(UdfError) as caught:
        scalar(udf(f), ["BIGINT"], "BIGINT").rows([1])

    assert "KeyError: 1" in (caught.value.details.traceback or "")
    assert "direct cause" in (caught.value.details.traceback or "")


def test_stop_iteration_in_a_function_is_an_error_and_not_the_end() -> None:
    f = udf(lambda x: next(iter([])) if x == 2 else x, result_type="INT")

    with pytest.raises(UdfError, match="StopIteration") as caught:
        scalar(f, ["INT"], "INT").rows([1, 2, 3])

    assert caught.value.details.row == 1


def test_an_exit_in_a_function_is_not_caught() -> None:
    def f(x: int) -> int:
        raise SystemExit(3)

    with pytest.raises(SystemExit):
        scalar(udf(f), ["BIGINT"], "BIGINT").rows([1])


def test_a_result_that_does_not_fit_names_row_value_and_type() -> None:
    @udf
    def f(x: int) -> int:
        return "seven" if x == 7 else x  # type: ignore[return-value]

    with pytest.raises(
        UdfError, match=r"returned 'seven' of type str in row 2; its result is BIGINT"
    ) as caught:
        scalar(f, ["BIGINT"], "BIGINT").rows([1, None, 7])

    assert (caught.value.code, caught.value.details.row) == ("UDF_RETURN_TYPE", 2)
    assert caught.value.details.line == f.__code__.co_firstlineno


def test_none_for_a_type_without_null_is_refused() -> None:
    f = udf(lambda x: None if x == 2 else x, result_type="INT NOT NULL")

    with pytest.raises(UdfError, match="INT NOT NULL") as caught:
        scalar(f, ["INT"], "INT NOT NULL").rows([1, 2])

    assert (caught.value.code, caught.value.details.row) == ("UDF_NULL_NOT_ALLOWED", 1)


def test_the_stage_works_on_after_an_error() -> None:
    stage = scalar(udf(lambda x: 1 // x, result_type="INT"), ["INT"], "INT")

    with pytest.raises(UdfError):
        stage.rows([0])

    assert stage.rows([1]) == [(0, 1)]


def test_an_unknown_function_lists_near_names() -> None:
    with pytest.raises(UdfError, match="Did you mean embed"):
        open_test_stage(
            {"embed": udf(lambda x: x, result_type="INT")}, ["INT"], [CallStep("embd", [], "INT")]
        )


def test_a_timestamp_that_python_cannot_hold_is_refused_by_name() -> None:
    stage = scalar(udf(lambda t: t, result_type="TIMESTAMP(3)"), ["TIMESTAMP(3)"], "TIMESTAMP(3)")
    beyond = pa.array([300_000_000_000_000_000], pa.timestamp("us"))

    with pytest.raises(UdfError, match=r"TIMESTAMP\(3\): .*years 1 to 9999") as caught:
        list(stage.stage.process([beyond], 1))

    assert caught.value.code == "UDF_ARGUMENTS"
