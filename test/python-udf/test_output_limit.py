"""What a table function may give for one row."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest
from execution_support import CallStep, Column, Stage, open_test_stage

from millstream import Row, UdfError, udaf, udf, udtf
from millstream._execution.output_exceeded import OutputExceeded
from millstream._execution.output_limit import OutputLimit


def table(function: Any, result: str, types: tuple[str, ...] = ("BIGINT",), **options: Any) -> Stage:
    step = CallStep("f", [Column(i) for i in range(len(types))], result)
    return open_test_stage({"f": function}, list(types), [step], mode="table", **options)


@udtf(max_output_rows=3)
def up_to(n: int) -> Iterator[int]:
    yield from range(n) if n >= 0 else itertools.count()


def test_rows_up_to_the_limit_pass_whatever_other_rows_give() -> None:
    rows = table(up_to, "ROW<f0 BIGINT>").rows([3, 0, 3, 1])

    assert [row for row, _ in rows] == [0, 0, 0, 2, 2, 2, 3]


def test_a_generator_without_end_is_stopped_and_its_row_named() -> None:
    with pytest.raises(UdfError) as raised:
        table(up_to, "ROW<f0 BIGINT>").rows([2, -1])

    assert raised.value.code == "WORKER_OUTPUT_LIMIT"
    assert raised.value.message == (
        "Function `f` gave more than 3 rows in row 1 for (n=-1): that is its max_output_rows."
    )
    assert raised.value.hint is not None
    assert "SET 'millstream.function.f.max_output_rows'" in raised.value.hint
    assert (raised.value.details.row, raised.value.details.values) == (1, {"n": "-1"})


def test_the_row_that_gives_too_much_can_be_given_up() -> None:
    f = udtf(up_to, max_output_rows=3, on_error="skip")
    stage = table(f, "ROW<f0 BIGINT>", outer=True)

    assert stage.rows([1, -1, 0]) == [(0, 0), (2, None)]
    assert [(row.row, row.code) for row in stage.stage.take_failed_rows()] == [(1, "WORKER_OUTPUT_LIMIT")]


@pytest.mark.parametrize(
    "value",
    ["x" * 400, (1, "x" * 392), Row(1, b"x" * 392), {"f0": 1, "g": ["x" * 389]}],
    ids=lambda value: type(value).__name__,
)
def test_bytes_are_those_of_the_values(value: Any) -> None:
    rows = OutputLimit(None, 1_000).each(iter([2, 3]), lambda n: [value] * n)

    assert len(list(next(rows))) == 2
    with pytest.raises(OutputExceeded, match="max_output_bytes"):
        list(next(rows))


@udtf(result_types=["BIGINT"], batch="arrow")
def in_pieces(n: pa.Array) -> Iterator[Any]:
    yield [0, 1, 1], pa.array([1, 2, 3])
    yield [1, 1], pa.array([4, 5])


@pytest.mark.parametrize(
    ("option", "most", "passes"),
    [("max_output_rows", 3, 4), ("max_output_bytes", 31, 32)],
)
def test_pieces_of_a_vectorised_function_count_together(option: Any, most: int, passes: int) -> None:
    def run(limit: int) -> Any:
        f = udtf(in_pieces, result_types=["BIGINT"], batch="arrow", **{option: limit})
        return table(f, "ROW<f0 BIGINT>").rows([10, 20])

    assert len(run(passes)) == 5
    with pytest.raises(UdfError, match=rf"gave more than {most} \w+ in row 1 for \(n=20\)") as raised:
        run(most)

    assert raised.value.code == "WORKER_OUTPUT_LIMIT"


def test_limits_are_refused_where_a_function_has_no_rows_of_its_own() -> None:
    with pytest.raises(
        UdfError, match="`max_output_rows` is for table functions: this is a scalar"
    ) as of_udf:
        udf(lambda x: x, result_type="INT", max_output_rows=1)
    with pytest.raises(UdfError, match="this is a aggregate function") as of_udaf:
        udaf(lambda x: x, result_type="INT", max_output_bytes="1 MB")

    assert (of_udf.value.code, of_udaf.value.code) == ("UDF_OPTION", "UDF_OPTION")
