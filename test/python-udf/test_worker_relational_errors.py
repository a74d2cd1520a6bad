"""What DuckDB reports, as errors of the tree: real files and queries, in process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from millstream._worker.duckdb_errors import QueryPlace, translate_duckdb_error
from millstream.errors import MillstreamError

CSV = "read_csv('{}', columns = {{'a': 'INTEGER', 'b': 'INTEGER'}}, header = false, auto_detect = false)"
JSON = "read_json('{}', columns = {{'a': 'INTEGER'}}, format = 'newline_delimited')"
PARQUET = "read_parquet('{}')"


def error_of(sql: str, *, memory: str = "256MB", sink: str | None = None) -> MillstreamError:
    connection = duckdb.connect(config={"memory_limit": memory, "temp_directory": "", "threads": 1})
    try:
        for _ in connection.execute(sql).to_arrow_reader(1000):
            pass
    except Exception as error:
        return translate_duckdb_error(error, QueryPlace(sink, "/spill", 268435456))
    finally:
        connection.close()
    raise AssertionError("the query succeeded")


@pytest.mark.parametrize("reader", [CSV, JSON, PARQUET])
def test_a_file_that_is_missing_is_named(reader: str, tmp_path: Path) -> None:
    path = f"{tmp_path}/none.file"

    error = error_of(f"SELECT * FROM {reader.format(path)}")

    assert (error.kind, error.code, error.details.file) == ("source", "SOURCE_NOT_FOUND", path)


def test_a_folder_without_files_is_missing_too(tmp_path: Path) -> None:
    assert error_of(f"SELECT * FROM {PARQUET.format(f'{tmp_path}/*.parquet')}").code == "SOURCE_NOT_FOUND"


@pytest.mark.parametrize("damage", ["text", "cut off", "page"])
def test_a_damaged_parquet_file_is_named(damage: str, tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"a": range(100_000), "b": [f"x{n}" for n in range(100_000)]}), path)
    content = bytearray(path.read_bytes())
    if damage == "text":
        content = bytearray(b"this is no parquet file, but it is long enough to be one")
    elif damage == "cut off":
        content = content[: len(content) // 2]
    else:
        content[1000:9000] = bytes(byte ^ 0x5A for byte in content[1000:9000])
    path.write_bytes(content)

    error = error_of(f"SELECT sum(a), max(b) FROM {PARQUET.format(path)}")

    assert (error.kind, error.code, error.details.file) == ("source", "SOURCE_CORRUPT", str(path))


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("1,2\n3,4\nx,5\n6,7\n", 3, "column `a` is 'x', which is no INTEGER"),
        ("1,2\n3,4,9\n", 2, "it has 3 columns and the table has 2"),
        ("1,2\n3\n", 2, "it has 1 columns and the table has 2"),
        ('1,2\n1,"2\n3,4\n', 2, "Value with unterminated quote found"),
    ],
)
def test_a_csv_line_that_does_not_fit_is_named_with_its_reason(
    text: str, line: int, reason: str, tmp_path: Path
) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text)

    error = error_of(f"SELECT * FROM {CSV.format(path)}")

    assert (error.kind, error.code) == ("source", "SOURCE_ROW")
    assert (error.details.file, error.details.line) == (str(path), line)
    assert reason in error.message


@pytest.mark.parametrize("text", ['{"a": 1}\n{"a": "x"}\n', '{"a": 1}\n{"a": 2]\n{"a": 3}\n'])
def test_a_json_line_that_does_not_fit_is_named(text: str, tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text(text)

    error = error_of(f"SELECT * FROM {JSON.format(path)}")

    assert (error.kind, error.code) == ("source", "SOURCE_ROW")
    assert (error.details.file, error.details.line) == (str(path), 2)


def test_a_column_that_the_files_lack_is_named_with_those_they_have(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"delay": [1]}), path)

    error = error_of(f"SELECT dealy FROM {PARQUET.format(path)}")
    cast = error_of(f"SELECT CAST(dealy AS BIGINT) AS dealy FROM {PARQUET.format(path)}")

    assert error.code == "SOURCE_COLUMN"
    assert "'dealy'" in error.message
    assert '"delay"' in error.message
    assert (cast.code, cast.message) == ("SOURCE_COLUMN", "The files have no column 'dealy'.")


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("SELECT CAST('x' AS INTEGER)", "SQL_CAST"),
        ("SELECT CAST(range * 10000000000 AS INTEGER) FROM range(3)", "SQL_CAST"),
        ("SELECT 9223372036854775807 + range FROM range(3)", "SQL_OVERFLOW"),
        ("SELECT error('a message of the plan')", "SQL_EXECUTION"),
    ],
)
def test_a_value_that_an_expression_cannot_take_is_an_error_of_the_statement(sql: str, code: str) -> None:
    error = error_of(sql)

    assert (error.kind, error.code) == ("sql", code)
    assert "Error:" not in error.message
    assert "LINE" not in error.message


def test_the_place_and_the_values_of_a_failed_expression_are_told() -> None:
    error = error_of("SELECT error('@3:8+11 Division by zero' || ', where a is ' || range) FROM range(2)")

    assert (error.code, error.message) == ("SQL_EXECUTION", "Division by zero, where a is 0.")
    assert (error.details.line, error.details.column, error.details.length) == (3, 8, 11)


def test_a_cast_that_fails_at_a_place_is_a_failed_cast() -> None:
    error = error_of("SELECT error('@1:8+4 Cannot cast ''x''\n'' to INT')")

    assert (error.code, error.details.column) == ("SQL_CAST", 8)


def test_memory_that_does_not_suffice_is_told_with_its_limit() -> None:
    error = error_of("SELECT list(range), list(range::VARCHAR) FROM range(20000000)", memory="64MB")

    assert (error.kind, error.code) == ("resource", "RELATIONAL_MEMORY")
    assert "256 MiB" in error.message


def test_output_that_cannot_be_written_is_an_error_of_the_sink(tmp_path: Path) -> None:
    path = f"{tmp_path}/none/.part.csv"

    missing = error_of(f"COPY (SELECT 1) TO '{path}'", sink=path)
    full = error_of("COPY (SELECT range FROM range(1000000)) TO '/dev/full' (FORMAT csv)", sink="/dev/full")

    assert (missing.kind, missing.code, missing.details.file) == ("sink", "SINK_WRITE", f"{tmp_path}/none")
    assert (full.kind, full.code) == ("sink", "SINK_WRITE")
    assert "No space left on device" in full.message


@pytest.mark.parametrize("sql", ["SELEC 1", "SELECT * FROM input_9", "SELECT no_such_function(1)"])
def test_a_query_that_duckdb_does_not_accept_is_a_defect_of_ours(sql: str) -> None:
    error = error_of(sql)

    assert (error.kind, error.code) == ("internal", "RELATIONAL_INTERNAL")
    assert error.hint is not None and "report" in error.hint


def test_a_full_disk_for_spilled_data_is_an_error_of_resources() -> None:
    text = 'IO Error: Could not write file "/spill/duckdb_temp_storage-0.tmp": No space left on device'

    error = translate_duckdb_error(duckdb.IOException(text), QueryPlace("/out/.part", "/spill", 1))

    assert (error.kind, error.code) == ("resource", "RELATIONAL_SPILL")


def test_an_error_that_came_through_an_arrow_stream_is_known_by_its_text() -> None:
    cause: Any = pa.ArrowInvalid('Invalid Input Error: Failed to read file "/t.parquet": ZSTD failure')

    error = translate_duckdb_error(cause, QueryPlace(None, "/spill", 1))

    assert (error.code, error.details.file) == ("SOURCE_CORRUPT", "/t.parquet")
