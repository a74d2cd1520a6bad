"""Runs DuckDB statements given as JSON on stdin: {"setup": [sql], "queries": [sql]}.

Prints a JSON list with one {"values": [...]} or {"error": text} for each query: its first column.
"""

import base64
import json
import math
import sys
from typing import Any

import duckdb
import pyarrow as pa

from millstream._builtins import called, register


def encode(value: Any, kind: pa.DataType) -> Any:
    """A value in the form of the cases: exact numbers as they are or as text, dates and times as text."""
    if value is None:
        return None
    if pa.types.is_decimal(kind):
        return format(value, "f")
    if pa.types.is_floating(kind):
        return value if math.isfinite(value) else str(value).replace("nan", "NaN").replace("inf", "Infinity")
    if pa.types.is_timestamp(kind):
        text = value.strftime("%Y-%m-%d %H:%M:%S") + fraction(value.microsecond)
        return text + ("Z" if kind.tz else "")
    if pa.types.is_time(kind):
        return value.strftime("%H:%M:%S") + fraction(value.microsecond)
    if pa.types.is_date(kind):
        return value.isoformat()
    if pa.types.is_binary(kind):
        return {"$bytes": base64.b64encode(value).decode()}
    if pa.types.is_map(kind):
        pairs = [[encode(k, kind.key_type), encode(v, kind.item_type)] for k, v in value]
        return {"$map": sorted(pairs, key=json.dumps)}
    if pa.types.is_list(kind):
        return [encode(item, kind.value_type) for item in value]
    if pa.types.is_struct(kind):
        return [encode(value[field.name], field.type) for field in kind]
    return value


def fraction(microsecond: int) -> str:
    return f".{microsecond:06d}".rstrip("0") if microsecond else ""


def run(connection: duckdb.DuckDBPyConnection, sql: str) -> dict[str, Any]:
    try:
        column = connection.execute(sql).to_arrow_table().column(0)
    except duckdb.Error as error:
        return {"error": str(error)}
    return {"values": [encode(value.as_py(), column.type) for value in column], "type": str(column.type)}


def main() -> None:
    request = json.load(sys.stdin)
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    known: set[str] = set()
    for sql in [*request["setup"], *request["queries"]]:
        known |= called(sql)
    register(connection, known)
    for sql in request["setup"]:
        connection.execute(sql)
    json.dump([run(connection, sql) for sql in request["queries"]], sys.stdout)


if __name__ == "__main__":
    main()
