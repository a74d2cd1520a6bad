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

from millstream import udf
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


def test_a_function_without_arguments_is_called_once_for_each_row() -> None:
    counter = itertools.count()
    f = udf(lambda: next(counter), result_type="BIGINT")

    assert open_test_stage({"f": f}, ["INT"], [CallStep("f", [], "BIGINT")]).rows([5, 5]) == [(0, 0), (1, 1)]


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
