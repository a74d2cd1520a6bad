"""Functions over tables: rows, iterators and whole partitions, several tables, what they give, errors."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from execution_support import CallStep, Column, Literal, Stage, Table, open_test_stage

from millstream import (
    InternalError,
    Row,
    SkipRestOfPartition,
    TableAggregateFunction,
    TableFunction,
    UdfError,
    udtaf,
    udtf,
)

RESULT = "ROW<total BIGINT, rows BIGINT>"


def mapped(
    function: Any,
    result: str = RESULT,
    types: tuple[str, ...] = ("STRING", "BIGINT"),
    keys: tuple[int, ...] = (0,),
    arguments: list[Any] | None = None,
    **options: Any,
) -> Stage:
    """A stage over a table of the columns k and v, grouped by k."""
    step = CallStep("f", arguments or [Table(range(len(types)), ["k", "v", "w"][: len(types)])], result)
    return open_test_stage({"f": function}, types, [step], mode="map", key_columns=keys, **options)


@udtf(result_types=RESULT)
def arrow_whole(t: pa.Table) -> Any:
    return pa.table({"rows": [t.num_rows], "total": [sum(t["v"].to_pylist())]})


@udtf(result_types=RESULT)
def pandas_whole(t: pd.DataFrame) -> Any:
    return pd.DataFrame({"total": [t["v"].sum()], "rows": [len(t)]})


@udtf(result_types=RESULT)
def arrow_batches(batches: Iterator[pa.RecordBatch]) -> Any:
    total = rows = 0
    for batch in batches:
        total += sum(batch["v"].to_pylist())
        rows += batch.num_rows
    yield total, rows


@udtf(result_types=RESULT)
def pandas_batches(batches: Iterator[pd.DataFrame]) -> Any:
    frames = list(batches)
    yield pd.DataFrame({"total": [sum(f["v"].sum() for f in frames)], "rows": [sum(map(len, frames))]})


@dataclass
class Sum:
    total: int
    rows: int


@udtf
def all_rows(rows: Iterator[Row]) -> Iterator[Sum]:
    values = [row.v for row in rows]
    yield Sum(sum(values), len(values))


@udtf
class RowByRow(TableFunction):
    def __init__(self) -> None:
        self.total = self.rows = 0

    def eval(self, row: Row) -> Iterator[Sum]:
        self.total += row["v"]
        self.rows += 1
        return iter(())

    def terminate(self) -> Iterator[Sum]:
        yield Sum(self.total, self.rows)


class _Total(TableAggregateFunction):
    def create_accumulator(self) -> list[int]:
        return [0, 0]

    def accumulate(self, accumulator: list[int], v: int) -> None:
        accumulator[0] += v
        accumulator[1] += 1

    def emit_value(self, accumulator: list[int]) -> Iterator[tuple[int, int]]:
        yield accumulator[0], accumulator[1]


TOTAL = udtaf(_Total(), result_type=RESULT)

FORMS = [
    arrow_whole, pandas_whole, arrow_batches, pandas_batches, all_rows, RowByRow, TOTAL,
]  # fmt: skip
NAMES = [getattr(f, "__name__", type(f).__name__) for f in FORMS]


@pytest.mark.parametrize("function", FORMS, ids=NAMES)
def test_every_form_sees_each_partition_once_and_whole(function: Any) -> None:
    arguments = [Column(1)] if function is TOTAL else None
    stage = mapped(function, arguments=arguments)

    assert stage.rows(["a", "a", "b"], [1, 2, 10]) == [(1, 3, 2), (2, 10, 1)]
    assert stage.rows(["c", "d"], [5, 7], continued=True) == [(0, 5, 1)]
    assert stage.rows(["d", "d"], [1, 2], continued=True) == []
    assert stage.rows(["d", "e"], [3, 4]) == [(0, 13, 4), (1, 4, 1)]
    assert stage.rows([], []) == []
    stage.stage.close()
    assert [t.name for t in threading.enumerate() if t.name == "millstream-function"] == []


def test_frames_of_polars_go_both_ways() -> None:
    pl = pytest.importorskip("polars")

    def polars_whole(t: Any) -> Any:
        return pl.DataFrame({"rows": [t.height], "total": [t["v"].sum()]})

    polars_whole.__annotations__["t"] = pl.DataFrame
    stage = mapped(udtf(polars_whole, result_types=RESULT))

    assert stage.rows(["a", "a", "b"], [1, 2, 10]) == [(1, 3, 2), (2, 10, 1)]


@pytest.mark.parametrize("function", FORMS, ids=NAMES)
def test_without_keys_a_table_without_rows_is_one_partition(function: Any) -> None:
    arguments = [Column(0)] if function is TOTAL else [Table([0], ["v"])]
    stage = mapped(function, types=("BIGINT",), keys=(), arguments=arguments)

    assert stage.rows([]) == [(0, 0, 0)]


def test_the_rows_of_an_iterator_are_given_while_its_partition_goes_on() -> None:
    @udtf
    def running(batches: Iterator[pa.RecordBatch]) -> Iterator[tuple[int]]:
        total = 0
        for batch in batches:
            total += sum(batch["v"].to_pylist())
            yield (total,)

    stage = mapped(running, "ROW<total BIGINT>")

    assert stage.rows(["a", "a"], [1, 2], continued=True) == [(1, 3)]
    assert stage.rows(["a"], [3], continued=True) == [(0, 6)]
    assert stage.rows(["a", "b"], [4, 1]) == [(0, 10), (1, 1)]


def test_a_function_may_leave_the_rest_of_a_partition() -> None:
    @udtf
    def first(batches: Iterator[pa.RecordBatch]) -> Iterator[tuple[int]]:
        yield (next(batches)["v"][0].as_py(),)

    @udtf
    class First(TableFunction):
        def eval(self, row: Row) -> Iterator[tuple[int]]:
            yield (row.v,)
            raise SkipRestOfPartition

    for function in (first, First):
        stage = mapped(function, "ROW<v BIGINT>")
        assert stage.rows(["a", "a"], [1, 2], continued=True) == [(1, 1)]
        assert stage.rows(["a", "b", "b"], [3, 4, 5]) == [(2, 4)]
        stage.stage.close()


def test_a_class_is_made_anew_for_each_partition_and_an_object_begins_anew() -> None:
    calls: list[str] = []

    class Recorder(TableFunction):
        def __init__(self) -> None:
            calls.append("init")

        def open(self, function_context: Any) -> None:
            calls.append("open")

        def begin(self) -> None:
            calls.append("begin")

        def eval(self, row: Row) -> None:
            calls.append(row.k)

        def cleanup(self) -> None:
            calls.append("cleanup")

    stage = mapped(udtf(Recorder(), result_types=["INT"]), "ROW<f0 INT>")
    stage.rows(["a", "b"], [1, 2])

    assert calls == ["init", "open", "begin", "a", "cleanup", "begin", "b", "cleanup"]


def test_tables_of_one_partition_come_together() -> None:
    @udtf(result_types="ROW<lefts BIGINT, rights STRING>")
    def both(left: pa.Table, right: pd.DataFrame, suffix: str = "!") -> Any:
        yield left.num_rows, ",".join(right["w"]) + suffix

    @udtf(result_types="ROW<lefts BIGINT, rights STRING>")
    def streamed(left: Iterator[Row], right: Iterator[Row]) -> Any:
        texts = [row.w for row in right]
        yield len(list(left)), ",".join(texts) + "!"

    for function in (both, streamed):
        arguments: list[Any] = [Table([0, 1], ["k", "v"]), Table([0, 2], ["k", "w"], member=1)]
        stage = mapped(
            function,
            "ROW<lefts BIGINT, rights STRING>",
            types=("STRING", "BIGINT", "STRING", "INT"),
            arguments=arguments,
            tag_column=3,
        )
        nothing = [None] * 3
        rows = stage.rows(["a", "a", "b"], [1, 2, 3], nothing, [0, 0, 0], continued=True)
        rows += stage.rows(["b", "c", "c"], nothing, ["x", "y", "z"], [1, 1, 1])
        assert rows == [(1, 2, "!"), (0, 1, "x!"), (2, 0, "y,z!")]
        stage.stage.close()


def test_arguments_beside_a_table_go_by_position_and_by_name() -> None:
    @udtf(result_types=["BIGINT"])
    def times(t: pa.Table, n: int, *, plus: int = 0) -> Any:
        return [sum(t["v"].to_pylist()) * n + plus]

    step = CallStep(
        "f",
        [Table([0, 1], ["k", "v"]), Literal(10, "BIGINT"), Literal(1, "BIGINT")],
        "ROW<f0 BIGINT>",
        [None, None, "plus"],
    )
    stage = open_test_stage({"f": times}, ["STRING", "BIGINT"], [step], mode="map", key_columns=[0])

    assert stage.rows(["a", "a"], [1, 2]) == [(1, 31)]


def test_integers_with_nulls_stay_integers_in_frames() -> None:
    @udtf(result_types="ROW<k STRING, v BIGINT>")
    def same(t: pd.DataFrame) -> Any:
        assert str(t["v"].dtype) == "Int64"
        return t

    assert mapped(same, "ROW<k STRING, v BIGINT>").rows(["a", "a"], [2**60 + 1, None]) == [
        (1, "a", 2**60 + 1),
        (1, "a", None),
    ]


def test_answers_are_bounded_and_keep_rows_and_frames_in_order() -> None:
    @udtf(result_types=["BIGINT"])
    def many(t: pa.Table) -> Any:
        yield 0
        yield pa.table({"f0": range(1, 150_000)})
        yield from range(150_000, 200_000)

    stage = mapped(many, "ROW<f0 BIGINT>")
    answers = stage.answers(["a"], [1])

    assert max(answer.rows for answer in answers) <= 65_536
    assert [v for answer in answers for v in answer.columns.column(0).to_pylist()] == [*range(200_000)]


@pytest.mark.parametrize(
    ("given", "code", "says"),
    [
        (lambda: pa.table({"total": [1], "row": [1]}), "UDF_RETURN_COLUMNS", "total, row; its columns are"),
        (
            lambda: pd.DataFrame({"total": pd.Series(["x"], dtype=object), "rows": [1]}),
            "UDF_RETURN_TYPE",
            "'x' of type str",
        ),
        (
            lambda: pa.table({"total": ["x"], "rows": [1]}),
            "UDF_RETURN_TYPE",
            "as column `total` of a frame, a column of string",
        ),
        (lambda: [(1, "x")], "UDF_RETURN_TYPE", "returned (1, 'x')"),
        (lambda: 1 / 0, "UDF_EXCEPTION", "on a partition of 1 rows for (k='a'): ZeroDivisionError"),
    ],
)
def test_what_does_not_fit_is_said(given: Any, code: str, says: str) -> None:
    @udtf(result_types=RESULT)
    def f(t: pa.Table) -> Any:
        return given()

    with pytest.raises(UdfError) as caught:
        mapped(f).rows(["a"], [1])

    assert caught.value.code == code
    assert says in str(caught.value)


def test_a_failed_row_is_named_with_its_place_and_cleanup_is_called() -> None:
    cleaned: list[bool] = []

    @udtf
    class Failing(TableFunction):
        def eval(self, row: Row) -> Iterator[Sum]:
            yield Sum(1 // row.v, 1)

        def cleanup(self) -> None:
            cleaned.append(True)

    stage = mapped(Failing)
    with pytest.raises(UdfError, match="`f` failed in `eval` for .k='b'.: ZeroDivisionError") as caught:
        stage.rows(["a", "b", "b"], [1, 2, 0])

    assert caught.value.details.row == 2
    assert cleaned == [True, True]
    assert stage.rows(["c"], [1]) == [(0, 1, 1)]


def test_an_iterator_that_fails_in_the_middle_leaves_no_thread() -> None:
    @udtf
    def failing(rows: Iterator[Row]) -> Iterator[Sum]:
        for row in rows:
            yield Sum(1 // row.v, 1)

    stage = mapped(failing)
    assert stage.rows(["a"], [1], continued=True) == [(0, 1, 1)]
    with pytest.raises(UdfError, match="ZeroDivisionError"):
        stage.rows(["a"], [0], continued=True)

    assert not any(t.name == "millstream-function" for t in threading.enumerate())


def test_a_partition_taken_as_a_whole_is_bounded() -> None:
    stage = mapped(arrow_whole, partition_bytes=1 << 20)

    with pytest.raises(UdfError) as caught:
        for _ in range(20):
            stage.rows(["key"] * 10_000, [1] * 10_000, continued=True)

    assert caught.value.code == "UDF_PARTITION_SIZE"
    assert "the partition of k='key' has more than 1 MiB" in str(caught.value)


def test_a_partition_that_goes_on_under_another_key_is_an_internal_error() -> None:
    stage = mapped(arrow_whole)
    stage.rows(["a"], [1], continued=True)

    with pytest.raises(InternalError):
        stage.rows(["b"], [1])
