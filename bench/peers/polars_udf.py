"""Polars with functions in its own process: by row with ``map_elements``, over NumPy with ``map_batches``."""

from __future__ import annotations

import functions
import polars as pl
import serving


def main() -> None:
    def rows_of_two(file: str) -> float:
        row = pl.struct("x", "y").map_elements(
            lambda row: functions.w1(row["x"], row["y"]), return_dtype=pl.Float64
        )
        return total(file, row)

    def strings(file: str) -> float:
        return total(file, pl.col("s").map_elements(functions.w3, return_dtype=pl.String).str.len_chars())

    def vectors(function):
        def call(columns: list[pl.Series]) -> pl.Series:
            return pl.Series(function(columns[0].to_numpy(), columns[1].to_numpy()))

        return lambda file: total(file, pl.map_batches(["x", "y"], call, return_dtype=pl.Float64))

    serving.serve(
        {"w1": rows_of_two, "w2": vectors(functions.w2), "w3": strings, "w4": vectors(functions.w4)}
    )


def total(file: str, expression: pl.Expr) -> float:
    return pl.scan_parquet(file).select(expression.sum()).collect().item()


if __name__ == "__main__":
    main()
