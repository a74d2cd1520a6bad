"""What functions of ours do with Flink's values. Nothing here needs PyFlink; test/flink runs them on one."""

from __future__ import annotations

import asyncio
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from types import ModuleType
from typing import Any, NamedTuple
from uuid import UUID

import pytest

from millstream import Row, udaf, udf, udtf
from millstream._flink.flink_types import flink_type
from millstream._flink.row_call import RowCall
from millstream._flink.unsupported import refuse_unsupported
from millstream._function_spec import FunctionSpec, specify
from millstream._types import Shape, parse_type
from millstream.errors import UdfError
from millstream.flink import flink_function


class FlinkRow(tuple[Any, ...]):
    """Stands for `pyflink.common.Row`."""

    def __new__(cls, *values: Any) -> FlinkRow:
        return super().__new__(cls, values)


@dataclass
class Place:
    name: str
    rank: int


class Word(NamedTuple):
    word: str
    letters: int


class Color(Enum):
    RED = "red"


def call(
    function: Any, *, skips: bool = True, null_on_error: bool = False, shape: Shape | None = None
) -> RowCall:
    return RowCall(function, [skips], [shape], null_on_error, FlinkRow)


def test_a_parameter_that_is_not_optional_is_not_called_with_null() -> None:
    assert call(lambda x: x + 1)(None) is None
    assert call(lambda x: x is None, skips=False)(None) is True


def test_a_function_that_does_not_say_its_parameters_is_given_all_arguments() -> None:
    hypot = RowCall(math.hypot, [], [], False, FlinkRow)
    assert hypot(3.0, 4.0) == 5.0
    assert list(RowCall(max, [], [], False, FlinkRow).rows(1, 2)) == [2]


def test_the_rule_of_the_last_parameter_counts_for_further_arguments() -> None:
    assert call(lambda *xs: len(xs))(1, 2, None) is None


def test_the_class_of_the_last_parameter_counts_for_further_arguments() -> None:
    total = call(lambda *places: sum(place.rank for place in places), shape=Shape(make=Place))
    assert total(FlinkRow("a", 1), FlinkRow("b", 2), FlinkRow("c", 4)) == 7


@pytest.mark.parametrize(
    ("given", "value"),
    [
        (Place("a", 1), FlinkRow("a", 1)),
        (Word("ab", 2), FlinkRow("ab", 2)),
        (Row("a", [Word("b", 1)]), FlinkRow("a", [FlinkRow("b", 1)])),
        ({"k": Place("a", 1)}, {"k": FlinkRow("a", 1)}),
        (Color.RED, "red"),
        (UUID(int=5), "00000000-0000-0000-0000-000000000005"),
        (1.5, 1.5),
    ],
)
def test_results_become_values_of_flink(given: object, value: object) -> None:
    result = call(lambda x: given)(0)
    assert result == value and type(result) is type(value)


def test_a_row_argument_becomes_the_class_of_its_annotation() -> None:
    assert call(lambda place: place.rank, shape=Shape(make=Place))(FlinkRow("a", 7)) == 7


def test_on_error_null_gives_null_and_without_it_the_exception_is_raised() -> None:
    assert call(lambda x: 1 // x, null_on_error=True)(0) is None
    with pytest.raises(ZeroDivisionError):
        call(lambda x: 1 // x)(0)


def test_a_table_function_gives_a_row_for_each_item_one_for_a_tuple_and_none_for_null() -> None:
    assert list(call(lambda x: [Word("a", 1), Word("b", 1)]).rows(0)) == [FlinkRow("a", 1), FlinkRow("b", 1)]
    assert list(call(lambda x: ("a", 1)).rows(0)) == [FlinkRow("a", 1)]
    assert list(call(lambda x: None).rows(0)) == []
    assert list(call(lambda x: [1]).rows(None)) == []


def test_an_async_function_has_the_same_rules() -> None:
    async def double(x: int) -> Place:
        return Place("", 2 // x)

    assert asyncio.run(call(double).later(1)) == FlinkRow("", 2)
    assert asyncio.run(call(double).later(None)) is None
    assert asyncio.run(call(double, null_on_error=True).later(0)) is None


class Types:
    """Stands for `pyflink.table.DataTypes`: says what is asked of it."""

    def __getattr__(self, name: str) -> Any:
        return lambda *args: (name, *args) if args else name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("BIGINT", "BIGINT"),
        ("STRING", "STRING"),
        ("DECIMAL(10, 2)", ("DECIMAL", 10, 2)),
        ("TIMESTAMP(9)", ("TIMESTAMP", 6)),
        ("ARRAY<INT>", ("ARRAY", "INT")),
        ("MAP<STRING, DOUBLE>", ("MAP", "STRING", "DOUBLE")),
        ("ROW<a INT>", ("ROW", [("FIELD", "a", "INT")])),
    ],
)
def test_types_are_said_in_words_of_pyflink(text: str, expected: object) -> None:
    assert flink_type(parse_type(text), Types()) == expected


@udf(on_error="skip")
def skipping(x: int) -> int:
    return x


@udf(batch="arrow", input_types=["BIGINT"], result_type="BIGINT")
def arrow(x: Any) -> Any:
    return x


@udtf(batch="pandas", input_types=["BIGINT"], result_types=["BIGINT"])
def many(x: Any) -> Any:
    return x


@pytest.mark.parametrize("function", [skipping, arrow, many])
def test_what_pyflink_cannot_be_given_is_refused_with_a_way_out(function: Any) -> None:
    with pytest.raises(UdfError, match="cannot run on Flink") as raised:
        refuse_unsupported("f", specify("f", function))
    assert raised.value.code == "FLINK_UNSUPPORTED" and raised.value.hint


@udf
def plain(x: int | None) -> Place:
    return Place("", x or 0)


@udtf
def words(text: str) -> Iterator[Word]:
    yield Word(text, 1)


@udaf(batch="pandas", input_types=["DOUBLE"], result_type="DOUBLE")
def mean(values: Any) -> Any:
    return values.mean()


@pytest.mark.parametrize("function", [plain, words, mean])
def test_functions_that_pyflink_has_are_taken(function: Any) -> None:
    refuse_unsupported("f", specify("f", function))


def test_a_declared_function_answers_flink_with_what_the_adapter_makes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """CREATE FUNCTION … LANGUAGE PYTHON asks the object that it names, whatever declared it."""
    asked: list[str] = []

    class Java:
        def _java_user_defined_function(self) -> str:
            return "java"

    def adapted(name: str, spec: FunctionSpec) -> Java:
        asked.append(name)
        return Java()

    stand_in = ModuleType("millstream._flink.adapted")
    monkeypatch.setattr(stand_in, "adapted", adapted, raising=False)
    monkeypatch.setitem(sys.modules, "millstream._flink.adapted", stand_in)

    declared: Any = [plain, words, mean, copied]
    assert [function._java_user_defined_function() for function in declared] == ["java"] * 4
    assert asked == ["plain", "words", "mean", "double"]


@udf
def double(x: int) -> int:
    return 2 * x


copied = udf(double, result_type="BIGINT")


def test_what_no_decorator_declared_is_no_function_of_ours() -> None:
    with pytest.raises(UdfError) as raised:
        flink_function(len)
    assert raised.value.code == "UDF_DECLARATION"
