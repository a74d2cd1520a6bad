"""A DuckDB connection of its own for one relational stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .duckdb_extension import duckdb

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .protocol import OpenRelationalStage

# A query runs this far ahead before it gives its first batch: more delays the first result.
_STREAMING_BUFFER_BYTES = 4 << 20


def open_database() -> duckdb.DuckDBPyConnection:
    """Opens an empty database in memory, for `begin_session`; it takes some 15 ms.

    Extensions are neither installed nor loaded by themselves: a query must not reach for the network.
    """
    return duckdb.connect(
        ":memory:",
        config={"threads": 1, "autoinstall_known_extensions": False, "autoload_known_extensions": False},
    )


def begin_session(connection: duckdb.DuckDBPyConnection, body: OpenRelationalStage, time_zone: str) -> None:
    """Gives an empty database the limits and the session settings of a stage."""
    connection.execute(f"SET threads = {body.threads}")
    connection.execute(f"SET memory_limit = '{body.memory_limit_bytes}B'")
    connection.execute(f"SET temp_directory = {quote_text(body.temporary_directory)}")
    connection.execute(f"SET preserve_insertion_order = {body.keeps_order}")
    # As text: the binding of a parameter would import pandas where it is installed.
    connection.execute(f"SET TimeZone = {quote_text(time_zone)}")
    streaming_buffer = min(_STREAMING_BUFFER_BYTES, body.memory_limit_bytes // 8)
    connection.execute(f"SET streaming_buffer_size = '{streaming_buffer}B'")
    # Counts what has been read, for `query_progress`; nothing is printed.
    connection.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
    connection.execute("SET progress_bar_time = 0")


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
