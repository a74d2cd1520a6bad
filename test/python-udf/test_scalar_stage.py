"""Scalar and filter stages: values, NULLs, guards, chains, calls and errors."""

from __future__ import annotations

import datetime
import itertools
import random
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, NamedTuple, TypedDict
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from execution_support import CallStep, Column, Literal, Step, open_test_stage, scalar

from millstream import Row, ScalarFunction, UdfError, udf, udtf
from millstream._execution import codec

UTC = datetime.timezone.utc


def test_each_row_gets_its_value_in_order() -> None:
    stage = scalar(udf(lambda x, y: x - y, result_type="DOUBLE"), ["DOUBLE", "DOUBLE"], "DOUBLE")

    assert stage.rows([3.0, 5.0], [1.0, 7.0]) == [(0, 2.0), (1, -2.0)]
    assert stage.stage.output == [("r0", "DOUBLE")]
    assert stage.stage.output_schema == pa.schema([pa.field("r0", pa.float64())])


def test_an_empty_bundle_has_an_empty_answer() -> None:
    stage = scalar(udf(lambda x: x, result_type="STRING"), ["STRING"], "STRING")

    (answer,) = stage.answers([])

    assert (answer.rows, answer.columns.num_rows, answer.selection) == (0, 0, None)


def test_parameters_that_are_not_optional_are_not_called_with_null() -> None:
    calls: list[Any] = []

    @udf
    def f(x: int, y: str | None, z) -> str | None:  # type: ignore[no-untyped-def]
        calls.append((x, y, z))
        return None if x == 4 else f"{x}{y}{z}"

    stage = scalar(f, ["BIGINT", "STRING", "INT"], "STRING")

    rows = stage.rows([1, None, 3, 4], ["a", "b", None, "d"], [None, 2, 3, 4])

    assert rows == [(0, "1aNone"), (1, None), (2, "3None3"), (3, None)]
    assert calls == [(1, "a", None), (3, None, 3), (4, "d", 4)]


def test_a_null_constant_for_such_a_parameter_gives_null_without_a_call() -> None:
    @udf
    def f(x: int, y: int) -> int:
        raise AssertionError

    step = CallStep("f", [Column(0), Literal(None, "BIGINT")], "BIGINT")

    assert open_test_stage({"f": f}, ["BIGINT"], [step]).rows([1, 2]) == [(0, None), (1, None)]


def test_rows_whose_guard_is_not_true_are_not_called_and_are_null() -> None:
    called: list[int] = []
    f = udf(lambda x: called.append(x) or x * 10, result_type="INT")  # type: ignore[func-returns-value]
    step = CallStep("f", [Column(0)], "INT", guard=1)

    rows = open_test_stage({"f": f}, ["INT", "BOOLEAN"], [step]).rows([1, 2, 3, 4], [True, False, None, True])

    assert rows == [(0, 10), (1, None), (2, None), (3, 40)]
    assert called == [1, 4]


def test_a_chain_sees_results_as_their_declared_types() -> None:
    seen: list[Any] = []

    def see(value: Any) -> str:
        seen.append(value)
        return repr(value)

    cents = udf(lambda x: x, result_type="DECIMAL(10, 2)")
    double = udf(lambda x: x, result_type="DOUBLE")
    plain = udf(lambda x: x, result_type="BIGINT")
    functions = {"cents": cents, "double": double, "plain": plain, "see": udf(see)}
    for name, result, value, expected in [
        ("cents", "DECIMAL(10, 2)", Decimal("1.225"), Decimal("1.22")),
        ("double", "DOUBLE", 2, 2.0),
        ("plain", "BIGINT", True, 1),
    ]:
        inner = udf(lambda x, value=value: value, result_type=result)
        steps = [
            CallStep("inner", [Column(0)], result),
            CallStep(name, [Step(0)], result),
            CallStep("see", [Step(1)], "STRING"),
        ]
        open_test_stage({**functions, "inner": inner}, ["INT"], steps).rows([0])

        assert repr(seen[-1]) == repr(expected)


def test_a_chain_of_kept_values_does_not_go_through_arrow(monkeypatch: pytest.MonkeyPatch) -> None:
    encoded: list[str] = []
    original = codec.TextCodec.encode

    def encode(self: Any, values: list[Any]) -> pa.Array:
        encoded.append("encode")
        return original(self, values)

    stage = open_test_stage(
        {"g": udf(lambda s: s + "!", result_type="STRING"), "f": udf(lambda s: len(s), result_type="INT")},
        ["STRING"],
        [CallStep("g", [Column(0)], "STRING"), CallStep("f", [Step(0)], "INT")],
    )
    columns = stage.columns(["ab", "c"])
    monkeypatch.setattr(codec.TextCodec, "encode", encode)

    (answer,) = stage.stage.process(columns, 2)

    assert answer.columns.column(0).to_pylist() == [3, 2]
    assert encoded == []


def test_nulls_and_guards_pass_through_chains() -> None:
    @udf
    def inc(x: int) -> int:
        return x + 1

    steps = [CallStep("inc", [Column(0)], "BIGINT", guard=1), CallStep("inc", [Step(0)], "BIGINT")]
    stage = open_test_stage({"inc": inc}, ["BIGINT", "BOOLEAN"], steps, result_steps=[1, 0])

    assert stage.rows([1, None, 3], [True, True, False]) == [(0, 3, 2), (1, None, None), (2, None, None)]


def test_constants_are_python_values_of_their_type() -> None:
    step = CallStep(
        "f",
        [
            Literal("1.50", "DECIMAL(10, 2)"),
            Literal("2020-01-02", "DATE"),
            Literal("2020-01-02 03:04:05.12", "TIMESTAMP(3)"),
            Literal("2020-01-02 03:04:05Z", "TIMESTAMP_LTZ(3)"),
            Literal("03:04:05.5", "TIME(1)"),
            Literal({"$bytes": "AQI="}, "BYTES"),
            Literal({"$float": "Infinity"}, "DOUBLE"),
            Literal([1, None], "ARRAY<INT>"),
            Literal({"$map": [["a", 1]]}, "MAP<STRING, INT>"),
            Literal([1, "x"], "ROW<a INT, b STRING>"),
            Literal(True, "BOOLEAN"),
            Literal("9223372036854775807", "BIGINT"),
        ],
        "STRING",
    )
    stage = open_test_stage({"f": udf(lambda *v: repr(v), result_type="STRING")}, ["INT"], [step])

    assert stage.rows([0]) == [
        (
            0,
            "(Decimal('1.50'), datetime.date(2020, 1, 2), datetime.datetime(2020, 1, 2, 3, 4, 5, 120000), "
            "datetime.datetime(2020, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc), "
            "datetime.time(3, 4, 5, 500000), b'\\x01\\x02', inf, [1, None], {'a': 1}, Row(a=1, b='x'), True, "
            "9223372036854775807)",
        )
    ]


def test_arguments_are_bound_by_name_default_and_position() -> None:
    @udf
    def f(a: int, b: int = 20, *rest: int, c: int = 3) -> str:
        return f"{a} {b} {rest} {c}"

    def call(arguments: list[Any], names: list[str | None]) -> Any:
        step = CallStep("f", arguments, "STRING", argument_names=names)
        return open_test_stage({"f": f}, ["BIGINT"], [step]).rows([1])[0][1]

    assert call([Column(0)], [None]) == "1 20 () 3"
    assert call([Column(0), Literal(9, "BIGINT")], [None, "c"]) == "1 20 () 9"
    assert call([Literal(9, "BIGINT"), Column(0)], ["b", "a"]) == "1 9 () 3"
    assert call([Column(0), Column(0), Column(0), Literal(7, "BIGINT")], [None] * 4) == "1 1 (1, 7) 3"


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


def test_a_function_without_arguments_is_called_once_for_each_row() -> None:
    counter = itertools.count()
    f = udf(lambda: next(counter), result_type="BIGINT")

    assert open_test_stage({"f": f}, ["INT"], [CallStep("f", [], "BIGINT")]).rows([5, 5]) == [(0, 0), (1, 1)]


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


def test_records_come_as_the_classes_they_are_annotated_with() -> None:
    @dataclass
    class Point:
        x: float
        y: float

        def norm(self) -> float:
            return float((self.x**2 + self.y**2) ** 0.5)

    class Named(NamedTuple):
        a: int

    class Typed(TypedDict):
        a: int

    def f(p, ps, n, t):  # type: ignore[no-untyped-def]
        return f"{p.norm()} {[type(q).__name__ for q in ps]} {n!r} {t!r}"

    f.__annotations__ = {"p": Point, "ps": list[Point | None], "n": Named, "t": Typed, "return": str}
    row = "ROW<`x` DOUBLE, `y` DOUBLE>"
    stage = scalar(udf(f), [row, f"ARRAY<{row}>", "ROW<`a` BIGINT>", "ROW<`a` BIGINT>"], "STRING")

    (result,) = stage.rows([(3.0, 4.0)], [[(1.0, 1.0), None]], [(5,)], [(6,)])

    assert result[1] == "5.0 ['Point', 'NoneType'] Named(a=5) {'a': 6}"


def test_instants_are_utc_for_our_decorators() -> None:
    seen: list[datetime.datetime] = []

    @udf
    def f(t: Annotated[datetime.datetime, "ltz"]) -> Annotated[datetime.datetime, "ltz"]:
        seen.append(t)
        return t.astimezone(ZoneInfo("Asia/Tokyo"))

    instant = datetime.datetime(2020, 1, 1, 12, tzinfo=UTC)
    stage = scalar(f, ["TIMESTAMP_LTZ(6)"], "TIMESTAMP_LTZ(6)", time_zone="Europe/Berlin")

    assert stage.rows([instant])[0][1] == instant
    assert seen[0].tzinfo is UTC


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

    nanoseconds, calls = stage.stage.take_timing()

    assert calls == [2, 2]
    assert all(ns > 0 for ns in nanoseconds)
    assert stage.stage.take_timing() == ([0, 0], [0, 0])


def test_the_running_function_can_be_seen_from_inside() -> None:
    seen: list[Any] = []
    f = udf(lambda x: seen.append((stage.stage.running, stage.stage.running_rows)), result_type="INT")
    stage = scalar(f, ["INT"], "INT")

    stage.rows([1, 2])

    assert seen == [("f", 0), ("f", 1)]
    assert (stage.stage.running, stage.stage.running_rows) == (None, 0)


def test_an_unknown_function_lists_near_names() -> None:
    with pytest.raises(UdfError, match="Did you mean embed"):
        open_test_stage(
            {"embed": udf(lambda x: x, result_type="INT")}, ["INT"], [CallStep("embd", [], "INT")]
        )


def test_a_filter_answers_with_the_positions_that_stay() -> None:
    functions = {
        "p": udf(lambda x: None if x is None else x > 1, result_type="BOOLEAN"),
        "g": udf(lambda x: str(x), result_type="STRING"),
    }
    steps = [CallStep("g", [Column(0)], "STRING"), CallStep("p", [Column(0)], "BOOLEAN")]
    stage = open_test_stage(functions, ["INT"], steps, mode="filter", result_steps=[0])

    assert stage.rows([1, 2, None, 3]) == [(1, "2"), (3, "3")]
    assert stage.rows([1]) == []
    assert stage.answers([2, 3])[0].selection is None


def test_a_filter_without_result_columns_only_selects() -> None:
    p = udf(lambda x: x % 2 == 0, result_type="BOOLEAN")
    stage = open_test_stage(
        {"p": p}, ["INT"], [CallStep("p", [Column(0)], "BOOLEAN")], mode="filter", result_steps=[]
    )

    (answer,) = stage.answers([1, 2, 4])

    assert (answer.rows, answer.columns) == (2, None)
    assert answer.selection.type == pa.int32() and answer.selection.to_pylist() == [1, 2]


@pytest.mark.parametrize("seed", range(5))
def test_any_cut_of_the_rows_into_bundles_gives_the_rows_of_a_plain_loop(seed: int) -> None:
    print(f"seed {seed}")
    chance = random.Random(seed)
    xs = [chance.choice([None, chance.randint(-9, 9)]) for _ in range(50)]
    guards = [chance.choice([True, False, None]) for _ in xs]

    @udf
    def g(x: int) -> int | None:
        return None if x == 0 else x * 2

    @udf
    def keep(x: int | None) -> bool | None:
        return None if x is None else x > 0

    steps = [CallStep("g", [Column(0)], "BIGINT", guard=1), CallStep("keep", [Step(0)], "BOOLEAN")]
    stage = open_test_stage(
        {"g": g, "keep": keep}, ["BIGINT", "BOOLEAN"], steps, mode="filter", result_steps=[0]
    )
    expected = []
    for row, (x, guard) in enumerate(zip(xs, guards, strict=True)):
        value = g(x) if guard and x is not None else None
        if keep(value):
            expected.append((row, value))

    result = []
    start = 0
    while start < len(xs):
        end = min(len(xs), start + chance.randint(1, 9))
        rows = stage.rows(xs[start:end], guards[start:end])
        result += [(start + position, value) for position, value in rows]
        start = end

    assert result == expected


def test_a_timestamp_that_python_cannot_hold_is_refused_by_name() -> None:
    stage = scalar(udf(lambda t: t, result_type="TIMESTAMP(3)"), ["TIMESTAMP(3)"], "TIMESTAMP(3)")
    beyond = pa.array([300_000_000_000_000_000], pa.timestamp("us"))

    with pytest.raises(UdfError, match=r"TIMESTAMP\(3\): .*years 1 to 9999") as caught:
        list(stage.stage.process([beyond], 1))

    assert caught.value.code == "UDF_ARGUMENTS"
