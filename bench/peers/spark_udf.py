"""PySpark on this machine's cores: ``plain``, ``arrow``, ``pandas`` or ``map_in_arrow``, by argument."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import functions
import pandas as pd
import pyarrow as pa
import serving
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql.functions import col, length, pandas_udf, udf, udtf
from pyspark.sql.functions import sum as sum_of


def main(variant: str) -> None:
    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    cores = os.cpu_count() or 1
    session = (
        SparkSession.builder.master(f"local[{cores}]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", str(cores))
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")

    def by_column(make) -> serving.Job:
        return lambda file: total(session.read.parquet(file).select(make().alias("z")))

    def by_batch(make) -> serving.Job:
        return lambda file: total(session.read.parquet(file).select("x", "y").mapInArrow(make, "z double"))

    def by_group(make) -> serving.Job:
        return lambda file: total(session.read.parquet(file).groupBy("k").agg(make().alias("z")))

    def by_table(function) -> serving.Job:
        session.udtf.register("w6", function)

        def run(file: str) -> float:
            session.read.parquet(file).createOrReplaceTempView("t")
            return total(session.sql("SELECT n AS z FROM t, LATERAL w6(s) AS u(word, n)"))

        return run

    serving.serve(
        {
            "plain": lambda: {**by_row(by_column, False), "w6": by_table(exploded(False))},
            "arrow": lambda: {**by_row(by_column, True), "w6": by_table(exploded(True))},
            "pandas": lambda: {**by_series(by_column), "w5": by_group(grouped())},
            "map_in_arrow": lambda: by_arrow(by_batch),
        }[variant]()
    )
    session.stop()


def total(rows: DataFrame) -> float:
    return rows.agg(sum_of("z")).collect()[0][0]


def by_row(by_column, use_arrow: bool) -> dict[str, serving.Job]:
    w1 = udf(functions.w1, "double", useArrow=use_arrow)
    w3 = udf(functions.w3, "string", useArrow=use_arrow)
    return {
        "w1": by_column(lambda: w1(col("x"), col("y"))),
        "w3": by_column(lambda: length(w3(col("s")))),
    }


def exploded(use_arrow: bool):
    class Words:
        def eval(self, s: str):
            return functions.w6(s)

    return udtf(Words, returnType="word string, n int", useArrow=use_arrow)


def grouped():
    def mean(x: pd.Series, y: pd.Series) -> float:
        return functions.weighted_mean(x.tolist(), y.tolist())

    aggregate = pandas_udf(mean, "double")
    return lambda: aggregate(col("x"), col("y"))


def by_series(by_column) -> dict[str, serving.Job]:
    def job(function) -> serving.Job:
        def call(x: pd.Series, y: pd.Series) -> pd.Series:
            return function(x, y)

        vectorised = pandas_udf(call, "double")

        def column() -> Column:
            return vectorised(col("x"), col("y"))

        return by_column(column)

    return {"w2": job(functions.w2), "w4": job(functions.w4)}


def by_arrow(by_batch) -> dict[str, serving.Job]:
    def row(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            x, y = (batch.column(name).to_numpy().tolist() for name in ("x", "y"))
            yield pa.record_batch([pa.array(map(functions.w1, x, y), pa.float64())], ["z"])

    def vector(function):
        def call(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for batch in batches:
                x, y = (batch.column(name).to_numpy() for name in ("x", "y"))
                yield pa.record_batch([pa.array(function(x, y))], ["z"])

        return call

    return {"w1": by_batch(row), "w2": by_batch(vector(functions.w2)), "w4": by_batch(vector(functions.w4))}


if __name__ == "__main__":
    main(sys.argv[1])
