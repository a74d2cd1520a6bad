"""Rows that a vectorised table function fails on, given up by `on_error`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest
from execution_support import CallStep, Column, Stage, Step, open_test_stage

from millstream import UdfError, udf, udtf

TABLE = "ROW<f0 BIGINT>"


@udtf(result_types=["BIGINT"], batch="arrow")
def twice(n: pa.Array) -> Iterator[Any]:
    """Each number twice, by pieces of two numbers; 5 gives nothing, 7 raises, 9 exits."""
    for start in range(0, len(n), 2):
        part = n.slice(start, 2)
        values = [value for number in part.to_pylist() for value in [number, number] if number != 5]
        parents = [start + i for i, number in enumerate(part.to_pylist()) for _ in range(2) if number != 5]
        yield pa.array(parents, pa.int32()), pa.array(values, pa.int64())
        if 7 in part.to_pylist():
            raise ValueError("seven")
        if 9 in part.to_pylist():
            sys.exit(1)


def table(**options: Any) -> Stage:
    function = udtf(twice, result_types=["BIGINT"], batch="arrow", **options)
    step = CallStep("f", [Column(0)], TABLE)
    return open_test_stage({"f": function}, ["BIGINT"], [step], mode="table")


def failed(stage: Stage) -> list[tuple[int, str, dict[str, str] | None]]:
    return [(row.row, row.code, row.values) for row in stage.stage.take_failed_rows()]


def test_batches_are_halved_down_to_the_rows_that_fail() -> None:
    stage = table(on_error="dead_letter")

    rows = stage.rows([1, 7, 2, 3, 9, 4, 7])

    assert rows == [(row, n) for row, n in [(0, 1), (2, 2), (3, 3), (5, 4)] for _ in range(2)]
    assert [(row, values) for row, _, values in failed(stage)] == [
        (1, {"n": "7"}),
        (4, {"n": "9"}),
        (6, {"n": "7"}),
    ]


def test_a_row_that_was_given_up_is_not_padded_and_one_without_rows_is() -> None:
    function = udtf(twice, result_types=["BIGINT"], batch="arrow", on_error="skip", max_output_rows=2)
    step = CallStep("f", [Column(0)], TABLE)
    stage = open_test_stage({"f": function}, ["BIGINT"], [step], mode="table", outer=True)

    assert stage.rows([5, 7, 1]) == [(0, None), (2, 1), (2, 1)]
    assert [(row, code) for row, code, _ in failed(stage)] == [(1, "UDF_EXCEPTION")]


def test_a_row_that_gives_too_much_is_given_up_alone() -> None:
    stage = table(on_error="skip", max_output_rows=1)

    assert stage.rows([5, 1]) == []
    assert [(row, code) for row, code, _ in failed(stage)] == [(1, "WORKER_OUTPUT_LIMIT")]


def test_rows_that_an_earlier_function_failed_on_are_not_given_to_it() -> None:
    @udf(on_error="skip")
    def checked(n: int) -> int:
        if n < 0:
            raise ValueError("negative")
        return n

    steps = [CallStep("g", [Column(0)], "BIGINT"), CallStep("f", [Step(0)], TABLE)]
    stage = open_test_stage({"f": twice, "g": checked}, ["BIGINT"], steps, mode="table")

    assert stage.rows([1, -1, 2]) == [(0, 1), (0, 1), (2, 2), (2, 2)]
    assert [row for row, _, _ in failed(stage)] == [1]


def test_without_on_error_the_batch_fails() -> None:
    with pytest.raises(UdfError, match="seven"):
        table().rows([1, 7])
