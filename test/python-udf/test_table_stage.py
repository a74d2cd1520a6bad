"""Table functions: what is a row, padding, bounds, errors."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from execution_support import CallStep, Column, Stage, Step, open_test_stage

from millstream import Row, TableFunction, UdfError, udf, udtf
from millstream._execution.table_stage import ROWS_OF_ANSWER


def table(function: Any, types: list[str], result: str, **options: Any) -> Stage:
    step = CallStep("f", [Column(i) for i in range(len(types))], result)
    return open_test_stage({"f": function}, types, [step], mode="table", **options)


@pytest.mark.parametrize(
    ("given", "rows"),
    [
        (None, []),
        ("ab", ["ab"]),
        (("ab",), ["ab"]),
        (Row("ab"), ["ab"]),
        (["a", "b"], ["a", "b"]),
        ([("a",), Row("b"), None], ["a", "b", None]),
        ([], []),
        (lambda: iter(["a", "b"]), ["a", "b"]),
        (lambda: (c for c in "ab"), ["a", "b"]),
        (lambda: map(str.upper, "ab"), ["A", "B"]),
        ({"f0": "a"}, ["a"]),
    ],
)
def test_what_counts_as_rows_of_one_column(given: Any, rows: list[Any]) -> None:
    f = udtf(lambda x: given() if inspect.isfunction(given) else given, result_types=["STRING"])

    assert table(f, ["INT"], "ROW<f0 STRING>").rows([1]) == [(0, row) for row in rows]


@dataclass
class Pair:
    n: int
    s: str


@pytest.mark.parametrize(
    "given",
    [(1, "a"), Row(1, "a"), Row(s="a", n=1), [(1, "a")], {"s": "a", "n": 1}, Pair(1, "a"), [Pair(1, "a")]],
)
def test_what_counts_as_a_row_of_several_columns(given: Any) -> None:
    f = udtf(lambda x: given, result_types="ROW<n INT, s STRING>")

    assert table(f, ["INT"], "ROW<n INT, s STRING>").rows([1]) == [(0, 1, "a")]


def test_a_range_is_many_rows_and_a_nested_column_keeps_its_value() -> None:
    numbers = udtf(lambda x: range(x or 0), result_types=["INT"])
    lists = udtf(lambda x: [[1, 2], [3]], result_types=["ARRAY<INT>"])
    pairs = udtf(lambda x: [Row(1, 2)], result_types=["ROW<a INT, b INT>"])
    maps = udtf(lambda x: {"k": 1}, result_types=["MAP<STRING, INT>"])

    assert table(numbers, ["INT"], "ROW<f0 INT>").rows([2, None, 1]) == [(0, 0), (0, 1), (2, 0)]
    assert table(lists, ["INT"], "ROW<f0 ARRAY<INT>>").rows([0]) == [(0, [1, 2]), (0, [3])]
    assert table(pairs, ["INT"], "ROW<f0 ROW<a INT, b INT>>").rows([0]) == [(0, {"a": 1, "b": 2})]
    assert table(maps, ["INT"], "ROW<f0 MAP<STRING, INT>>").rows([0]) == [(0, [("k", 1)])]


def test_an_outer_join_pads_rows_without_results_with_null() -> None:
    @udtf
    def words(text: str) -> Iterator[tuple[str, int]]:
        for word in text.split():
            yield word, len(word)

    stage = table(words, ["STRING"], "ROW<w STRING, n BIGINT>", outer=True)

    assert stage.rows([None, "a bb", "", None]) == [
        (0, None, None),
        (1, "a", 1),
        (1, "bb", 2),
        (2, None, None),
        (3, None, None),
    ]


def test_rows_that_are_not_called_have_no_rows() -> None:
    f = udtf(lambda x: [x, x], result_types=["INT"])
    step = CallStep("f", [Column(0)], "ROW<f0 INT>", guard=1)
    stage = open_test_stage({"f": f}, ["INT", "BOOLEAN"], [step], mode="table")
    outer = open_test_stage({"f": f}, ["INT", "BOOLEAN"], [step], mode="table", outer=True)

    assert stage.rows([1, 2], [None, True]) == [(1, 2), (1, 2)]
    assert outer.rows([1, 2], [None, True]) == [(0, None), (1, 2), (1, 2)]


@pytest.mark.parametrize("outer", [False, True])
def test_only_the_fields_that_are_asked_for_come_back(outer: bool) -> None:
    @udtf(result_types="ROW<n INT NOT NULL, s STRING, t STRING>")
    def many(x: int | None) -> Iterator[Any]:
        yield x, "a", object()
        yield Row(s="b", n=2, t=None)
        yield {"n": 3, "s": "c", "t": None}
        yield None

    result = "ROW<n INT NOT NULL, s STRING, t STRING>"
    wanted = table(many, ["INT"], result, outer=outer, result_fields=[0, 1])
    nothing = table(many, ["INT"], result, outer=outer, result_fields=[])
    no_parents = table(many, ["INT"], result, outer=outer, result_fields=[1], row_selection=False)

    assert wanted.stage.output == [("r0", "INT"), ("r1", "STRING")]
    assert wanted.rows([1]) == [(0, 1, "a"), (0, 2, "b"), (0, 3, "c"), (0, None, None)]
    assert [answer.columns for answer in nothing.answers([1, 1])] == [None]
    assert [(answer.rows, answer.selection) for answer in no_parents.answers([1])] == [(4, None)]
    with pytest.raises(
        UdfError, match=r"returned \(None, 'a', …\) .* field `n` is None, its type is INT NOT"
    ) as caught:
        wanted.rows([1, None])
    assert caught.value.details.row == 1


def test_an_answer_ends_anywhere_in_the_rows_of_a_parent() -> None:
    f = udtf(lambda n: ((i, n) if i % 3 else Row(i, n) for i in range(n)), result_types="ROW<i INT, n INT>")
    counts = [ROWS_OF_ANSWER - 1, 0, 2, 0, ROWS_OF_ANSWER, 3, 0]

    for outer in (False, True):
        stage = table(f, ["INT"], "ROW<i INT, n INT>", outer=outer)
        expected = [
            (parent, i, None if i is None else n)
            for parent, n in enumerate(counts)
            for i in (range(n) if n or not outer else [None])
        ]
        assert stage.rows(counts) == expected
        assert all(0 < answer.rows <= ROWS_OF_ANSWER for answer in stage.answers(counts))


def test_scalar_steps_before_it_feed_it_and_go_along() -> None:
    functions = {
        "g": udf(lambda x: x + 1, result_type="INT"),
        "f": udtf(lambda n: range(n), result_types=["INT"]),
    }
    steps = [CallStep("g", [Column(0)], "INT"), CallStep("f", [Step(0)], "ROW<f0 INT>")]
    stage = open_test_stage(functions, ["INT"], steps, mode="table", result_steps=[0, 1])

    assert stage.rows([0, 1]) == [(0, 1, 0), (1, 2, 0), (1, 2, 1)]
    assert stage.stage.output == [("r0", "INT"), ("r1", "INT")]


def test_a_generator_of_many_rows_is_answered_in_bounded_batches() -> None:
    taken = 0

    def many(x: int) -> Iterator[int]:
        nonlocal taken
        while taken < x:
            taken += 1
            yield taken

    stage = table(udtf(many, result_types=["INT"]), ["INT"], "ROW<f0 INT>", outer=True)
    answers = stage.stage.process(stage.columns([2 * ROWS_OF_ANSWER + 3, 0]), 2)

    first = next(answers)
    assert first.rows == taken <= ROWS_OF_ANSWER
    rest = list(answers)

    assert max(answer.rows for answer in rest) <= ROWS_OF_ANSWER
    values = [v for answer in [first, *rest] for v in answer.columns.column(0).to_pylist()]
    parents = [p for answer in [first, *rest] for p in answer.selection.to_pylist()]
    assert values == [*range(1, 2 * ROWS_OF_ANSWER + 4), None]
    assert parents == [0] * (2 * ROWS_OF_ANSWER + 3) + [1]


def test_long_runs_of_padding_are_bounded_too() -> None:
    f = udtf(lambda x: [x], result_types=["INT"])
    step = CallStep("f", [Column(0)], "ROW<f0 INT>", guard=1)
    stage = open_test_stage({"f": f}, ["INT", "BOOLEAN"], [step], mode="table", outer=True)
    rows = ROWS_OF_ANSWER + 10

    answers = stage.answers([1] * rows, [False] * (rows - 1) + [True])

    assert sum(answer.rows for answer in answers) == rows
    assert max(answer.rows for answer in answers) <= ROWS_OF_ANSWER
    assert answers[-1].columns.column(0).to_pylist()[-2:] == [None, 1]


def test_an_empty_bundle_has_no_answer() -> None:
    assert table(udtf(lambda x: [x], result_types=["INT"]), ["INT"], "ROW<f0 INT>").answers([]) == []


def test_an_exception_inside_a_generator_names_its_row() -> None:
    def words(text: str) -> Iterator[str]:
        yield text
        raise ValueError("bad word")

    with pytest.raises(UdfError, match="ValueError: bad word") as caught:
        table(udtf(words), ["STRING"], "ROW<f0 STRING>").rows([None, "a"])

    assert (caught.value.code, caught.value.details.row) == ("UDF_EXCEPTION", 1)
    assert caught.value.details.values == {"text": "'a'"}
    assert "in words" in (caught.value.details.traceback or "")


def test_a_value_error_of_the_function_is_its_own_after_any_row() -> None:
    def pairs(given: int) -> Iterator[Any]:
        yield (1, "a") if given else Row(1, "a")
        raise ValueError("not enough values to unpack")

    stage = table(udtf(pairs, result_types="ROW<a INT, b STRING>"), ["INT"], "ROW<a INT, b STRING>")

    for given in (0, 1):
        with pytest.raises(UdfError, match="ValueError: not enough values") as caught:
            stage.rows([given])
        assert caught.value.code == "UDF_EXCEPTION"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ((1,), "it has 1 fields, expected 2: a, b"),
        ([(1, "a"), (1, "a", 2)], "it has 3 fields, expected 2: a, b"),
        ((1, 2), "field `b` is 2: expected str"),
        ([[1, "a"]], "a tuple or Row"),
    ],
)
def test_a_row_that_does_not_fit_names_its_parent(given: Any, message: str) -> None:
    f = udtf(lambda x: (1, "a") if x == 0 else given, result_types="ROW<a INT, b STRING>")

    with pytest.raises(UdfError, match=message) as caught:
        table(f, ["INT"], "ROW<a INT, b STRING>").rows([0, 0, 5])

    code = "UDF_RETURN_COLUMNS" if "fields" in message else "UDF_RETURN_TYPE"
    assert (caught.value.code, caught.value.details.row) == (code, 2)


@pytest.mark.parametrize(
    ("function", "result"),
    [
        (
            udtf(lambda x: (1, "a") if x == 0 else "text", result_types="ROW<a INT, b STRING>"),
            "a INT, b STRING",
        ),
        (udtf(lambda x: (1, "a") if x == 0 else 5, result_types="ROW<a INT, b STRING>"), "a INT, b STRING"),
    ],
)
def test_what_is_neither_a_row_nor_many_names_its_row(function: Any, result: str) -> None:
    with pytest.raises(UdfError, match="neither a row nor many") as caught:
        table(function, ["INT"], f"ROW<{result}>").rows([0, 0, 5])

    assert (caught.value.code, caught.value.details.row) == ("UDF_NOT_ITERABLE", 2)


def test_a_function_annotated_to_give_many_gives_no_bare_value_but_any_iterable() -> None:
    @udtf
    def parts(x: int) -> Iterable[int]:
        return {x: x, x + 1: x}.keys() if x > 0 else 7  # type: ignore[return-value]

    stage = table(parts, ["BIGINT"], "ROW<f0 BIGINT>")

    assert stage.rows([1]) == [(0, 1), (0, 2)]
    with pytest.raises(UdfError, match="returned 7 of type int") as caught:
        stage.rows([1, 0])
    assert caught.value.code == "UDF_NOT_ITERABLE"


def test_a_class_without_a_base_is_a_table_function_where_it_has_eval() -> None:
    @udtf
    class Twice:
        def eval(self, x: int) -> Iterator[int]:
            yield from (x, x)

    assert table(Twice, ["BIGINT"], "ROW<f0 BIGINT>").rows([3]) == [(0, 3), (0, 3)]


def test_a_class_with_state_serves_all_rows() -> None:
    class Number(TableFunction):
        def open(self, function_context: Any) -> None:
            self.count = 0

        def eval(self, x: int) -> Iterator[tuple[int, int]]:
            self.count += 1
            yield self.count, x

    stage = table(udtf(Number()), ["BIGINT"], "ROW<f0 BIGINT, f1 BIGINT>")

    assert stage.rows([7, 8]) + stage.rows([9]) == [(0, 1, 7), (1, 2, 8), (0, 3, 9)]
