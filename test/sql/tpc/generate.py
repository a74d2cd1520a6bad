"""Tables of TPC-H or TPC-DS as Parquet files, and what plain DuckDB answers to the generator's own queries.

    generate.py FOLDER tpch|tpcds SCALE_FACTOR

FOLDER gets `<table>.parquet`, `tables.sql` (their declarations for Flink SQL) and `answers.json`: the rows of
each query, values as text, NULL as null. Where `reference/<suite>/` has a query, it takes the place of the
generator's.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

import duckdb

GENERATORS = {"tpch": "CALL dbgen(sf = {})", "tpcds": "CALL dsdgen(sf = {})"}
FLINK_NAMES = {"INTEGER": "INT", "VARCHAR": "STRING"}


def main(folder: Path, suite: str, scale_factor: float) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect()
    load_extension(connection, suite)
    connection.execute(GENERATORS[suite].format(scale_factor))
    tables = [name for (name,) in connection.execute("SHOW TABLES").fetchall()]
    for table in tables:
        connection.execute(f"COPY {table} TO '{folder / table}.parquet' (FORMAT parquet)")
    (folder / "tables.sql").write_text("\n".join(declaration(connection, table, folder) for table in tables))
    answers = {name: answer(connection, query) for name, query in queries(connection, suite).items()}
    (folder / "answers.json").write_text(json.dumps(answers))


def load_extension(connection: duckdb.DuckDBPyConnection, suite: str) -> None:
    package = Path(str(importlib.import_module(f"duckdb_extension_{suite}").__file__)).parent
    (extension,) = package.rglob(f"{suite}.duckdb_extension")
    connection.execute(f"LOAD '{extension}'")


def declaration(connection: duckdb.DuckDBPyConnection, table: str, folder: Path) -> str:
    columns = connection.execute(f"DESCRIBE {table}").fetchall()
    lines = ",\n".join(f"  `{name}` {FLINK_NAMES.get(kind, kind)}" for name, kind, *_ in columns)
    path = folder / f"{table}.parquet"
    options = f"'connector' = 'filesystem', 'path' = '{path}', 'format' = 'parquet'"
    return f"CREATE TEMPORARY TABLE {table} (\n{lines}\n) WITH ({options});\n"


def queries(connection: duckdb.DuckDBPyConnection, suite: str) -> dict[str, str]:
    texts = dict(connection.execute(f"SELECT query_nr, query FROM {suite}_queries()").fetchall())
    own = Path(__file__).parent / "reference" / suite
    return {
        name: (own / f"{name}.sql").read_text() if (own / f"{name}.sql").exists() else text
        for name, text in ((f"q{number:02d}", text) for number, text in texts.items())
    }


def answer(connection: duckdb.DuckDBPyConnection, query: str) -> list[list[str | None]]:
    rows = connection.execute(query).fetchall()
    return [[None if value is None else str(value) for value in row] for row in rows]


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], float(sys.argv[3]))
