"""Rows that process functions give beside their result."""

from __future__ import annotations

from typing import Any

import pytest
from execution_support import CallStep, Stage, Table, open_test_stage
from test_process_stage import TYPES, Columns

from millstream import Context, KeyedProcessFunction, OutputTag, Row, udtf
from millstream._describe import describe
from millstream.errors import UdfError

UNKNOWN = OutputTag("smal", "INT")


class Split(KeyedProcessFunction):
    small = OutputTag("small", "ROW<v INT, why STRING>")

    def __init__(self, wrong: Any = None) -> None:
        self.odd = OutputTag("odd", "INT")
        self.wrong = wrong

    def process_element(self, row: Row, ctx: Context) -> Any:
        if self.wrong is not None:
            yield self.wrong
        if row.v % 2:
            yield self.odd, row.v
        if row.v < 10:
            yield self.small, (row.v, "less than 10")
        else:
            yield row.v, "main"


def opened(instance: KeyedProcessFunction) -> Stage:
    function = udtf(instance, result_types=["BIGINT", "STRING"])
    step = CallStep("f", [Table([7], ["v"])], "ROW<a BIGINT, b STRING>")
    return open_test_stage({"f": function}, TYPES, [step], mode="process", key_columns=[6], process=Columns())


def given(stage: Stage, *values: int) -> list[tuple[Any, ...]]:
    rows = len(values)
    columns = [[0] * rows, [True] * rows, *([None] * rows for _ in range(4)), ["k"] * rows, list(values)]
    [answer] = stage.answers(*columns)
    assert answer.columns is not None
    answer.columns.validate(full=True)
    table = zip(*(column.to_pylist() for column in answer.columns.columns), strict=True)
    return [row[4:] for row in table if not row[0]]


def test_rows_of_side_outputs_come_with_their_tag_in_the_order_in_which_they_were_given() -> None:
    assert given(opened(Split()), 10, 3, 11) == [
        (10, "main", None, None, None, None),
        (None, None, "odd", 3, None, None),
        (None, None, "small", None, 3, "less than 10"),
        (None, None, "odd", 11, None, None),
        (11, "main", None, None, None, None),
    ]


def test_the_planner_is_told_of_side_outputs() -> None:
    declaration = describe("split", udtf(Split(), result_types="INT"))

    assert declaration["sideOutputs"] == [
        {"tag": "odd", "type": "ROW<`f0` INT>"},
        {"tag": "small", "type": "ROW<`v` INT, `why` STRING>"},
    ]


def test_a_tag_that_is_not_declared_is_refused_with_the_near_one() -> None:
    with pytest.raises(UdfError, match="`smal`, which it does not declare") as error:
        given(opened(Split((UNKNOWN, 1))), 10)

    assert error.value.code == "UDF_SIDE_OUTPUT"
    assert "small" in str(error.value)


def test_a_row_that_does_not_fit_its_side_output_is_told_with_the_tag() -> None:
    with pytest.raises(UdfError, match="to the side output `small`; its type is ROW") as error:
        given(opened(Split((Split.small, ("one", "two")))), 10)

    assert error.value.code == "UDF_RETURN_TYPE"


def test_tags_have_a_name_and_one_type() -> None:
    class Twice(Split):
        other = OutputTag("odd", "STRING")

    with pytest.raises(UdfError, match="has no name"):
        OutputTag("", "INT")
    with pytest.raises(UdfError, match="has two side outputs `odd`"):
        describe("twice", udtf(Twice(), result_types="INT"))
