"""SQL types from annotations."""

from __future__ import annotations

import collections
import collections.abc
import datetime
import enum
import re
import typing
import uuid
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Optional, TypedDict

import pytest
from execution_support import scalar

from millstream import DataTypes, Row, UdfError, udf, udtf
from millstream._describe import describe
from millstream._types import parse_type, read_annotation, type_of_annotation
from millstream.testing import call_rows


@dataclass
class Point:
    x: float
    label: str | None


class Pair(NamedTuple):
    left: int
    right: Point


class Options(TypedDict):
    name: str
    sizes: list[int]


@dataclass
class Tree:
    children: list[Tree]


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


UserId = typing.NewType("UserId", int)


@pytest.mark.parametrize(
    ("annotation", "text", "nullable"),
    [
        (int, "BIGINT", False),
        (float, "DOUBLE", False),
        (str, "STRING", False),
        (bool, "BOOLEAN", False),
        (bytes, "BYTES", False),
        (datetime.date, "DATE", False),
        (datetime.time, "TIME(6)", False),
        (datetime.datetime, "TIMESTAMP(6)", False),
        (Annotated[datetime.datetime, "ltz"], "TIMESTAMP_LTZ(6)", False),
        (Annotated[datetime.datetime, 3], "TIMESTAMP(3)", False),
        (Annotated[datetime.datetime, "ltz", 3], "TIMESTAMP_LTZ(3)", False),
        (Annotated[datetime.time, 0], "TIME(0)", False),
        (Annotated[Decimal, (10, 2)], "DECIMAL(10, 2)", False),
        (Annotated[Decimal, (10, 2)] | None, "DECIMAL(10, 2)", True),
        (Annotated[int, "SMALLINT"], "SMALLINT", False),
        (Annotated[int, DataTypes.INT()], "INT", True),
        (Optional[int], "BIGINT", True),  # noqa: UP045
        (int | None, "BIGINT", True),
        (list[int | None], "ARRAY<BIGINT>", False),
        (collections.abc.Sequence[str], "ARRAY<STRING>", False),
        (tuple[int, ...], "ARRAY<BIGINT>", False),
        (tuple[int, str], "ROW<`f0` BIGINT, `f1` STRING>", False),
        (dict[str, list[float]], "MAP<STRING, ARRAY<DOUBLE>>", False),
        (Point, "ROW<`x` DOUBLE, `label` STRING>", False),
        (Pair | None, "ROW<`left` BIGINT, `right` ROW<`x` DOUBLE, `label` STRING>>", True),
        (Options, "ROW<`name` STRING, `sizes` ARRAY<BIGINT>>", False),
        (UserId, "BIGINT", False),
        (datetime.timedelta, "INTERVAL DAY TO SECOND(3)", False),
        (Literal["a", "b"], "STRING", False),
        (Literal[1, 2, None], "BIGINT", True),
        (uuid.UUID, "STRING", False),
        (Colour | None, "STRING", True),
        (collections.Counter[str], "MULTISET<STRING>", False),
        (list[Annotated[Decimal, (5, 1)] | None], "ARRAY<DECIMAL(5, 1)>", False),
    ],
)
def test_an_annotation_has_its_sql_type(annotation: Any, text: str, nullable: bool) -> None:
    read = type_of_annotation(annotation, "parameter `x`")

    assert str(read.type) == text
    assert read.nullable is nullable


def test_any_and_vectors_accept_every_type() -> None:
    np = pytest.importorskip("numpy")
    import pyarrow as pa

    for annotation in (Any, object, pa.Array, pa.DoubleArray, np.ndarray):
        assert type_of_annotation(annotation, "parameter `x`").type is None


@pytest.mark.parametrize(
    ("annotation", "fix"),
    [
        (Decimal, r"Annotated\[Decimal, \(10, 2\)\]"),
        (list, r"list\[int\]"),
        (dict, r"dict\[str, int\]"),
        (tuple, r"tuple\[int, str\]"),
        (type(None), "values that are not None"),
        (int | str, "union with None"),
        (Row, "result_type="),
        (complex, "dataclass"),
        (Tree, "contains itself"),
        (list[Any], "dataclass|Declare"),
        (Literal["a", 1], "one type"),
        (set, "Counter"),
        (Annotated[datetime.datetime, "lzt"], "ltz"),
        (Annotated[datetime.datetime, 12], "12 is not between 0 and 9"),
        (Annotated[int, "BIGNT"], "BIGINT"),
    ],
)
def test_an_annotation_without_a_sql_type_is_refused_with_the_fix(annotation: Any, fix: str) -> None:
    with pytest.raises(UdfError, match=fix) as caught:
        type_of_annotation(annotation, "parameter `x` of function `f`")

    assert caught.value.code == "UDF_TYPE"
    assert "of function `f`" in str(caught.value)


def test_a_name_that_is_not_there_has_near_ones() -> None:
    def f(x: Optinal[int]) -> int:  # type: ignore[name-defined] # noqa: F821
        return 1

    with pytest.raises(
        UdfError, match="`f` cannot be read: name 'Optinal' is not defined.*Optional"
    ) as caught:
        describe("f", f)

    assert caught.value.code == "UDF_TYPE"


@pytest.mark.parametrize(
    ("annotation", "declared", "parameter", "result"),
    [
        (int, "SMALLINT", True, True),
        (bool, "INT", False, True),
        (int, "DOUBLE", False, True),
        (float, "BIGINT", True, False),
        (str, "INT", False, False),
        (int, "STRING", False, False),
        (Decimal, "DECIMAL(20, 2)", True, True),
        (int, "DECIMAL(20, 2)", False, True),
        (datetime.date, "TIMESTAMP(3)", True, False),
        (datetime.datetime, "TIMESTAMP_LTZ(3)", True, True),
        (datetime.datetime, "DATE", False, False),
        (list, "ARRAY<INT>", True, True),
        (list[str], "ARRAY<INT>", False, False),
        (collections.abc.Sequence[int | None], "ARRAY<INT>", True, True),
        (dict[str, int], "MAP<STRING, BIGINT>", True, True),
        (dict[str, int], "MAP<INT, BIGINT>", False, False),
        (dict[str, int], "ROW<a INT>", False, True),
        (collections.Counter[str], "MULTISET<STRING>", True, True),
        (list[str], "MULTISET<STRING>", False, True),
        (tuple[int, str], "ROW<a INT, b STRING>", True, True),
        (tuple[int], "ROW<a INT, b STRING>", False, False),
        (Point, "ROW<x DOUBLE, label STRING>", True, True),
        (Point, "ROW<label STRING, x DOUBLE>", False, True),
        (Point, "ROW<x DOUBLE, label INT>", False, False),
        (Row, "ROW<a INT>", True, True),
        (Row, "INT", False, False),
        (Literal["a"], "STRING", True, True),
        (Literal[1], "STRING", False, False),
        (uuid.UUID, "STRING", True, True),
        (uuid.UUID, "BYTES", False, False),
        (int | str, "STRING", True, True),
        (Any, "INT", True, True),
    ],
)
def test_an_annotation_agrees_with_a_declared_type_or_is_refused(
    annotation: Any, declared: str, parameter: bool, result: bool
) -> None:
    for is_result, expected in ((False, parameter), (True, result)):
        if expected:
            assert read_annotation(annotation, parse_type(declared), "it", is_result).type == parse_type(
                declared
            )
        else:
            with pytest.raises(UdfError, match="is annotated .* and declared") as caught:
                read_annotation(annotation, parse_type(declared), "it", is_result)
            assert caught.value.code == "UDF_ANNOTATION"


def test_a_function_whose_annotation_disagrees_with_its_declaration_is_refused() -> None:
    def f(x: str) -> int:
        return 1

    with pytest.raises(UdfError, match="Parameter `x` of function `f` is annotated str and declared INT"):
        describe("f", udf(f, input_types="INT", result_type="INT"))
    with pytest.raises(UdfError, match="The result of function `f` is annotated int and declared STRING"):
        describe("f", udf(f, result_type="STRING"))


def test_bare_annotations_are_enough_where_the_type_is_declared() -> None:
    def f(x: Decimal | None, y: list) -> Decimal:  # type: ignore[type-arg]
        return x or Decimal(0)

    declared = describe("f", udf(f, input_types=["DECIMAL(9, 2)", "ARRAY<INT>"], result_type="DECIMAL(9, 2)"))

    assert [(p["type"], p["nullable"]) for p in declared["parameters"]] == [
        ("DECIMAL(9, 2)", True),
        ("ARRAY<INT>", False),
    ]


def test_uuids_and_enumerations_are_converted_both_ways_at_every_level() -> None:
    one = uuid.UUID(int=1)

    def f(x: uuid.UUID, y: list[Colour | None]) -> dict[str, uuid.UUID | None]:
        return {str(y): x}

    def g(x: Colour) -> Colour | None:
        return Colour.BLUE if x is Colour.RED else None

    declared = udf(f)
    text = "[<Colour.RED: 'red'>, None]"
    rows = scalar(declared, ["STRING", "ARRAY<STRING>"], "MAP<STRING, STRING>").rows(
        [str(one)], [["red", None]]
    )
    assert rows == [(0, [(text, str(one))])]
    assert scalar(udf(g), ["STRING"], "STRING").rows(["red", "blue", None]) == [
        (0, "blue"),
        (1, None),
        (2, None),
    ]
    with pytest.raises(UdfError, match="cannot be made a Colour.*'green' is not a valid Colour") as caught:
        scalar(udf(g), ["STRING"], "STRING").rows(["green"])
    assert caught.value.code == "UDF_ARGUMENTS"


def test_table_functions_yield_annotated_objects() -> None:
    @udtf
    def ids(n: int) -> collections.abc.Iterator[tuple[uuid.UUID, Colour]]:
        yield uuid.UUID(int=n), Colour.RED

    @udtf
    def single(n: int) -> list[uuid.UUID]:
        return [uuid.UUID(int=n)]

    assert call_rows(ids, [(1,)]) == [(str(uuid.UUID(int=1)), "red")]
    assert call_rows(single, [(1,)]) == [(str(uuid.UUID(int=1)),)]


def test_the_page_of_types_shows_what_annotations_mean() -> None:
    page = (Path(__file__).parents[2] / "docs" / "types.md").read_text()
    rows = re.findall(r"^\| `([^`]+)` \| (`+)(.+?)\2 \|", page.partition("## Annotations")[2], re.MULTILINE)
    point = dataclass(type("Point", (), {"__annotations__": {"x": float, "y": float}}))
    names = {**globals(), "Point": point, "Counter": collections.Counter}

    assert len(rows) == 20
    for annotation, _, sql in rows:
        assert str(type_of_annotation(eval(annotation, names), "it").type) == sql


def test_null_rules_of_annotations_can_be_overridden() -> None:
    def f(x: int) -> str:
        return str(x)

    def g(x: int | None, y: Any) -> str:
        return str(x)

    assert scalar(udf(f, null="pass"), ["BIGINT"], "STRING").rows([1, None]) == [(0, "1"), (1, "None")]
    skipped = scalar(udf(g, null="skip"), ["BIGINT", "INT"], "STRING")
    assert skipped.rows([1, None, 2], [1, 1, None]) == [(0, "1"), (1, None), (2, None)]
    with pytest.raises(UdfError, match="null is 'sikp'. It is 'skip'") as caught:
        udf(f, null="sikp")  # type: ignore[call-overload]
    assert caught.value.code == "UDF_OPTION"
