"""Plain DuckDB over the files of a TPC benchmark, in a process that stays warm.

    tpc_reference.py FOLDER tpch|tpcds MEMORY_LIMIT_BYTES THREADS

Prints the queries first, `{"queries": {name: text}, "generated": {name: text}}`: the reference of each, and
the generator's own text where the reference is another. Then it answers lines `{"sql": text}` with
`{"seconds": s, "rows": [[text or null]]}` or `{"error": text}`.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import duckdb

sys.path.insert(0, str(Path(__file__).parent.parent / "test/sql/tpc"))

import generate


def main(folder: Path, suite: str, memory_limit: str, threads: str) -> None:
    connection = duckdb.connect()
    generate.load_extension(connection, suite)
    connection.execute(f"SET memory_limit = '{memory_limit}B'")
    connection.execute(f"SET threads = {threads}")
    connection.execute(f"SET temp_directory = '{folder}/tmp'")
    for file in sorted(folder.glob("*.parquet")):
        connection.execute(f"CREATE VIEW {file.stem} AS SELECT * FROM '{file}'")
    queries = generate.queries(connection, suite)
    texts = dict(connection.execute(f"SELECT query_nr, query FROM {suite}_queries()").fetchall())
    generated = {f"q{number:02d}": text for number, text in texts.items()}
    others = {name: text for name, text in generated.items() if queries[name] != text}
    print(json.dumps({"queries": queries, "generated": others}), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(connection, json.loads(line)["sql"])), flush=True)


def answer(connection: duckdb.DuckDBPyConnection, sql: str) -> dict[str, Any]:
    start = time.perf_counter()
    try:
        table = connection.execute(sql).to_arrow_table()
    except duckdb.Error as error:
        return {"error": str(error)}
    seconds = time.perf_counter() - start
    columns = [[None if value is None else str(value) for value in column.to_pylist()] for column in table]
    return {"seconds": seconds, "rows": [list(row) for row in zip(*columns, strict=True)]}


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:5])
