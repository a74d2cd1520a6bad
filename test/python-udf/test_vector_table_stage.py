"""Table functions over batches: lists, frames with positions, padding, bounds, errors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from execution_support import CallStep, Column, Stage, Step, open_test_stage
from hypothesis import given
from hypothesis import strategies as st

from millstream import UdfError, udf, udtf
from millstream._execution.table_stage import ROWS_OF_ANSWER

PAIR = "ROW<n BIGINT, s STRING>"


def table(function: Any, types: list[str], result: str, **options: Any) -> Stage:
    step = CallStep("f", [Column(i) for i in range(len(types))], result)
    return open_test_stage({"f": function}, types, [step], mode="table", **options)


def _split(texts: Any, batch: str) -> Any:
    if batch == "arrow":
        return pc.split_pattern(texts, " ")
    return texts.str.split(" ")


@pytest.mark.parametrize("batch", ["arrow", "pandas", "polars"])
def test_a_vector_has_a_list_of_rows_for_each_row(batch: Any) -> None:
    if batch != "arrow":
        pytest.importorskip(batch)
    f = udtf(lambda texts: _split(texts, batch), result_types="STRING", batch=batch)

    assert table(f, ["STRING"], "ROW<f0 STRING>").rows(["a b", "", "c"]) == [
        (0, "a"),
        (0, "b"),
        (1, ""),
        (2, "c"),
    ]


def test_lists_of_rows_have_several_columns_and_null_is_no_rows() -> None:
    rows = pa.array([[{"n": 1, "s": "a"}], None, [], [None, {"n": 2, "s": None}]])
    f = udtf(lambda _: rows, result_types=PAIR, batch="arrow")

    assert table(f, ["INT"], PAIR).rows([1, 2, 3, 4]) == [(0, 1, "a"), (3, None, None), (3, 2, None)]


@udtf(result_types=PAIR, batch="arrow")
def in_pieces(n: pa.Array) -> Iterator[Any]:
    yield [0, 2, 2], pa.table({"s": ["x", "y", "z"], "n": [1, 2, 3]})
    yield pa.array([], pa.int64()), pa.table({"s": pa.array([], pa.string()), "n": pa.array([], pa.int64())})
    yield pa.chunked_array([[2], [3]]), pa.table({"n": [4, 5], "s": [None, "w"]})


@pytest.mark.parametrize("outer", [False, True])
def test_pairs_of_positions_and_frames_follow_each_other(outer: bool) -> None:
    rows = table(in_pieces, ["INT"], PAIR, outer=outer).rows([1, 2, 3, 4, 5])

    found = [(0, 1, "x"), (2, 2, "y"), (2, 3, "z"), (2, 4, None), (3, 5, "w")]
    assert rows == (
        sorted([*found, (1, None, None), (4, None, None)], key=lambda r: r[0]) if outer else found
    )


@given(
    st.lists(st.integers(0, 3), max_size=12),
    st.lists(st.booleans(), min_size=12, max_size=12),
    st.integers(1, 5),
    st.booleans(),
)
def test_rows_are_those_of_the_same_function_over_rows(
    counts: list[int], called: list[bool], batch_rows: int, outer: bool
) -> None:
    def repeated(n: int) -> Any:
        return list(range(n))

    def repeated_in_batches(n: pa.Array) -> Iterator[Any]:
        numbers = n.to_pylist()
        middle = len(numbers) // 2
        for places in (range(middle), range(middle, len(numbers))):
            parents = [place for place in places for _ in range(numbers[place])]
            yield parents, pa.array([v for place in places for v in range(numbers[place])], pa.int64())

    step = CallStep("f", [Column(0)], "ROW<f0 BIGINT>", guard=1)

    def rows(function: Any) -> list[Any]:
        stage = open_test_stage({"f": function}, ["INT", "BOOLEAN"], [step], mode="table", outer=outer)
        return stage.rows(counts, called[: len(counts)])

    batched = udtf(repeated_in_batches, result_types="BIGINT", batch="arrow", batch_rows=batch_rows)
    assert rows(batched) == rows(udtf(repeated, result_types="BIGINT"))


def test_answers_are_bounded_and_keep_the_columns_of_other_steps() -> None:
    steps = [CallStep("upper", [Column(0)], "STRING"), CallStep("f", [Step(0)], "ROW<f0 BIGINT>")]
    many = ROWS_OF_ANSWER + 1
    functions = {
        "upper": udf(str.upper, result_type="STRING"),
        "f": udtf(
            lambda s: (pa.repeat(1, many), pa.array(range(many))), result_types="BIGINT", batch="arrow"
        ),
    }

    stage = open_test_stage(functions, ["STRING"], steps, mode="table", result_steps=[0, 1])
    answers = stage.answers(["a", "b"])

    assert [answer.rows for answer in answers] == [ROWS_OF_ANSWER, 1]
    assert answers[1].columns.to_pydict() == {"r0": ["B"], "r1": [ROWS_OF_ANSWER]}


@pytest.mark.parametrize(
    ("result", "code", "text"),
    [
        (([0, -1, 2], "t"), "UDTF_PARENTS", "position -1 of a batch of 3 rows"),
        (([0, 1, 3], "t"), "UDTF_PARENTS", "position 3 of a batch of 3 rows"),
        (([0, 2, 1], "t"), "UDTF_PARENTS", "position 1 after those for 2"),
        (([0, 2], "t"), "UDF_RETURN_LENGTH", "2 positions for 3 rows"),
        ((None, "t"), "UDTF_PARENTS", "gave None, which are no positions"),
        (([0, None, 1], "t"), "UDTF_PARENTS", "no positions"),
        (([0.5, 1.5, 2.0], "t"), "UDTF_PARENTS", "no positions"),
        ("t", "UDTF_PARENTS", "a frame without the positions"),
        (pa.array([1, 2, 3]), "UDF_RETURN_TYPE", "returned a column of int64"),
        (pa.array([[{"n": 1, "s": "a"}]]), "UDF_RETURN_LENGTH", "1 lists for 3 rows"),
        (([0], pa.array([1])), "UDF_RETURN_COLUMNS", "for 2 columns, and no frame"),
        (([0], pa.table({"n": [1], "t": ["a"]})), "UDF_RETURN_COLUMNS", "a frame with the columns n, t"),
        (([0], pa.table({"n": ["1"], "s": ["a"]})), "UDF_RETURN_TYPE", "column `n` of a frame"),
        (([0], pa.table({"n": [None], "s": ["a"]})), "UDF_NULL_NOT_ALLOWED", "its result is"),
    ],
)
def test_what_does_not_say_where_rows_belong_is_refused(result: Any, code: str, text: str) -> None:
    frame = pa.table({"n": [1, 2, 3], "s": ["a", "b", "c"]})
    given = frame if result == "t" else (result[0], frame) if result[1:] == ("t",) else result
    f = udtf(lambda _: given, result_types="ROW<n BIGINT NOT NULL, s STRING>", batch="arrow")

    with pytest.raises(UdfError, match=text) as caught:
        table(f, ["INT"], "ROW<n BIGINT NOT NULL, s STRING>").rows([1, 2, 3])
    assert caught.value.code == code


def test_items_that_go_back_and_errors_of_the_code_are_told() -> None:
    @udtf(result_types="BIGINT", batch="arrow")
    def goes_back(n: pa.Array) -> Iterator[Any]:
        yield [1], n[:1]
        yield [0], n[:1]

    @udtf(result_types="BIGINT", batch="arrow")
    def fails(n: pa.Array) -> Iterator[Any]:
        yield [1], n[:1]
        raise ValueError("no more")

    with pytest.raises(UdfError, match="position 0 after those for 1"):
        table(goes_back, ["BIGINT"], "ROW<f0 BIGINT>").rows([1, 2])
    with pytest.raises(
        UdfError, match="failed on a batch of 2 rows, from row 0 to row 1: ValueError: no more"
    ):
        table(fails, ["BIGINT"], "ROW<f0 BIGINT>").rows([1, 2])


def test_its_result_types_are_declared_and_it_takes_no_table() -> None:
    from millstream._function_spec import specify

    with pytest.raises(UdfError, match="does not say the type of its result"):
        specify("f", udtf(lambda n: n, batch="arrow"))

    def over_table(t: pa.RecordBatch) -> pa.RecordBatch:
        return t

    with pytest.raises(UdfError, match="not arrow vectors"):
        specify("f", udtf(over_table, result_types="BIGINT", batch="arrow"))
