"""Accumulators with a declared type are of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from millstream import (
    AggregateFunction,
    ListView,
    MapView,
    Row,
    TableAggregateFunction,
    UdfError,
    udaf,
    udtaf,
)
from millstream.testing import call_rows


class Kept(AggregateFunction):
    """Gives a fixed accumulator; `adds` is put into it for each row."""

    def __init__(self, made: Any, adds: Any = None) -> None:
        self.made = made
        self.adds = adds

    def create_accumulator(self) -> Any:
        return self.made

    def accumulate(self, accumulator: Any, x: int) -> None:
        if self.adds is not None:
            accumulator[0] = self.adds

    def get_value(self, accumulator: Any) -> int:
        return 1


class KeptRows(TableAggregateFunction):
    def create_accumulator(self) -> Any:
        return 0

    def accumulate(self, accumulator: Any, x: int) -> None: ...

    def emit_value(self, accumulator: Any) -> Any: ...


@dataclass
class Sums:
    total: int
    seen: ListView[str]


@pytest.mark.parametrize(
    ("accumulator", "declared"),
    [
        (Row(0, ListView("a")), "ROW<n BIGINT, l ARRAY<STRING>>"),
        ([0, 1.5], "ROW<n BIGINT, x DOUBLE>"),
        (Sums(0, ListView()), "ROW<total BIGINT, seen ARRAY<STRING>>"),
        (MapView({"a": 1}), "MAP<STRING, BIGINT>"),
        ({"a": [1]}, "MAP<STRING, ARRAY<INT>>"),
        (None, "BIGINT"),
    ],
)
def test_an_accumulator_of_its_type_passes(accumulator: Any, declared: str) -> None:
    assert call_rows(udaf(Kept(accumulator), result_type="BIGINT", accumulator_type=declared), [(1,)]) == [1]


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (
            udaf(Kept({"n": 1}), accumulator_type="ARRAY<BIGINT>"),
            r"is \{'n': 1\} after `create_accumulator`; it is declared ARRAY<BIGINT>: expected a list",
        ),
        (udaf(Kept([0], "one"), accumulator_type="ARRAY<BIGINT>"), r"is \['one'\] after `accumulate`"),
        (
            udtaf(KeptRows(), result_type="ROW<x BIGINT>", accumulator_type="ARRAY<BIGINT>"),
            "is 0 after `create_accumulator`",
        ),
    ],
)
def test_another_accumulator_is_told_with_the_declared_type(function: Any, message: str) -> None:
    with pytest.raises(UdfError, match=message) as caught:
        call_rows(function, [(1,)])

    assert caught.value.code == "UDF_RETURN_TYPE"
