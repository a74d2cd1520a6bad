"""Built-in aggregates that begin in the worker: together they are those of all rows."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import pyarrow as pa
import pytest
from execution_support import CallStep, Column, Stage, open_test_stage

from millstream import UdfError, udf, udtf
from millstream._execution.partial_values import partial_values

LEAST, MOST = -(1 << 63), (1 << 63) - 1


@dataclass(frozen=True)
class Partial:
    function: Any
    column: int | None


def stage_of(
    function: Any, result: str, *partials: Partial, types: tuple[str, ...] = ("BIGINT",), **options: Any
) -> Stage:
    step = CallStep("f", [Column(i) for i in range(len(types))], result)
    return open_test_stage({"f": function}, types, [step], partial_aggregates=partials, **options)


@pytest.mark.parametrize("seed", range(20))
def test_sums_of_bigint_are_exact_whatever_their_size(seed: int) -> None:
    random = Random(seed)
    edges = [LEAST, MOST, LEAST + 1, 0, 1, -1, None]
    values = [random.choice([*edges, random.randint(LEAST, MOST)]) for _ in range(random.randint(1, 200))]

    partials = partial_values("SUM", pa.array(values, pa.int64()), len(values)).to_pylist()

    assert sum(p for p in partials if p is not None) == sum(v for v in values if v is not None)


def test_a_sum_that_one_value_can_hold_is_one_value() -> None:
    small = pa.array([MOST // 4] * 4, pa.int64())

    assert partial_values("SUM", small, 4).to_pylist() == [4 * (MOST // 4)]
    assert partial_values("SUM", pa.array([127, 1], pa.int8()), 2).to_pylist() == [128]
    assert partial_values("SUM", pa.array([0.5, None], pa.float32()), 2).to_pylist() == [0.5]


@pytest.mark.parametrize("function", ["SUM", "MIN", "MAX"])
@pytest.mark.parametrize("arrow_type", [pa.int32(), pa.int64(), pa.float64()])
def test_of_nulls_alone_it_is_null(function: Any, arrow_type: pa.DataType) -> None:
    assert partial_values(function, pa.nulls(3, arrow_type), 3).to_pylist() == [None]


def test_counts_are_of_values_or_of_rows() -> None:
    column = pa.array([1, None, 3])

    assert partial_values("COUNT", column, 3).to_pylist() == [2]
    assert partial_values("COUNT", None, 3).to_pylist() == [3]


def test_nan_goes_on_beside_the_extreme_of_the_numbers() -> None:
    values = pa.array([2.0, math.nan, -math.inf, None])

    least, most = (partial_values(which, values, 4).to_pylist() for which in ("MIN", "MAX"))

    assert [str(value) for value in least] == ["nan", "-inf"]
    assert [str(value) for value in most] == ["nan", "2.0"]
    assert partial_values("MAX", pa.array([math.nan]), 1).to_pylist()[1] is None


def test_a_bundle_is_answered_with_a_row_of_aggregates_in_their_order() -> None:
    stage = stage_of(
        udf(lambda n: None if n == 2 else n * 10, result_type="INT"), "INT",
        Partial("MAX", 0), Partial("COUNT", None), Partial("COUNT", 0), Partial("SUM", 0),
    )  # fmt: skip

    assert stage.stage.output == [("r0", "INT"), ("r1", "BIGINT"), ("r2", "BIGINT"), ("r3", "BIGINT")]
    assert stage.rows([1, 2, 3]) == [(0, 30, 3, 2, 40)]
    assert stage.rows([]) == []


def test_what_does_not_fit_one_row_takes_several() -> None:
    stage = stage_of(
        udf(lambda n: n, result_type="BIGINT"), "BIGINT", Partial("COUNT", None), Partial("SUM", 0)
    )

    assert stage.rows([MOST, MOST]) == [(0, 2, MOST), (1, None, MOST)]


def test_rows_that_a_filter_leaves_and_those_of_a_table_function_are_counted() -> None:
    @udtf(result_types="ROW<a BIGINT, b STRING>")
    def some(n: int) -> Iterator[tuple[int, Any]]:
        for i in range(n):
            # Never converted: nobody reads it.
            yield i, object()

    kept = stage_of(udf(lambda n: n > 1, result_type="BOOLEAN"), "BOOLEAN", Partial("COUNT", None),
                    mode="filter", result_steps=[])  # fmt: skip
    given = stage_of(some, "ROW<a BIGINT, b STRING>", Partial("SUM", 0), Partial("COUNT", None),
                     mode="table", result_fields=[0], row_selection=False)  # fmt: skip
    counted = stage_of(some, "ROW<a BIGINT, b STRING>", Partial("COUNT", None),
                       mode="table", result_fields=[], row_selection=False)  # fmt: skip

    assert kept.rows([1, 2, 3]) == [(0, 2)]
    assert kept.rows([1]) == []
    assert given.rows([3, 0, 2]) == [(0, 4, 5)]
    assert counted.rows([3, 0, 2]) == [(0, 5)]


def test_failures_are_those_of_the_stage() -> None:
    def failing(n: int) -> int:
        return 1 // n

    stage = stage_of(udf(failing), "BIGINT", Partial("SUM", 0))
    skipping = stage_of(udf(failing, on_error="skip"), "BIGINT", Partial("SUM", 0), Partial("COUNT", None))

    with pytest.raises(UdfError, match="in row 1") as caught:
        stage.rows([1, 0])
    assert caught.value.details.row == 1
    assert skipping.rows([1, 0, 1]) == [(0, 2, 2)]
    assert [failed.row for failed in skipping.stage.take_failed_rows()] == [1]
    skipping.stage.close()
