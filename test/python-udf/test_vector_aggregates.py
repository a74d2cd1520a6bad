"""Aggregates over vectors: whole groups, and groups batch by batch."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from execution_support import Column, Literal, grouped

from millstream import AggregateFunction, BatchAggregateFunction, UdfError, udaf


def test_a_vectorised_aggregate_gets_whole_groups() -> None:
    seen: list[Any] = []

    def sizes(v: pa.Array) -> int:
        seen.append(v.to_pylist())
        return len(v)

    stage = grouped(udaf(sizes, result_type="BIGINT", batch="arrow"), "BIGINT")

    assert stage.rows([1, 2], [1, 2], continued=True) == [(0, 1)]
    assert stage.rows([2, 2, 3], [None, 4, 5]) == [(1, 3), (2, 1)]
    assert seen == [[1], [2, None, 4], [5]]


def test_vectorised_aggregates_obey_distinct_filter_and_constants() -> None:
    def joined(v: pa.Array, separator: str) -> str:
        return separator.join(map(str, v.to_pylist()))

    arguments = [Column(1), Literal("+", "STRING")]
    stage = grouped(
        udaf(joined, result_type="STRING", batch="arrow"),
        types=("INT", "INT", "BOOLEAN"),
        distinct=True,
        filter=2,
        arguments=arguments,
    )

    assert stage.rows([1] * 4 + [2], [5, 5, 6, 7, 8], [True, True, True, None, False]) == [
        (3, "5+6"),
        (4, ""),
    ]


def test_pandas_aggregates_take_series_and_nan_is_null() -> None:
    pytest.importorskip("pandas")
    mean = udaf(lambda v: v.mean(), result_type="DOUBLE", func_type="pandas")
    spread = udaf(lambda v: v.max() - v.min(), result_type="INT", func_type="pandas")

    assert grouped(mean, "DOUBLE").rows([1, 1, 2], [1, 4, None]) == [(1, 2.5), (2, None)]
    assert grouped(spread, "INT").rows([1, 1, 2], [1, 4, 7]) == [(1, 3), (2, 0)]


def test_a_vectorised_class_accumulates_a_group_at_once() -> None:
    pytest.importorskip("pandas")

    class MaxSum(AggregateFunction):
        def create_accumulator(self) -> list[int]:
            return []

        def accumulate(self, accumulator: list[int], *args: Any) -> None:
            accumulator.append(sum(arg.max() for arg in args))

        def get_value(self, accumulator: list[int]) -> int:
            return accumulator[0]

    f = udaf(MaxSum(), result_type="BIGINT", func_type="pandas")
    stage = grouped(f, "BIGINT", arguments=[Column(1), Column(1)])

    assert stage.rows([1, 1, 2], [1, 4, 7]) == [(1, 8), (2, 14)]


def test_an_exception_in_a_vectorised_aggregate_is_the_users() -> None:
    f = udaf(lambda v: v.no_such_method(), result_type="INT", batch="arrow")

    with pytest.raises(UdfError, match="no_such_method"):
        grouped(f, "INT").rows([1], [1])


class Spread(BatchAggregateFunction):
    """The largest difference, from partial results."""

    def partial(self, values: pa.Array, scale: int = 1) -> tuple[int, int] | None:
        bounds = pa.compute.min_max(values).as_py()
        return None if bounds["min"] is None else (bounds["min"] * scale, bounds["max"] * scale)

    def merge(self, one: tuple[int, int] | None, other: tuple[int, int] | None) -> tuple[int, int] | None:
        if one is None or other is None:
            return other or one
        return min(one[0], other[0]), max(one[1], other[1])

    def finish(self, state: tuple[int, int] | None) -> int | None:
        return None if state is None else state[1] - state[0]


@udaf(result_type="BIGINT", batch="arrow")
def iterated(batches: Iterator[pa.Array]) -> Any:
    values = [v for batch in batches for v in batch.to_pylist() if v is not None]
    return max(values) - min(values) if values else None


@udaf(result_type="BIGINT", batch="pandas")
def iterated_pairs(batches: Iterator[tuple[pd.Series, pd.Series]]) -> Any:
    values = [v for k, vs in batches for v in vs.tolist() if v is not pd.NA and v == v]
    return int(max(values) - min(values)) if values else None


PIECEWISE = [(udaf(Spread()), 1), (iterated, 1), (iterated_pairs, 2)]


@pytest.mark.parametrize(("function", "arity"), PIECEWISE, ids=["partial", "iterator", "pairs"])
def test_vectors_of_a_group_may_come_batch_by_batch(function: Any, arity: int) -> None:
    arguments = [Column(1)] if arity == 1 else [Column(0), Column(1)]
    stage = grouped(function, "BIGINT", arguments=arguments)

    assert stage.rows([1, 1, 2], [3, 10, 5]) == [(1, 7), (2, 0)]
    assert stage.rows([3, 4], [1, 20], continued=True) == [(0, 0)]
    assert stage.rows([4, 4], [5, None], continued=True) == []
    assert stage.rows([4, 5], [26, 1]) == [(0, 21), (1, 0)]
    assert not any(t.name == "millstream-function" for t in threading.enumerate())


def test_batches_of_a_group_go_with_distinct_filter_and_constants() -> None:
    sizes: list[int] = []

    class Count(BatchAggregateFunction):
        def partial(self, values: pa.Array, factor: int) -> int:
            sizes.append(len(values))
            return len(values) * factor

        def merge(self, one: int, other: int) -> int:
            return one + other

        def finish(self, state: int) -> int:
            return state

    call = {"arguments": [Column(1), Literal(10, "INT")], "distinct": True, "filter": 2}
    stage = grouped(udaf(Count()), "BIGINT", types=("INT", "INT", "BOOLEAN"), **call)

    assert stage.rows([1, 1, 1], [7, 7, 8], [True, True, True], continued=True) == []
    assert stage.rows([1, 1, 2], [8, 9, 1], [True, True, False]) == [(1, 30), (2, 0)]
    assert sizes == [2, 1, 0]


def test_a_group_that_is_taken_as_a_whole_is_bounded() -> None:
    def size(values: Any) -> int:
        return len(values)

    stage = grouped(udaf(size, result_type="BIGINT", batch="arrow"), "BIGINT", partition_bytes=1 << 20)

    with pytest.raises(UdfError, match="a group has more than 1 MiB") as caught:
        for _ in range(40):
            stage.rows([1] * 10_000, [1] * 10_000, continued=True)
    assert caught.value.code == "UDF_PARTITION_SIZE"


def test_what_fails_on_a_batch_names_the_group_and_leaves_no_thread() -> None:
    @udaf(result_type="BIGINT", batch="arrow")
    def failing(batches: Iterator[pa.Array]) -> Any:
        return sum(1 // v for batch in batches for v in batch.to_pylist())

    stage = grouped(failing, "BIGINT")
    stage.rows([1], [1], continued=True)
    with pytest.raises(UdfError, match="on a group of 2 rows: ZeroDivisionError"):
        stage.rows([1], [0], continued=True)

    assert not any(t.name == "millstream-function" for t in threading.enumerate())
    assert stage.rows([2], [1]) == [(0, 1)]
