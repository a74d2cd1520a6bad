"""The testing kit over each kind of function: table aggregates, tables, frames, async, iterators."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from millstream import (
    AggregateFunction,
    BatchAggregateFunction,
    Row,
    TableAggregateFunction,
    TableFunction,
    UdfError,
    udaf,
    udf,
    udtaf,
    udtf,
)
from millstream.testing import (
    FunctionHarness,
    call_changelog,
    call_over,
    call_rows,
    call_table,
    check_batches,
    check_function,
    check_merge,
    check_retraction,
)


class Extremes(TableAggregateFunction):
    """The least and the greatest; `is_whole` False: one that forgets to take back."""

    def __init__(self, is_whole: bool = True) -> None:
        self.is_whole = is_whole

    def create_accumulator(self) -> list[int]:
        return []

    def accumulate(self, accumulator: list[int], x: int) -> None:
        accumulator.append(x)

    def retract(self, accumulator: list[int], x: int) -> None:
        if self.is_whole:
            accumulator.remove(x)

    def merge(self, accumulator: list[int], others: list[list[int]]) -> None:
        for other in others if self.is_whole else others[:1]:
            accumulator.extend(other)

    def emit_value(self, accumulator: list[int]) -> Iterator[tuple[str, int]]:
        if accumulator:
            yield "least", min(accumulator)
            yield "greatest", max(accumulator)


EXTREMES = udtaf(Extremes(), result_type="ROW<which STRING, x BIGINT>")
FORGETFUL = udtaf(Extremes(is_whole=False), result_type="ROW<which STRING, x BIGINT>")


def test_a_table_aggregate_gives_the_rows_of_its_group() -> None:
    assert call_rows(EXTREMES, [(3,), (1,), (2,)]) == [("least", 1), ("greatest", 3)]
    assert call_rows(EXTREMES, []) == []


def test_a_table_aggregate_over_changes_has_a_list_of_rows_after_each() -> None:
    changes = [("+I", 3), ("+I", 1), ("-D", 3), ("-D", 1)]

    assert call_changelog(EXTREMES, changes) == [
        [("least", 3), ("greatest", 3)],
        [("least", 1), ("greatest", 3)],
        [("least", 1), ("greatest", 1)],
        [],
    ]


def test_the_laws_of_aggregates_hold_for_table_aggregates() -> None:
    assert check_function(EXTREMES) == ["types", "nulls", "deterministic", "retraction", "merge"]
    with pytest.raises(AssertionError, match="`retract` of Extremes does not undo"):
        check_retraction(FORGETFUL)
    with pytest.raises(AssertionError, match="`merge` of Extremes does not give"):
        check_merge(FORGETFUL)


def test_emitted_rows_of_a_wrong_form_are_told() -> None:
    class Wrong(Extremes):
        def emit_value(self, accumulator: list[int]) -> Any:
            return [(1, 2, 3)] if accumulator else []

    wrong = udtaf(Wrong(), result_type="ROW<which STRING, x BIGINT>")
    for call, message in [
        (lambda: call_changelog(wrong, [("+I", 1)]), r"`Wrong` gave \(1, 2, 3\)"),
        (lambda: call_rows(wrong, [(1,)]), r"returned \(1, 2, 3\)"),
    ]:
        with pytest.raises(UdfError, match=message) as caught:
            call()
        assert caught.value.code == "UDF_RETURN_COLUMNS"


ITEMS: list[dict[str, Any]] = [
    {"k": "a", "n": 1, "v": 10},
    {"k": None, "n": 1, "v": 4},
    {"k": "a", "n": 3, "v": 9},
    {"k": "a", "n": 2, "v": 15},
    {"k": None, "n": 2, "v": 5},
]


@udtf(result_types="ROW<n INT, change BIGINT>")
def changes_whole(items: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({"n": items["n"], "change": items["v"].diff()})[1:]


@udtf(result_types="ROW<n INT, change BIGINT>")
def changes_rows(rows: Iterator[Row]) -> Iterator[tuple[int, int]]:
    last = None
    for row in rows:
        if last is not None:
            yield row.n, row.v - last
        last = row.v


@pytest.mark.parametrize("function", [changes_whole, changes_rows])
@pytest.mark.parametrize("batch_rows", [None, 1, 2])
def test_a_grouped_map_sees_each_group_in_order_however_it_is_cut(function: Any, batch_rows: Any) -> None:
    expected = [("a", 2, 5), ("a", 3, -6), (None, 2, 1)]

    for table in (ITEMS, pa.Table.from_pylist(ITEMS), pd.DataFrame(ITEMS)):
        rows = call_table(function, table, partition_by="k", order_by="n", batch_rows=batch_rows)
        assert [tuple(None if pd.isna(x) else x for x in row) for row in rows] == expected


def test_descending_order_and_a_map_over_batches_without_groups() -> None:
    @udtf(result_types="ROW<low BIGINT, high BIGINT>")
    def limits(batches: Iterator[pa.RecordBatch], least: int = 0) -> Iterator[tuple[int, int]]:
        for batch in batches:
            if batch.num_rows >= least:
                yield batch["v"][0].as_py(), batch["v"][-1].as_py()

    assert call_table(limits, ITEMS, order_by="v DESC") == [(15, 4)]
    assert call_table(limits, ITEMS, order_by="v DESC", batch_rows=3, least=3) == [(15, 9)]


def test_a_cogroup_gets_the_rows_of_each_table_with_equal_keys() -> None:
    @udtf(result_types="ROW<orders BIGINT, days STRING>")
    def both(orders: pa.Table, visits: pa.Table, mark: str = "-") -> Any:
        yield orders.num_rows, mark.join(visits["day"].to_pylist())

    orders = [{"who": 1, "item": "x"}, {"who": 2, "item": "z"}, {"who": 1, "item": "y"}]
    visits = [{"who": 3, "day": "tue"}, {"who": 1, "day": "mon"}, {"who": 1, "day": "fri"}]

    for batch_rows in (None, 1, 2):
        rows = call_table(both, orders, visits, partition_by="who", batch_rows=batch_rows, mark="+")
        assert rows == [(1, 2, "mon+fri"), (2, 1, ""), (3, 0, "tue")]


def test_a_table_aggregate_over_a_table_takes_the_columns_that_are_no_keys() -> None:
    rows = [{"k": k, "v": v} for k, v in [("a", 1), ("b", 5), ("a", 7)]]

    assert call_table(EXTREMES, rows, partition_by="k") == [
        ("a", "least", 1),
        ("a", "greatest", 7),
        ("b", "least", 5),
        ("b", "greatest", 5),
    ]


def test_terminate_and_state_are_of_one_group() -> None:
    @udtf
    class Counted(TableFunction):
        def __init__(self) -> None:
            self.count = 0

        def eval(self, row: Row) -> None:
            self.count += 1

        def terminate(self) -> Iterator[tuple[int]]:
            yield (self.count,)

    assert call_table(Counted, ITEMS, partition_by=["k"], batch_rows=1) == [("a", 3), (None, 2)]


def test_an_aggregate_over_frames_has_a_value_for_each_row() -> None:
    class Total(AggregateFunction):
        def create_accumulator(self) -> list[int]:
            return [0]

        def accumulate(self, accumulator: list[int], x: int) -> None:
            accumulator[0] += x

        def retract(self, accumulator: list[int], x: int) -> None:
            accumulator[0] -= x

        def get_value(self, accumulator: list[int]) -> int:
            return accumulator[0]

    rows = [(1,), (2,), (None,), (4,)]

    assert call_over(udaf(Total()), rows) == [1, 3, 3, 7]
    assert call_over(udaf(Total()), rows, preceding=1) == [1, 3, 2, 4]
    assert call_over(udaf(Total()), rows, preceding=1, following=1) == [3, 3, 6, 4]
    assert call_over(udaf(Total()), rows, following=None) == [7, 7, 7, 7]
    with pytest.raises(UdfError, match="OVER takes aggregate functions"):
        call_over(udf(lambda x: x, ["BIGINT"], "BIGINT"), rows)


def test_async_functions_and_iterators_are_called_as_any_other() -> None:
    @udf(concurrency=2)
    async def slow(x: int) -> int:
        await asyncio.sleep(0)
        return x + 1

    @udf(input_types=["BIGINT"], result_type="BIGINT", batch="arrow")
    def shifted(batches: Iterator[pa.Array]) -> Iterator[pa.Array]:
        for batch in batches:
            yield pc.add(batch, 1)

    assert call_rows(slow, [(1,), (None,)]) == [2, None]
    assert check_function(slow) == ["types", "nulls", "deterministic"]
    with FunctionHarness(shifted) as harness:
        assert harness.call_rows([(1,), (2,), (3,)], batch_rows=2) == [2, 3, 4]


class Mean(BatchAggregateFunction):
    """`is_weighted` False: one whose parts all count alike."""

    def __init__(self, is_weighted: bool = True) -> None:
        self.is_weighted = is_weighted

    def partial(self, values: pa.Array) -> tuple[float, int]:
        values = values.drop_null()
        return float(pc.sum(values).as_py() or 0), len(values)

    def merge(self, one: tuple[float, int], other: tuple[float, int]) -> tuple[float, int]:
        return one[0] + other[0], one[1] + other[1] if self.is_weighted else max(one[1], other[1])

    def finish(self, state: tuple[float, int]) -> float | None:
        return state[0] / state[1] if state[1] else None


def test_functions_over_batches_do_not_depend_on_their_cuts() -> None:
    centred = udf(lambda x: pc.subtract(x, pc.mean(x)), ["DOUBLE"], "DOUBLE", batch="arrow")

    assert check_function(udaf(Mean(), input_types=["INT"])) == ["types", "nulls", "deterministic", "batches"]
    with pytest.raises(AssertionError, match="In batches of 1 rows the results are others than in one"):
        check_batches(udaf(Mean(is_weighted=False), input_types=["INT"]), [(1,), (2,)])
    with pytest.raises(AssertionError, match=r"in one: \[-1.0, 1.0\]"):
        check_batches(centred, [(1.0,), (3.0,)])


@dataclass
class Point:
    x: int


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: call_rows(changes_whole, [(1,)]), "takes tables, not rows"),
        (lambda: call_table(changes_whole, ITEMS, ITEMS), "takes 1 tables, and 2 are given"),
        (lambda: call_table(udf(lambda x: x, ["INT"], "INT"), ITEMS), "takes 0 tables"),
        (lambda: call_table(changes_whole, 5), "cannot be made of int"),
        (
            lambda: call_table(changes_whole, ITEMS, partition_by="w"),
            "no column `w`. The columns are k, n, v",
        ),
        (lambda: call_table(changes_whole, ITEMS, size=Point(1)), "`size` is a Point, which is no constant"),
        (lambda: call_table(changes_whole, ITEMS, size=1), "cannot be called with 2 arguments"),
    ],
)
def test_what_the_kit_cannot_call_is_said(call: Any, message: str) -> None:
    with pytest.raises(UdfError, match=message):
        call()


def test_the_functions_of_the_example_keep_their_laws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "examples" / "functions")
    words = importlib.import_module("words")

    assert check_function(words.most_frequent)[-2:] == ["retraction", "merge"]
    assert call_rows(words.words, [("to be",)]) == [("to", 0), ("be", 1)]
    check_batches(words.initials)
