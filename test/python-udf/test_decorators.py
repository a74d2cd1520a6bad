"""Declaring functions, and what the planner is told of them."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Any

import pytest

from millstream import (
    AggregateFunction,
    DataTypes,
    OutputTag,
    ScalarFunction,
    TableFunction,
    UdfError,
    udaf,
    udf,
    udtaf,
    udtf,
)
from millstream._describe import describe


def test_a_decorated_function_stays_a_plain_function() -> None:
    def plus(x: int, y: int) -> int:
        return x + y

    declared = udf(plus)

    assert declared is plus
    assert declared(1, y=2) == 3


def test_one_function_can_be_declared_twice() -> None:
    def same(x: Any) -> Any:
        return x

    one = udf(same, result_type="INT")
    other = udf(same, result_type="STRING")

    assert describe("one", one)["result"] == "INT"
    assert describe("other", other)["result"] == "STRING"
    assert other(3) == 3


def test_a_declaration_says_all_that_the_planner_needs() -> None:
    @udf(deterministic=False, name="shown")
    def pick(x: int, *, first: str | None = None) -> list[str]:
        """Picks.

        More.
        """
        return [first or str(x)]

    declaration = describe("f", pick, "udfs.pick")

    assert declaration == {
        "name": "f",
        "kind": "scalar",
        "batch": None,
        "parameters": [
            {
                "name": "x",
                "type": "BIGINT",
                "nullable": False,
                "hasDefault": False,
                "variadic": False,
                "table": None,
                "keywordOnly": False,
            },
            {
                "name": "first",
                "type": "STRING",
                "nullable": True,
                "hasDefault": True,
                "variadic": False,
                "table": None,
                "keywordOnly": True,
            },
        ],
        "result": "ARRAY<STRING>",
        "accumulator": None,
        "deterministic": False,
        "isAsync": False,
        "iterator": False,
        "mergeable": False,
        "retractable": False,
        "stateful": False,
        "sideOutputs": [],
        "analyzes": False,
        "options": {},
        "target": "udfs.pick",
        "file": __file__,
        "line": pick.__code__.co_firstlineno,
        "doc": "Picks.\n\nMore.",
    }


def test_unannotated_parameters_take_any_type_and_none() -> None:
    declaration = describe("f", udf(lambda x, *rest: x, result_type="INT"))

    assert declaration["parameters"] == [
        {
            "name": "x",
            "type": None,
            "nullable": True,
            "hasDefault": False,
            "variadic": False,
            "table": None,
            "keywordOnly": False,
        },
        {
            "name": "rest",
            "type": None,
            "nullable": True,
            "hasDefault": False,
            "variadic": True,
            "table": None,
            "keywordOnly": False,
        },
    ]


def test_explicit_types_win_over_annotations() -> None:
    @udf(input_types=["INT"], result_type=DataTypes.SMALLINT())
    def f(x: int) -> int:
        return x

    declaration = describe("f", f)

    assert (declaration["parameters"][0]["type"], declaration["result"]) == ("INT", "SMALLINT")
    assert declaration["parameters"][0]["nullable"] is False


def test_classes_and_instances_are_functions() -> None:
    class Scale(ScalarFunction):
        """Scales."""

        def __init__(self, factor: int = 2) -> None:
            self.factor = factor

        def eval(self, x: int) -> int:
            return x * self.factor

    by_instance = udf(Scale(3))
    by_class = udf(Scale)

    assert by_instance(2) == 6
    assert describe("f", by_instance)["result"] == "BIGINT"
    assert describe("f", by_class)["doc"] == "Scales."
    assert describe("f", Scale(5))["kind"] == "scalar"


def test_callables_without_attributes_can_be_declared() -> None:
    length = udf(len, input_types=["STRING"], result_type="INT")
    partial = udf(functools.partial(pow, 2), input_types=["INT"], result_type="INT")

    assert length("abc") == 3
    assert [p["type"] for p in describe("length", length)["parameters"]] == ["STRING"]
    assert describe("partial", partial)["result"] == "INT"


@pytest.mark.parametrize(
    ("result_types", "expected"),
    [
        (["INT", "STRING"], "ROW<`f0` INT, `f1` STRING>"),
        ("STRING", "ROW<`f0` STRING>"),
        ("ROW<a INT, b STRING>", "ROW<`a` INT, `b` STRING>"),
        ([DataTypes.ROW([DataTypes.FIELD("a", "INT")])], "ROW<`f0` ROW<`a` INT>>"),
    ],
)
def test_table_functions_have_a_row_type_of_their_columns(result_types: Any, expected: str) -> None:
    assert describe("f", udtf(lambda x: [], result_types=result_types))["result"] == expected


def test_columns_of_a_table_function_come_from_its_annotation() -> None:
    @udtf
    def pairs(x: int) -> Iterator[tuple[int, str]]:
        yield x, str(x)

    @udtf
    def words(text: str) -> list[str]:
        return text.split()

    assert describe("pairs", pairs)["result"] == "ROW<`f0` BIGINT, `f1` STRING>"
    assert describe("words", words)["result"] == "ROW<`f0` STRING>"


def test_aggregates_are_described_by_accumulate_and_get_value() -> None:
    class Mean(AggregateFunction):
        def create_accumulator(self) -> list[float]:
            return [0.0, 0.0]

        def accumulate(self, accumulator: list[float], value: float, weight: int | None) -> None:
            pass

        def get_value(self, accumulator: list[float]) -> float | None:
            return None

        def get_accumulator_type(self) -> str:
            return "ARRAY<DOUBLE>"

    declaration = describe("mean", udaf(Mean()))

    assert [(p["name"], p["type"], p["nullable"]) for p in declaration["parameters"]] == [
        ("value", "DOUBLE", False),
        ("weight", "BIGINT", True),
    ]
    assert (declaration["kind"], declaration["result"]) == ("aggregate", "DOUBLE")
    assert declaration["accumulator"] == "ARRAY<DOUBLE>"


@pytest.mark.parametrize("decorator", [udaf, udtaf])
def test_a_row_of_an_aggregate_cannot_be_null(decorator: Any) -> None:
    with pytest.raises(UdfError, match="one result for many rows") as caught:
        decorator(lambda x: x, on_error="null")

    assert caught.value.code == "UDF_OPTION"


def test_replay_and_retry_contradict_each_other() -> None:
    with pytest.raises(UdfError, match="given to the function twice"):
        udf(lambda x: x, None, "INT", replay=False, retry=3)


@pytest.mark.parametrize(("given", "read"), [(0, 0), (7, 7), (0.25, 0.25), ("1 %", 0.01)])
def test_most_errors_are_a_number_or_a_share(given: Any, read: float) -> None:
    f = udf(lambda x: x, None, "INT", on_error="skip", max_errors=given)

    assert describe("f", f)["options"] == {"on_error": "skip", "max_errors": read}


@pytest.mark.parametrize("given", [-1, 1.5, "many", True])
def test_other_most_errors_are_refused(given: Any) -> None:
    with pytest.raises(UdfError, match="max_errors is"):
        udf(lambda x: x, None, "INT", max_errors=given)


def test_resources_are_shown_as_the_core_reads_them() -> None:
    f = udf(lambda x: x, None, "INT", memory="256 MB", cpus=0.5, gpus=2, concurrency=(1, 8), resources="big")

    assert describe("f", f)["options"] == {
        "memory": 268435456,
        "cpus": 0.5,
        "gpus": 2.0,
        "concurrency": "1-8",
        "resources": "big",
    }
    assert describe("f", udf(lambda x: x, None, "INT", concurrency=4))["options"] == {"concurrency": 4}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"memory": "much"}, "Write a size such as '256 MB'"),
        ({"cpus": 0}, "a number above 0"),
        ({"gpus": 1.5}, "a part of one device"),
        ({"concurrency": (4, 1)}, r"the least and the most: \(1, 8\)"),
        ({"concurrency": "1-8-9"}, r"the least and the most: \(1, 8\)"),
    ],
)
def test_resources_that_cannot_be_given_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UdfError) as caught:
        udf(lambda x: x, result_type="INT", **options)  # type: ignore[call-overload]

    assert caught.value.code == "UDF_OPTION"
    assert re.search(message, str(caught.value.hint))


def test_an_async_function_has_no_range_of_workers() -> None:
    async def f(x: int) -> int:
        return x

    with pytest.raises(UdfError, match="is a range") as caught:
        udf(f, concurrency=(1, 8))

    assert caught.value.hint == "Give one number, such as `concurrency=8`."


def test_an_option_without_a_value_is_not_given() -> None:
    assert describe("f", udf(lambda x: x, result_type="INT", memory=None))["options"] == {}


@pytest.mark.parametrize(
    ("declare", "code", "message"),
    [
        (lambda: udf(lambda x: x, memori="1 GB"), "UDF_OPTION", "Did you mean memory"),  # type: ignore[call-overload]
        (lambda: udf(lambda x: x, result_type="INT", batch="panda"), "UDF_OPTION", "Did you mean pandas"),  # type: ignore[call-overload]
        (lambda: udf(lambda x: x, func_type="arrow"), "UDF_OPTION", "'general' or 'pandas'"),  # type: ignore[call-overload]
        (lambda: udf(lambda x: x, func_type="pandas", batch="arrow"), "UDF_OPTION", "contradicts"),
        (lambda: udf(lambda x: x, result_type="INTT"), "UDF_TYPE", "Did you mean INT"),
        (lambda: udf(lambda x: x, result_type=int), "UDF_TYPE", "Give one type"),  # type: ignore[call-overload]
        (lambda: udf(lambda x: x, input_types=5), "UDF_TYPE", "5 is not a type"),  # type: ignore[call-overload]
        (lambda: udtf(lambda x: x, result_types=5), "UDF_TYPE", "5 is not a type"),  # type: ignore[call-overload]
        (lambda: OutputTag("a", 5), "UDF_TYPE", "5 is not a type"),  # type: ignore[arg-type]
        (lambda: udf(lambda x: x, input_types=[int]), "UDF_TYPE", "is not a type"),  # type: ignore[call-overload]
        (lambda: udf(5), "UDF_DECLARATION", "cannot be made of 5"),
        (lambda: describe("f", udf(lambda x: x)), "UDF_NO_TYPES", "result_type='BIGINT'"),
        (lambda: describe("f", udtf(lambda x: x)), "UDF_NO_TYPES", "result_types="),
        (lambda: describe("f", udaf(lambda x: x, result_type="INT")), "UDF_DECLARATION", "AggregateFunction"),
        (lambda: describe("f", udaf(AggregateFunction())), "UDF_DECLARATION", "defines no accumulate"),
        (lambda: describe("f", udtf(TableFunction())), "UDTF_NO_EVAL", "defines no eval"),
        (lambda: udtf(type("Words", (), {})), "UDTF_NO_EVAL", "The class Words .* defines no eval"),
        (lambda: describe("f", udf(lambda x: x, ["INT", "INT"], "INT")), "UDF_DECLARATION", "2 input types"),
        (lambda: describe("f", 5), "UDF_DECLARATION", "no function"),
    ],
)
def test_a_wrong_declaration_is_refused_with_what_to_do(declare: Any, code: str, message: str) -> None:
    with pytest.raises(UdfError, match=message) as caught:
        declare()

    assert caught.value.code == code


def test_two_answers_about_determinism_are_refused() -> None:
    class Dice(ScalarFunction):
        def is_deterministic(self) -> bool:
            return False

        def eval(self) -> int:
            return 4

    assert describe("f", udf(Dice()))["deterministic"] is False
    with pytest.raises(UdfError, match="contradicts"):
        udf(Dice(), deterministic=True)


def test_a_class_that_needs_arguments_is_refused_with_the_fix() -> None:
    class Scale(ScalarFunction):
        def __init__(self, factor: int) -> None:
            self.factor = factor

        def eval(self, x: int) -> int:
            return x

    with pytest.raises(UdfError, match=r"udf\(Scale\("):
        describe("f", udf(Scale))


def test_terminate_without_a_table_is_refused_as_its_rows_would_be_lost() -> None:
    class Words(TableFunction):
        def eval(self, text: str) -> Iterator[tuple[str]]:
            yield (text,)

        def terminate(self) -> Iterator[tuple[str]]:
            yield ("end",)

    with pytest.raises(UdfError, match="`terminate`, for the end of a partition"):
        describe("words", udtf(Words(), result_types=["STRING"]))
