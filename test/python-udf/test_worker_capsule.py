"""Rules of Arrow into DuckDB that the relational worker is built on: little is read ahead, one scan only."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import duckdb
import pyarrow as pa
import pytest

from millstream._worker.relational_input import stream_capsule
from millstream._worker.relational_session import execute

SCHEMA = pa.schema([("x", pa.int64())])
BATCH = pa.record_batch([pa.array(range(100_000))], schema=SCHEMA)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 2}) as connection:
        yield connection


def test_duckdb_reads_few_batches_ahead_of_its_reader(connection: duckdb.DuckDBPyConnection) -> None:
    read = count()
    batches = (BATCH for _ in zip(range(1000), read, strict=False))
    relations = {"input_0": stream_capsule(SCHEMA, batches)}

    reader = execute(connection, "SELECT x FROM input_0", relations).to_arrow_reader(2048)
    reader.read_next_batch()

    assert next(read) <= 8


def test_a_second_scan_of_an_input_is_an_error_and_not_an_empty_result(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    relations = {"input_0": stream_capsule(SCHEMA, iter([BATCH]))}
    execute(connection, "SELECT count(*) FROM input_0", relations).fetchall()

    with pytest.raises(duckdb.InvalidInputException, match="already"):
        execute(connection, "SELECT count(*) FROM input_0", relations).fetchall()


def test_a_query_sees_no_variables_but_its_relations(connection: duckdb.DuckDBPyConnection) -> None:
    some_table = pa.table({"x": [1]})

    with pytest.raises(duckdb.CatalogException, match="some_table"):
        execute(connection, "SELECT * FROM some_table", {})

    assert some_table.num_rows == 1
