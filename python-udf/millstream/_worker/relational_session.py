"""A DuckDB connection of its own for one relational stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .protocol import OpenRelationalStage

# A query runs this far ahead before it gives its first batch: more delays the first result.
_STREAMING_BUFFER_BYTES = 4 << 20


def open_session(body: OpenRelationalStage, time_zone: str) -> duckdb.DuckDBPyConnection:
    """Opens a database in memory, with the limits and the session settings of a stage.

    Extensions are neither installed nor loaded by themselves: a query must not reach for the network.
    """
    connection = duckdb.connect(
        ":memory:",
        config={
            "threads": body.threads,
            "memory_limit": f"{body.memory_limit_bytes}B",
            "temp_directory": body.temporary_directory,
            "preserve_insertion_order": body.keeps_order,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
    # As text: the binding of a parameter would import pandas where it is installed.
    connection.execute(f"SET TimeZone = {quote_text(time_zone)}")
    streaming_buffer = min(_STREAMING_BUFFER_BYTES, body.memory_limit_bytes // 8)
    connection.execute(f"SET streaming_buffer_size = '{streaming_buffer}B'")
    # Counts what has been read, for `query_progress`; nothing is printed.
    connection.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
    connection.execute("SET progress_bar_time = 0")
    return connection


def execute(
    connection: duckdb.DuckDBPyConnection, sql: str, relations: Mapping[str, object]
) -> duckdb.DuckDBPyConnection:
    """Runs a statement in which the names of `relations` stand for their Arrow capsules.

    DuckDB looks names up in the variables of the frame that calls it: that one has little but `relations`.
    """
    scope = {"__execute": connection.execute, "__sql": sql, **relations}
    result: duckdb.DuckDBPyConnection = eval("__execute(__sql)", scope)
    return result


def quote_text(text: str) -> str:
    """A SQL string literal."""
    return "'" + text.replace("'", "''") + "'"
