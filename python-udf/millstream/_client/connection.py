"""A session of the runtime, as Python programs use it."""

from __future__ import annotations

import os
import shutil
import sys
import weakref
from collections import deque
from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, overload

import pyarrow as pa

from ..errors import EnvironmentError
from .channel import Channel
from .registered_functions import Registration, locate
from .result import ArrowPieces, Result, ResultColumn, columns_of, table_of
from .runtime import RuntimeProcess, check_node, runtime_command
from .tables import create_table, identifier, write_table

_PROTOCOL = 1


@dataclass(frozen=True)
class Outcome:
    """What one statement of a script gave; fields that its kind does not have are None.

    `ok`: maybe a `text`. `explain`: the plan as `text`. `inserted`: `rows` written to table `name`. `rows`:
    a query's rows as `table`. `metrics` is what functions measured (`Result.metrics`), for `inserted`.
    """

    kind: Literal["ok", "explain", "inserted", "rows"]
    text: str | None = None
    name: str | None = None
    rows: int | None = None
    table: pa.Table | None = None
    metrics: tuple[dict[str, Any], ...] = ()


class Connection:
    """Tables, functions and settings of one session, and its runtime. Made by `millstream.connect`.

    It runs one statement at a time: beginning another cancels a result that is not read to its end. After
    Ctrl-C the statement is cancelled and the connection goes on. Its methods raise the errors of
    `millstream.errors`, the same that the command prints.
    """

    def __init__(self, channel: Channel, folder: Path, runtime_pid: int) -> None:
        self._channel = channel
        self._folder = folder
        #: Plans of results that are gone unread; the runtime drops them with the next one.
        self._forgotten: deque[int] = deque()
        self._files = 0
        self._close = weakref.finalize(self, _close, channel, folder)
        self.runtime_pid = runtime_pid

    @classmethod
    def open(
        cls,
        configuration: Mapping[str, str | int | float | bool],
        working_directory: str | os.PathLike[str] | None,
        mode: str | None,
        python: str | None,
    ) -> Connection:
        """See `millstream.connect`."""
        process = RuntimeProcess(runtime_command(), working_directory)
        channel = Channel(process)
        try:
            ready = channel.done(
                "open",
                configuration={key: _setting(value) for key, value in configuration.items()},
                python=python or sys.executable,
                mode=mode,
            )
            check_node(ready["node"])
            if ready["protocol"] != _PROTOCOL:
                raise EnvironmentError(
                    "RUNTIME_VERSION",
                    f"The runtime is of version {ready['version']}, which this package does not understand.",
                    hint="Install the same version of both.",
                )
        except BaseException:
            channel.close()
            raise
        return cls(channel, Path(ready["folder"]), process.pid)

    def sql(self, query: str) -> Result:
        """Plans one query (SELECT, SHOW, DESCRIBE); it runs when its rows are taken."""
        return Result(self, query, *self._plan(query))

    def execute(self, script: str) -> list[Outcome]:
        """Runs statements in order and waits for each; rows of queries are held in memory."""
        return self._outcomes("execute", sql=script)

    def run(self, job: str | os.PathLike[str]) -> list[Outcome]:
        """Runs a job file (.sql, .yaml, .json) in this session; functions are also found beside it.

        A relative path starts at the working directory of the connection.
        """
        return self._outcomes("run", file=os.fspath(job))

    def explain(self, script: str) -> str:
        """How the queries of a script would run; its other statements are executed."""
        return str(self._channel.done("explain", sql=script)["text"])

    @overload
    def register(self, name: str, value: Any, /) -> None: ...

    @overload
    def register(self, function: Any, /) -> None: ...

    def register(self, first: Any, value: Any = None, /) -> None:
        """Makes a table or a function known to SQL: `register("t", data)`, `register(function)`,
        `register("name", function)`. A table or function of this name is replaced.

        Data (see `tables.write_table`) are copied to a Parquet file that lives as long as the connection. A
        function of a module is imported by the workers; a function of a notebook or of the main script is
        sent as its source, with the imports, constants and functions that it uses; one that uses other
        variables is sent with their values, by cloudpickle.

        Raises:
            SourceError: REGISTER_DATA, REGISTER_TYPE.
            UdfError: UDF_SERIALIZE where a function cannot be sent; what decorators and types raise.
        """
        name = first if isinstance(first, str) else None
        thing = value if isinstance(first, str) else first
        registration = locate(thing, name, self._folder)
        if registration is not None:
            self._register_function(registration)
        else:
            self._register_table(str(name), thing)

    def close(self) -> None:
        """Cancels what runs, ends runtime and workers, removes registered data. May be called twice."""
        self._close()

    def __enter__(self) -> Connection:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _plan(self, query: str) -> tuple[int, tuple[ResultColumn, ...]]:
        forget = [self._forgotten.popleft() for _ in range(len(self._forgotten))]
        planned = self._channel.done("query", sql=query, forget=forget)
        return planned["id"], columns_of(planned)

    def _fetch(
        self, query: str, planned: int | None
    ) -> Generator[pa.RecordBatch, None, list[dict[str, Any]]]:
        """Runs a planned query and returns what functions measured; None: it has run before and is planned
        anew."""
        if planned is None:
            planned, _ = self._plan(query)
        pieces = ArrowPieces()
        metrics: list[dict[str, Any]] = []
        with closing(self._channel.ask("fetch", query=planned)) as answers:
            for frame in answers:
                batch = pieces.take(frame) if frame.type == "arrow" else None
                if batch is not None:
                    yield batch
                elif frame.type == "done":
                    metrics = frame.header["metrics"]
        return metrics

    def _outcomes(self, kind: str, **fields: Any) -> list[Outcome]:
        outcomes: list[Outcome] = []
        rows: _Rows | None = None
        for frame in self._channel.ask(kind, **fields):
            if frame.type == "arrow" and rows is not None:
                rows.take(frame)
                continue
            if rows is not None:
                outcomes.append(rows.outcome())
                rows = None
            header = frame.header
            if frame.type == "outcome" and header["kind"] == "rows":
                rows = _Rows(columns_of(header))
            elif frame.type == "outcome":
                facts = (header.get("text"), header.get("table"), header.get("rows"))
                metrics = tuple(header.get("metrics", ()))
                outcomes.append(Outcome(header["kind"], *facts, metrics=metrics))
        return outcomes

    def _register_table(self, name: str, data: Any) -> None:
        self._files += 1
        file = self._folder / f"table-{self._files}.parquet"
        self.execute(create_table(name, write_table(name, data, file), file))

    def _register_function(self, registration: Registration) -> None:
        for folder in registration.folders:
            self._channel.done("add_module_folder", folder=folder)
        name = identifier(registration.name)
        self.execute(
            f"DROP TEMPORARY FUNCTION IF EXISTS {name};\n"
            f"CREATE TEMPORARY FUNCTION {name} AS '{registration.target}' LANGUAGE PYTHON;"
        )


class _Rows:
    """Collects the rows of one query of a script."""

    def __init__(self, columns: tuple[ResultColumn, ...]) -> None:
        self._columns = columns
        self._pieces = ArrowPieces()
        self._batches: list[pa.RecordBatch] = []

    def take(self, frame: Any) -> None:
        batch = self._pieces.take(frame)
        if batch is not None:
            self._batches.append(batch)

    def outcome(self) -> Outcome:
        return Outcome("rows", table=table_of(iter(self._batches), self._columns))


def _setting(value: str | int | float | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _close(channel: Channel, folder: Path) -> None:
    channel.close()
    # The runtime removes it; a runtime that was killed could not.
    shutil.rmtree(folder, ignore_errors=True)
