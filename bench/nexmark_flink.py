"""The Nexmark queries by PyFlink's mini-cluster, in one process that stays warm.

    python nexmark_flink.py TABLES.sql FUNCTIONS.py EVENTS.json PARALLELISM

answers each line `{"sql": query, "name": name}` with `{"seconds": run time of the job}`: its start and its
planning are not counted.
"""

from __future__ import annotations

import functools
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

TYPES = {"to_euro": "DECIMAL(23, 3)", "time_class": "STRING", "count_char": "BIGINT", "channel_id": "STRING"}
AGGREGATES = ("average", "highest", "occurrences")


def functions(file: str) -> dict[str, Any]:
    """The functions of the file as they are, without their decorator: pickled whole, by this module."""
    source = Path(file).read_text(encoding="utf-8")
    plain = "from pyflink.table.udf import AggregateFunction\nudf = udaf = lambda function: function"
    source = source.replace("from millstream import AggregateFunction, udaf, udf", plain)
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(source, file, "exec"), names)
    return {name: strict(names[name]) if name in TYPES else names[name] for name in (*TYPES, *AGGREGATES)}


def strict(function: Any) -> Any:
    """NULL for NULL, as `@udf` makes it of these annotations: Flink calls it for rows that a filter drops."""

    @functools.wraps(function)
    def call(*arguments: Any) -> Any:
        return None if None in arguments else function(*arguments)

    return call


def main(tables: str, functions_file: str, events: str, parallelism: str) -> None:
    # Flink writes lines of its own.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    from pyflink.table import EnvironmentSettings, TableEnvironment
    from pyflink.table.udf import udaf, udf

    environment = TableEnvironment.create(EnvironmentSettings.in_streaming_mode())
    configuration = environment.get_config()
    configuration.set("parallelism.default", parallelism)
    configuration.set("python.executable", sys.executable)
    configuration.set("heartbeat.timeout", "1 h")
    configuration.set_local_timezone("UTC")
    source = f"'connector' = 'filesystem', 'path' = '{events}', 'format' = 'json'"
    for statement in filter(str.strip, Path(tables).read_text(encoding="utf-8").split(";")):
        environment.execute_sql(re.sub(r"'connector' = 'nexmark'[^)]*", source, statement))
    for name, function in functions(functions_file).items():
        declared = (
            udaf(function, result_type="BIGINT", accumulator_type="ARRAY<BIGINT>")
            if name in AGGREGATES
            else udf(function, result_type=TYPES[name])
        )
        environment.create_temporary_function(name, declared)
    for line in sys.stdin:
        request = json.loads(line)
        schema = environment._j_tenv.sqlQuery(request["sql"]).getResolvedSchema()
        columns = ", ".join(
            f"`{column.getName()}` {column.getDataType().getLogicalType().copy(True)}"
            for column in schema.getColumns()
        )
        columns = columns.replace("*ROWTIME*", "")
        sink = f"sink_{request['name']}"
        environment.execute_sql(f"DROP TEMPORARY TABLE IF EXISTS {sink}")
        environment.execute_sql(f"CREATE TEMPORARY TABLE {sink} ({columns}) WITH ('connector' = 'blackhole')")
        result = environment.execute_sql(f"INSERT INTO {sink} {request['sql']}")
        job = result.get_job_client().get_job_execution_result().result()
        print(json.dumps({"seconds": job.get_net_runtime() / 1000}), file=answers, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
