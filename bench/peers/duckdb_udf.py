"""DuckDB with functions registered in its own process: by row (``native``) or over Arrow (``arrow``)."""

from __future__ import annotations

import duckdb
import functions
import pyarrow as pa
import serving


def main() -> None:
    connection = duckdb.connect()
    connection.create_function("w1", functions.w1, ["DOUBLE", "DOUBLE"], "DOUBLE")
    connection.create_function("w3", functions.w3, ["VARCHAR"], "VARCHAR")
    for name in ("w2", "w4"):
        connection.create_function(
            name, over_arrow(getattr(functions, name)), ["DOUBLE"] * 2, "DOUBLE", type="arrow"
        )

    def job(expression: str) -> serving.Job:
        return lambda file: connection.execute(f"SELECT SUM({expression}) FROM '{file}'").fetchone()[0]

    serving.serve(
        {
            "w1": job("w1(x, y)"),
            "w2": job("w2(x, y)"),
            "w3": job("length(w3(s))"),
            "w4": job("w4(x, y)"),
        }
    )


def over_arrow(function):
    def call(x: pa.ChunkedArray, y: pa.ChunkedArray) -> pa.Array:
        return pa.array(function(x.to_numpy(), y.to_numpy()))

    return call


if __name__ == "__main__":
    main()
