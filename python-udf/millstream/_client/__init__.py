"""`millstream.connect`: the runtime as a child of this process. Workers import it too: it loads nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from .connection import Connection


def connect(
    configuration: Mapping[str, str | int | float | bool] | None = None,
    *,
    working_directory: str | os.PathLike[str] | None = None,
    mode: Literal["batch", "streaming"] | None = None,
    python: str | None = None,
) -> Connection:
    """Starts a runtime of its own and opens a session in it; both end with `close`, or with this process.

    `configuration` takes what `SET` takes (`{"millstream.memory": "4 GB"}`). Relative paths start at
    `working_directory` (here: the current one). `python` is the interpreter of the workers: this one, if
    not given. `mode` is found from the sources, if not given. A connection runs one statement at a time.

    >>> with connect() as con:
    ...     con.sql("SELECT 6 * 7 AS answer").fetchall()
    [(42,)]

    Raises:
        EnvironmentError: RUNTIME_NOT_FOUND, RUNTIME_NOT_BUILT, NODE_NOT_FOUND, NODE_VERSION or RUNTIME_START.
        ConfigurationError: a key of `configuration` is unknown or has a wrong value.
    """
    from .connection import Connection

    return Connection.open(configuration or {}, working_directory, mode, python)
