"""Splits of Parquet files: what is read of them, by which condition, and which files are left to DuckDB."""

from __future__ import annotations

import operator
import os
import random
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from millstream._execution.answer import Answer
from millstream._worker.bundle_answers import SplitAnswers
from millstream._worker.data_messages import Split
from millstream._worker.instructions import ColumnSpec, KeptGroup, SplitPredicate, SplitSource
from millstream._worker.parquet_footer import describe_files
from millstream._worker.split_reader import SplitReader
from millstream.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from millstream._execution import FailedRow, FunctionStage

ROWS = 1_000
ID, PRICE, NAME, PAID = range(4)
COLUMNS = [
    ColumnSpec("id", "BIGINT"),
    ColumnSpec("price", "DOUBLE"),
    ColumnSpec("name", "STRING"),
    ColumnSpec("paid", "BOOLEAN"),
]


def test_rows_of_several_row_groups_come_in_order_in_pieces_that_begin_at_offset_0(file: Path) -> None:
    reader = reader_of(source(file, batch_rows=70))

    pieces = list(reader.read(Split(0, 1, 3, 35), 200))

    assert [row for piece in pieces for row in piece.columns[ID].to_pylist()] == list(range(135, 335))
    assert all(piece.rows <= 70 for piece in pieces)
    assert {column.offset for piece in pieces for column in piece.columns} == {0}
    assert [piece.first for piece in pieces] == [sum(p.rows for p in pieces[:i]) for i in range(len(pieces))]


def test_rows_that_a_condition_keeps_know_their_place_in_the_split(file: Path) -> None:
    reader = reader_of(source(file, {"kind": "is_true", "column": PAID}))

    (piece,) = reader.read(Split(0, 2, 1, 10), 50)

    ids = piece.columns[ID].to_pylist()
    assert [210 + piece.row_of_split(row) for row in range(piece.rows)] == ids
    assert 0 < piece.rows < 50


class Doubling:
    """A stage that doubles prices of a piece, and gives up its third row."""

    def process(self, columns: list[pa.Array], rows: int) -> Iterator[Answer]:
        kept = pa.array([row for row in range(rows) if row != 2], pa.int32())
        doubled = pc.multiply(columns[0], 2.0).take(kept)
        yield Answer(len(kept), pa.record_batch([doubled], ["r0"]), kept)

    def take_failed_rows(self) -> list[FailedRow]:
        return []


@pytest.mark.parametrize(("answer_rows", "sizes"), [(50, [49] * 5), (100, [98, 98, 49]), (1_000, [245])])
def test_answers_to_several_pieces_come_as_one_of_as_many_rows_as_are_asked_for(
    file: Path, answer_rows: int, sizes: list[int]
) -> None:
    reader = reader_of(source(file, batch_rows=50, answer_rows=answer_rows))
    stage = cast("FunctionStage", Doubling())

    answers = list(SplitAnswers(stage, reader, Split(0, 0, 3, 0), 250))

    assert [answer.rows for answer, _ in answers] == sizes
    ids = [row for _, (group,) in answers for row in group.column(0).to_pylist()]
    prices = [row for answer, _ in answers if answer.columns for row in answer.columns.column(0).to_pylist()]
    assert ids == [row for row in range(250) if row % 50 != 2]
    expected = pc.multiply(pq.read_table(file)["price"].take(ids), 2.0).to_pylist()
    assert str(prices) == str(expected)


def test_groups_that_go_on_have_each_row_as_often_as_it_is_selected(file: Path) -> None:
    reader = reader_of(source(file))
    (piece,) = reader.read(Split(0, 0, 1, 0), 100)

    (kept,) = reader.kept(piece, pa.array([0, 0, 7], pa.int32()))

    assert kept.to_pydict() == {"c0": [0, 0, 7]}
    assert [column.type for column in reader.shipped(piece)] == [pa.float64(), pa.string()]


@pytest.mark.parametrize("seed", range(20))
def test_conditions_have_three_values_as_in_sql(file: Path, seed: int) -> None:
    chosen = random.Random(seed)
    condition = random_condition(chosen, 3)

    pieces = reader_of(source(file, condition)).read(Split(0, 0, 10, 0), ROWS)

    expected = [row["id"] for row in table().to_pylist() if holds(condition, row) is True]
    assert [row for piece in pieces for row in piece.columns[ID].to_pylist()] == expected, condition


@pytest.mark.parametrize("seed", range(20))
def test_row_groups_that_are_left_out_by_their_statistics_have_no_row_that_a_condition_keeps(
    tmp_path: Path, seed: int
) -> None:
    path = tmp_path / "sorted.parquet"
    rows = table().sort_by([("price", "ascending"), ("name", "ascending")])
    pq.write_table(rows, path, row_group_size=50)
    condition = random_condition(random.Random(seed), 2)

    (groups,) = describe_files([str(path)], COLUMNS, msgspec.convert(condition, SplitPredicate))["rowGroups"]

    for number, group in enumerate(groups):
        if group.rows == 0:
            kept = [holds(condition, row) is True for row in rows.slice(number * 50, 50).to_pylist()]
            assert not any(kept), condition


def test_a_condition_on_sorted_rows_leaves_most_row_groups_out(file: Path) -> None:
    condition = {"kind": "and", "operands": [
        {"kind": "compare", "operator": ">=", "column": ID, "value": 250},
        {"kind": "compare", "operator": "<", "column": ID, "value": 400},
    ]}  # fmt: skip

    (groups,) = describe_files([str(file)], COLUMNS, msgspec.convert(condition, SplitPredicate))["rowGroups"]

    assert [group.rows for group in groups] == [0, 0, 100, 100, 0, 0, 0, 0, 0, 0]


def test_columns_are_given_in_the_wider_types_that_functions_have(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"n": pa.array([1, None], pa.int16())}), path)
    columns = [ColumnSpec("n", "SMALLINT")]
    files = describe_files([str(path)], columns, None)["files"]
    wide = [ColumnSpec("c0", "BIGINT")]
    reader = SplitReader(SplitSource(files, columns, [0], [KeptGroup(wide, [0])], None, 10, 10), wide)

    (piece,) = reader.read(Split(0, 0, 1, 0), 2)

    assert reader.shipped(piece) == [pa.array([1, None], pa.int64())]
    assert reader.kept(piece, None)[0].schema.field(0).type == pa.int64()


def test_a_file_that_changed_after_it_was_planned_is_refused(file: Path) -> None:
    planned = source(file)
    pq.write_table(table().slice(1), file, row_group_size=100)

    with pytest.raises(SourceError, match=r"t\.parquet changed while it was read") as caught:
        list(reader_of(planned).read(Split(0, 0, 1, 0), 100))
    assert caught.value.code == "SOURCE_CHANGED"


def test_text_that_is_no_utf8_is_refused(tmp_path: Path) -> None:
    text = pa.Array.from_buffers(
        pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\2\0\0\0"), pa.py_buffer(b"\xff\xfe")]
    )
    path = tmp_path / "t.parquet"
    pq.write_table(table().slice(0, 1).set_column(NAME, "name", text), path)

    with pytest.raises(SourceError, match="cannot be read") as caught:
        list(reader_of(source(path)).read(Split(0, 0, 1, 0), 1))
    assert caught.value.code == "SOURCE_CORRUPT"


def test_a_footer_tells_rows_and_bytes_of_the_columns_asked_for(file: Path) -> None:
    both = describe_files([str(file)], COLUMNS[:2], None)
    one = describe_files([str(file)], COLUMNS[:1], None)

    assert both["misfit"] is None
    assert [group.rows for group in both["rowGroups"][0]] == [100] * 10
    assert 0 < one["rowGroups"][0][0].bytes < both["rowGroups"][0][0].bytes
    assert both["files"][0].bytes == file.stat().st_size


@pytest.mark.parametrize(
    ("values", "declared", "options", "misfit"),
    [
        (pa.array([1], pa.int32()), "BIGINT", {}, "column v of t.parquet is int32, not int64"),
        (
            pa.array([1], pa.timestamp("us")),
            "TIMESTAMP(6)",
            {"use_deprecated_int96_timestamps": True},
            "int96|ns",
        ),
        (pa.array([1], pa.timestamp("ms")), "TIMESTAMP(3)", {}, r"is timestamp\[ms\], not timestamp\[us\]"),
        (pa.array([1], pa.timestamp("us")), "TIMESTAMP_LTZ(6)", {}, "not timestamp.us, tz=UTC"),
        (pa.array([1], pa.timestamp("ns")), "TIMESTAMP(9)", {}, r"column v is TIMESTAMP\(9\)"),
        (pa.array([[1]]), "ARRAY<BIGINT>", {}, "column v is ARRAY<BIGINT>"),
        (pa.array(["a"]).dictionary_encode(), "STRING", {}, "is dictionary"),
        (pa.array([b"a"]), "STRING", {}, "is binary, not string"),
        (pa.array(["a"], pa.large_string()), "STRING", {}, None),
        (pa.array([1], pa.timestamp("us", tz="Europe/Paris")), "TIMESTAMP_LTZ(6)", {}, "tz=Europe/Paris"),
        (pa.array([1], pa.timestamp("us")), "TIMESTAMP(3)", {}, None),
    ],
)
def test_columns_whose_values_duckdb_would_convert_are_left_to_it(
    tmp_path: Path, values: pa.Array, declared: str, options: dict[str, Any], misfit: str | None
) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"v": values}), path, **options)

    found = describe_files([str(path)], [ColumnSpec("v", declared)], None)["misfit"]

    assert (found is None) == (misfit is None)
    if misfit is not None:
        assert re.search(misfit, found, re.IGNORECASE), found


def test_columns_that_are_missing_or_written_otherwise_are_named(file: Path, tmp_path: Path) -> None:
    (tmp_path / "no.parquet").write_bytes(b"no")

    assert describe_files([str(file)], [ColumnSpec("ID", "BIGINT")], None)["misfit"] == (
        "t.parquet has not one column `ID`"
    )
    assert (
        "no.parquet cannot be read" in describe_files([str(tmp_path / "no.parquet")], COLUMNS, None)["misfit"]
    )


def test_a_worker_keeps_no_file_open_after_its_stage(file: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    reader = reader_of(source(file))
    list(reader.read(Split(0, 0, 1, 0), 100))

    reader.close()

    assert len(os.listdir("/proc/self/fd")) <= before


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "t.parquet"
    pq.write_table(table(), path, row_group_size=100)
    return path


def table() -> pa.Table:
    chosen = random.Random(7)

    def some(*values: Any) -> list[Any]:
        return [chosen.choice([None, *values]) for _ in range(ROWS)]

    return pa.table(
        {
            "id": pa.array(range(ROWS), pa.int64()),
            "price": pa.array(some(-1.0, -0.0, 0.0, 1.5, float("nan"), float("inf")), pa.float64()),
            "name": pa.array(some("", "a", "b", "ä")),
            "paid": pa.array(some(True, False)),
        }
    )


def reader_of(of: SplitSource) -> SplitReader:
    return SplitReader(of, [COLUMNS[position] for position in of.shipped])


def source(
    path: Path, predicate: Any = None, batch_rows: int = 2_000, answer_rows: int | None = None
) -> SplitSource:
    return SplitSource(
        describe_files([str(path)], COLUMNS, None)["files"],
        COLUMNS,
        [PRICE, NAME],
        [KeptGroup([ColumnSpec("c0", "BIGINT")], [ID])],
        None if predicate is None else msgspec.convert(predicate, SplitPredicate),
        batch_rows,
        batch_rows if answer_rows is None else answer_rows,
    )


CONSTANTS = {ID: [0, 500, "9007199254740993"], PRICE: [0, 1.5, -1], NAME: ["", "a", "ä"]}
OPERATORS = {
    "=": operator.eq, "<>": operator.ne, "<": operator.lt,
    "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def random_condition(chosen: random.Random, depth: int) -> dict[str, Any]:
    kind = chosen.choice(["and", "or", "not"] if depth > 0 else ["is_null", "is_true", "compare", "in"])
    if kind in ("and", "or"):
        return {"kind": kind, "operands": [random_condition(chosen, depth - 1) for _ in range(2)]}
    if kind == "not":
        return {"kind": kind, "operand": random_condition(chosen, depth - 1)}
    if kind == "is_true":
        return {"kind": kind, "column": PAID}
    column = chosen.choice([ID, PRICE, NAME] if kind == "compare" else [ID, NAME])
    if kind == "is_null":
        return {"kind": kind, "column": column}
    if kind == "in":
        return {"kind": kind, "column": column, "values": CONSTANTS[column][:2]}
    constant = chosen.choice(CONSTANTS[column])
    return {"kind": kind, "column": column, "operator": chosen.choice(list(OPERATORS)), "value": constant}


def holds(condition: dict[str, Any], row: dict[str, Any]) -> bool | None:
    """The condition as SQL has it, for one row; NaN is neither less nor greater than another."""
    match condition["kind"]:
        case "and" | "or" as kind:
            parts = [holds(operand, row) for operand in condition["operands"]]
            decisive = kind == "or"
            return decisive if decisive in parts else None if None in parts else not decisive
        case "not":
            inner = holds(condition["operand"], row)
            return None if inner is None else not inner
    name = COLUMNS[condition["column"]].name
    value = row[name]
    if condition["kind"] == "is_null":
        return value is None
    if value is None or condition["kind"] == "is_true":
        return value

    def ordered(item: Any) -> Any:
        if name == "id":
            return int(item)
        return item if name == "price" else item.encode()

    if condition["kind"] == "in":
        return ordered(value) in [ordered(item) for item in condition["values"]]
    return bool(OPERATORS[condition["operator"]](ordered(value), ordered(condition["value"])))
