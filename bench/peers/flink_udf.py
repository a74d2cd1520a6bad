"""PyFlink in batch mode with separate worker processes, as a cluster runs it.

Its Python package brings no reader of Parquet: it reads the same rows from a CSV file of the columns that a
workload needs, written before the time is taken. The workload ``read`` is that without a function.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pyarrow.csv as csv
import pyarrow.parquet as pq
import serving

# A mini cluster would run "processes" as threads of this one; this is how PyFlink's own tests turn that off.
os.environ["_python_worker_execution_mode"] = "process"  # noqa: SIM112

import functions  # noqa: E402
from pyflink.table import DataTypes, EnvironmentSettings, TableEnvironment  # noqa: E402
from pyflink.table.udf import udaf, udf, udtf  # noqa: E402

import millstream  # noqa: E402


def main() -> None:
    environment = TableEnvironment.create(EnvironmentSettings.in_batch_mode())
    configuration = environment.get_config()
    configuration.set("parallelism.default", str(os.cpu_count() or 1))
    configuration.set("python.fn-execution.bundle.size", "100000")
    configuration.set("python.executable", sys.executable)
    # Workers import the functions by name.
    for path in (functions.__file__, os.path.dirname(os.path.dirname(millstream.__file__))):
        environment.add_python_file(path)
    environment.create_temporary_function("w1", udf(functions.w1, result_type=DataTypes.DOUBLE()))
    environment.create_temporary_function("w3", udf(functions.w3, result_type=DataTypes.STRING()))
    for name in ("w2", "w4"):
        vectorised = udf(
            over_series(getattr(functions, name)), result_type=DataTypes.DOUBLE(), func_type="pandas"
        )
        environment.create_temporary_function(name, vectorised)
    # Aggregates by row are for streams only.
    aggregate = udaf(
        lambda x, y: functions.weighted_mean(x.tolist(), y.tolist()),
        result_type=DataTypes.DOUBLE(),
        func_type="pandas",
    )
    environment.create_temporary_function("w5", aggregate)
    exploded = udtf(functions.w6, result_types=[DataTypes.STRING(), DataTypes.INT()])
    environment.create_temporary_function("w6", exploded)
    made: set[str] = set()

    def job(columns: dict[str, str], query: str) -> serving.Job:
        def run(file: str) -> float:
            table = "_".join(columns)
            text = csv_of(file, list(columns))
            if text not in made:
                declared = ", ".join(f"{name} {data_type}" for name, data_type in columns.items())
                environment.execute_sql(f"DROP TEMPORARY TABLE IF EXISTS {table}")
                environment.execute_sql(
                    f"CREATE TEMPORARY TABLE {table} ({declared}) "
                    f"WITH ('connector' = 'filesystem', 'path' = '{text}', 'format' = 'csv')"
                )
                made.add(text)
            with environment.execute_sql(query.format(table=table)).collect() as rows:
                return next(rows)[0]

        return run

    two = {"x": "DOUBLE", "y": "DOUBLE"}
    keyed = {"k": "BIGINT", **two}
    text = {"s": "STRING"}
    serving.serve(
        {
            "w1": job(two, "SELECT SUM(w1(x, y)) FROM {table}"),
            "w2": job(two, "SELECT SUM(w2(x, y)) FROM {table}"),
            "w3": job(text, "SELECT SUM(CHAR_LENGTH(w3(s))) FROM {table}"),
            "w4": job(two, "SELECT SUM(w4(x, y)) FROM {table}"),
            "w5": job(keyed, "SELECT SUM(v) FROM (SELECT k, w5(x, y) AS v FROM {table} GROUP BY k)"),
            "w6": job(text, "SELECT SUM(n) FROM {table}, LATERAL TABLE(w6(s)) AS u(word, n)"),
            "read": job(two, "SELECT SUM(x + y) FROM {table}"),
        }
    )


def over_series(function):
    return lambda x, y: function(x, y)


def csv_of(file: str, columns: list[str]) -> str:
    target = Path(file).with_suffix(f".{'-'.join(columns)}.csv")
    if not target.exists():
        options = csv.WriteOptions(include_header=False)
        csv.write_csv(pq.read_table(file, columns=columns), target, options)
    return str(target)


if __name__ == "__main__":
    main()
