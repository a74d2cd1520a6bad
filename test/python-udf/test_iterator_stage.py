"""Scalar functions over an iterator of batches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from execution_support import CallStep, Column, Literal, open_test_stage, scalar

from millstream import UdfError, udf
from millstream._describe import describe


def test_the_function_is_called_once_and_fed_for_as_long_as_the_stage_is_open() -> None:
    events: list[str] = []

    @udf(result_type="BIGINT", batch="arrow")
    def f(batches: Iterator[pa.Array]) -> Iterator[pa.Array]:
        events.append("begin")
        for batch in batches:
            yield pc.add(batch, 1)
        events.append("end")

    stage = scalar(f, ["BIGINT"], "BIGINT")

    assert stage.rows([1, 2]) == [(0, 2), (1, 3)]
    assert stage.rows([]) == []
    assert stage.rows([5]) == [(0, 6)]
    assert events == ["begin"]
    stage.stage.close()
    assert events == ["begin", "end"]


def test_several_columns_come_as_a_tuple() -> None:
    @udf(input_types=["BIGINT", "BIGINT"], result_type="BIGINT", batch="arrow")
    def f(batches: Iterator[tuple[pa.Array, pa.Array]]) -> Iterator[pa.Array]:
        for x, y in batches:
            yield pc.add(x, y)

    step = CallStep("f", [Column(0), Literal(5, "BIGINT")], "BIGINT")
    stage = open_test_stage({"f": f}, ["BIGINT"], [step])

    assert stage.rows([1, None]) == [(0, 6), (1, None)]
    assert [p["type"] for p in describe("f", f)["parameters"]] == ["BIGINT", "BIGINT"]


@pytest.mark.parametrize("package", ["pandas", "numpy"])
def test_batches_are_vectors_of_the_package(package: Any) -> None:
    @udf(result_type="DOUBLE", batch=package)
    def f(batches):  # type: ignore[no-untyped-def]
        for x in batches:
            assert type(x).__module__.partition(".")[0] == package
            yield x * 2

    assert scalar(f, ["DOUBLE"], "DOUBLE").rows([1.0, 2.0]) == [(0, 2.0), (1, 4.0)]


def test_results_may_come_in_pieces_and_batches_in_parts() -> None:
    sizes: list[int] = []

    @udf(result_type="BIGINT", batch="arrow", batch_rows=3)
    def f(batches: Iterator[pa.Array]) -> Iterator[pa.Array]:
        for batch in batches:
            sizes.append(len(batch))
            yield batch.slice(0, 1)
            yield batch.slice(1)

    assert scalar(f, ["BIGINT"], "BIGINT").rows([1, 2, 3, 4, 5]) == [(i, i + 1) for i in range(5)]
    assert sizes == [3, 2]


def too_many(batches: Any) -> Any:
    for batch in batches:
        yield pa.concat_arrays([batch, batch])


def too_few(batches: Any) -> Any:
    yield next(batches).slice(1)


def asks_ahead(batches: Any) -> Any:
    first, second = next(batches), next(batches)
    yield first
    yield second


def fails(batches: Any) -> Any:
    for _ in batches:
        raise ValueError("bad batch")
        yield


@pytest.mark.parametrize(
    ("function", "code", "message"),
    [
        (too_many, "UDF_RETURN_LENGTH", "gave 4 values for a batch of 2 rows"),
        (too_few, "UDF_RETURN_LENGTH", "ended after 1 values of a batch of 2 rows"),
        (asks_ahead, "UDF_RETURN_LENGTH", "asked for another batch"),
        (fails, "UDF_EXCEPTION", "on a batch of 2 rows, from row 0 to row 1: ValueError: bad batch"),
    ],
)
def test_lengths_and_exceptions_are_errors_of_the_function(function: Any, code: str, message: str) -> None:
    stage = scalar(udf(function, result_type="BIGINT", batch="arrow"), ["BIGINT"], "BIGINT")

    with pytest.raises(UdfError, match=message) as caught:
        stage.rows([1, 2])

    assert caught.value.code == code


def test_a_result_that_is_no_iterator_is_told() -> None:
    def f(batches: Iterator[pa.Array]) -> Any:
        return 5

    stage = scalar(udf(f, result_type="BIGINT", batch="arrow"), ["BIGINT"], "BIGINT")

    with pytest.raises(UdfError, match="returned 5 of type int, which is not iterable") as caught:
        stage.rows([1])
    assert caught.value.code == "UDF_NOT_ITERABLE"


def test_values_after_the_last_batch_are_an_error_at_the_end() -> None:
    @udf(result_type="BIGINT", batch="arrow")
    def f(batches: Iterator[pa.Array]) -> Iterator[pa.Array]:
        yield from batches
        yield pa.array([1])

    stage = scalar(f, ["BIGINT"], "BIGINT")
    assert stage.rows([1]) == [(0, 1)]

    with pytest.raises(UdfError, match="more values after its last batch"):
        stage.stage.close()


def test_an_iterator_without_batches_is_refused_with_the_fix() -> None:
    def f(rows: Iterator[int]) -> Iterator[int]:
        return rows

    with pytest.raises(UdfError, match="batch='arrow'"):
        describe("f", udf(f, result_type="INT"))
