"""A DuckDB database of its own for one relational stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .duckdb_extension import duckdb

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .instructions import OpenRelationalStage

# A query runs this far ahead before it gives its first batch: more delays the first result.
_STREAMING_BUFFER_BYTES = 4 << 20


class RelationalSession:
    """An empty database in memory and its one connection, for one stage after the other.

    Opening one takes some 15 ms, as long as the rest of a small job; a stage that has ended well hands it on,
    with nothing in it. Extensions are neither installed nor loaded by themselves: a query must not reach for
    the network.
    """

    def __init__(self) -> None:
        self.connection = duckdb.connect(
            ":memory:",
            config={
                "threads": 1,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                # It takes a file that was written again within the second for the one it has read (1.5.5).
                "enable_external_file_cache": False,
                # It reads the input of an aggregate over a partition twice; a stage's comes once (1.5.5).
                "disabled_optimizers": "window_self_join",
            },
        )
        self._in_force: set[str] = set()
        self._builtins: set[str] = set()

    def begin(self, body: OpenRelationalStage, time_zone: str) -> None:
        """Gives the database the limits and the session settings of a stage, as far as they are others."""
        wanted = _settings(body, time_zone)
        for setting in wanted:
            if setting not in self._in_force:
                self.connection.execute(setting)
        self._in_force = set(wanted)

    def prepare(self, sql: str) -> None:
        """Makes the built-ins known that a statement calls and DuckDB does not have."""
        if "flink_" not in sql:
            return
        from .. import _builtins

        missing = _builtins.called(sql) - self._builtins
        _builtins.register(self.connection, missing)
        self._builtins |= missing

    def close(self) -> None:
        """Frees what it holds."""
        self.connection.close()


def _settings(body: OpenRelationalStage, time_zone: str) -> list[str]:
    streaming_buffer = min(_STREAMING_BUFFER_BYTES, body.memory_limit_bytes // 8)
    return [
        f"SET threads = {body.threads}",
        f"SET memory_limit = '{body.memory_limit_bytes}B'",
        f"SET temp_directory = {quote_text(body.temporary_directory)}",
        "RESET max_temp_directory_size"
        if body.temporary_bytes is None
        else f"SET max_temp_directory_size = '{body.temporary_bytes}B'",
        f"SET preserve_insertion_order = {body.keeps_order}",
        # As text: the binding of a parameter would import pandas where it is installed.
        f"SET TimeZone = {quote_text(time_zone)}",
        f"SET streaming_buffer_size = '{streaming_buffer}B'",
        # Counts what has been read, for `query_progress`; nothing is printed.
        "SET enable_progress_bar = true; SET enable_progress_bar_print = false",
        "SET progress_bar_time = 0",
    ]


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
