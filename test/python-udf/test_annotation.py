"""SQL types from annotations."""

from __future__ import annotations

import collections.abc
import datetime
import typing
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, NamedTuple, Optional, TypedDict

import pytest

from millstream import DataTypes, Row, UdfError
from millstream._types import type_of_annotation


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
    ],
)
def test_an_annotation_without_a_sql_type_is_refused_with_the_fix(annotation: Any, fix: str) -> None:
    with pytest.raises(UdfError, match=fix) as caught:
        type_of_annotation(annotation, "parameter `x` of function `f`")

    assert caught.value.code == "UDF_TYPE"
    assert "of function `f`" in str(caught.value)
