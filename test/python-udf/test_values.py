"""`Row`, `ListView`, `MapView`, errors, near names, and the testing kit."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest

from millstream import (
    AggregateFunction,
    InternalError,
    ListView,
    MapView,
    Row,
    RowKind,
    UdfError,
    udaf,
    udf,
    udtf,
)
from millstream._near_names import near_names
from millstream.errors import ErrorDetails, error_from_wire
from millstream.row import rows_of
from millstream.testing import call_batch, call_rows


def test_a_row_is_read_and_written_by_position_name_and_attribute() -> None:
    row = Row(name="Ada", born=1815)
    row["born"] = 1816
    row[0] = "Augusta"

    assert (row.name, row["born"], row[0:1], len(row), list(row)) == (
        "Augusta",
        1816,
        ["Augusta"],
        2,
        ["Augusta", 1816],
    )
    assert "Augusta" in row
    assert row.as_dict() == {"name": "Augusta", "born": 1816}
    assert row.get_fields_by_names(["born", "died"]) == [1816, None]
    assert Row(a=Row(b=[Row(c=1)])).as_dict(recursive=True) == {"a": {"b": [{"c": 1}]}}


def test_rows_are_equal_by_value_names_and_kind() -> None:
    assert Row(1, 2) == Row(1, 2) and hash(Row(1, 2)) == hash(Row(1, 2))
    assert Row(1) != Row(a=1) and Row(1) != (1,)
    assert Row.of_kind(RowKind.DELETE, 1) != Row(1)
    assert repr(Row(1, "a")) == "<Row(1, 'a')>"
    assert repr(Row(x=1)) == "Row(x=1)"


def test_fields_may_be_named_as_methods_of_lists_which_rows_do_not_have() -> None:
    assert (Row(count=3, index=4).count, Row(count=3, index=4).index) == (3, 4)
    with pytest.raises(AttributeError, match="append"):
        _ = Row(1).append
    assert Row(1) != [1] and (Row(a=1) != Row(a=1)) is False


def test_rows_of_a_column_are_written_and_renamed_one_by_one() -> None:
    first, second = rows_of(["count", "b"], [[1, 2], ["x", "y"]], 2)
    assert (first.count, first.b, first["b"], first == Row(count=1, b="x")) == (1, "x", "x", True)

    first["b"] = "z"
    first.set_field_names(["c", "d"])
    first.set_row_kind(RowKind.DELETE)

    assert first == Row.of_kind(RowKind.DELETE, c=1, d="z")
    assert (second, copy.deepcopy(second)) == (Row(count=2, b="y"), Row(count=2, b="y"))
    assert isinstance(second, Row) and type(second).__name__ == "Row"


def test_rows_are_copied_and_pickled_whole() -> None:
    row = Row.of_kind(RowKind.UPDATE_AFTER, a=[1])

    for twin in (copy.copy(row), copy.deepcopy(row), pickle.loads(pickle.dumps(row))):
        assert twin == row and twin is not row
    copy.copy(row)[0] = 5
    assert row.a == [1]


def test_wrong_use_of_a_row_is_refused() -> None:
    row = Row(a=1)

    for wrong in (
        lambda: Row(1, a=1),
        lambda: row["b"],
        lambda: row.b,
        lambda: setattr(row, "a", 2),
        lambda: Row(1).as_dict(),
        lambda: row(1, 2),
    ):
        with pytest.raises((ValueError, KeyError, AttributeError, TypeError)):
            wrong()  # type: ignore[no-untyped-call]


def test_views_are_collections() -> None:
    numbers = ListView([1])
    numbers.add(2)
    numbers.add_all([3])
    words: MapView[str, int] = MapView()
    words.put("a", 1)
    words.put_all({"b": 2})
    words.remove("a")

    assert list(numbers.get()) == [1, 2, 3] and len(numbers) == 3 and numbers == ListView([1, 2, 3])
    assert (
        dict(words.items()) == {"b": 2} and words.contains("b") and words["b"] == 2 and not words.is_empty()
    )
    assert (list(words.keys()), list(words.values()), list(words), len(words)) == (["b"], [2], ["b"], 1)
    del words["b"]
    numbers.clear()
    words.clear()
    assert list(numbers) == [] and words.is_empty() and words == MapView()


def test_an_error_survives_the_wire() -> None:
    error = UdfError("UDF_X", "It failed.", hint="Fix it.", details=ErrorDetails(row=3, values={"x": "1"}))

    twin = error_from_wire(error.to_wire())

    assert type(twin) is UdfError
    assert (twin.code, str(twin), twin.details) == ("UDF_X", "It failed. Fix it.", error.details)
    assert type(error_from_wire({**error.to_wire(), "kind": "new"})) is InternalError


def test_known_facts_of_an_error_are_not_overwritten() -> None:
    error = UdfError("UDF_X", "It failed.", details=ErrorDetails(row=3))

    error.add_details(row=4, stage="s1")

    assert (error.details.row, error.details.stage) == (3, "s1")


@pytest.mark.parametrize(
    ("name", "candidates", "near"),
    [
        ("memori", ["memory", "cpus"], ["memory"]),
        ("SHOUT", ["mean", "shout"], ["shout"]),
        ("shuot", ["shout", "scout"], ["shout"]),
        ("embed", ["embed_text", "zzz"], ["embed_text"]),
        ("x", ["y"], []),
    ],
)
def test_near_names_are_those_of_the_core(name: str, candidates: list[str], near: list[str]) -> None:
    assert near_names(name, candidates) == near


class Total(AggregateFunction):
    def create_accumulator(self) -> list[int]:
        return [0]

    def accumulate(self, accumulator: list[int], value: int) -> None:
        accumulator[0] += value

    def get_value(self, accumulator: list[int]) -> int:
        return accumulator[0]


@udtf
def letters(word: str) -> Iterator[tuple[int, str]]:
    yield from enumerate(word)


def test_the_testing_kit_calls_functions_as_a_worker_does() -> None:
    @udf
    def half(x: int) -> float:
        return x / 2

    assert call_rows(half, [(3,), (None,)]) == [1.5, None]
    assert call_rows(letters, [("ab",), (None,), ("c",)]) == [(0, "a"), (1, "b"), (0, "c")]
    assert call_rows(udaf(Total()), [(1,), (None,), (5,)]) == [6]
    assert call_rows(udf(lambda x: x, result_type="INT"), [(1,)], ["INT"]) == [1]
    assert call_rows(letters, []) == []


def test_the_testing_kit_takes_arrow_batches() -> None:
    batch = pa.record_batch([pa.array(["ab", ""]).dictionary_encode()], ["w"])

    assert call_batch(letters, batch).to_pydict() == {"r0": [0, 1], "r1": ["a", "b"]}
    assert call_batch(letters, batch.slice(1)).num_rows == 0


def test_the_testing_kit_raises_the_errors_of_a_job() -> None:
    @udf
    def inverse(x: int) -> float:
        return 1 / x

    def untyped(x: Any) -> int:
        return 1

    with pytest.raises(UdfError, match="ZeroDivisionError") as caught:
        call_rows(inverse, [(1,), (0,)])
    assert caught.value.details.row == 1
    with pytest.raises(UdfError, match="input_types"):
        call_rows(untyped, [(1,)])
