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

    def groups(file: str) -> float:
        def mean(columns: list[pl.Series]) -> float:
            return functions.weighted_mean(*(column.to_list() for column in columns))

        value = pl.map_groups(["x", "y"], mean, return_dtype=pl.Float64, returns_scalar=True)
        means = pl.scan_parquet(file).group_by("k").agg(z=value)
        return means.select(pl.col("z").sum()).collect().item()

    def exploded(file: str) -> float:
        lengths = pl.col("s").map_elements(
            lambda s: [length for _, length in functions.w6(s)], return_dtype=pl.List(pl.Int32)
        )
        return total(file, lengths.list.explode().cast(pl.Int64))

    serving.serve(
        {
            "w1": rows_of_two,
            "w2": vectors(functions.w2),
            "w3": strings,
            "w4": vectors(functions.w4),
            "w5": groups,
            "w6": exploded,
        }
    )


def total(file: str, expression: pl.Expr) -> float:
    return pl.scan_parquet(file).select(expression.sum()).collect().item()


if __name__ == "__main__":
    main()
