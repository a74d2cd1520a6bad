"""A compiled stage: opened once, then fed bundles in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import pyarrow as pa

from .answer import Answer
from .instruction import CallStep, ColumnSpec, StageMode
from .loaded_function import LoadedFunction


class FunctionStage(Protocol):
    """Runs the calls of one stage. Not thread-safe: one bundle at a time, in order."""

    @property
    def output(self) -> Sequence[tuple[str, str]]:
        """Name and SQL type text of each result column: the reply to `open_function_stage`."""

    @property
    def output_schema(self) -> pa.Schema:
        """Arrow schema of `Answer.columns`."""

    @property
    def running(self) -> str | None:
        """Name of the function whose code runs now; may be read from another thread."""

    def process(self, columns: Sequence[pa.Array], rows: int, continued: bool = False) -> Iterator[Answer]:
        """Runs one bundle; the iterator must be exhausted. Answers come in row order, each of at most 65,536 rows
        for table functions; zero or more answers.

        `columns` are the shipped columns in order, all of `rows` rows. `continued`: the last key group goes on in
        the next bundle (aggregates only).

        Raises:
            UdfError: the user's code failed or gave a result that does not fit; `details.row` is the row in the
            bundle. The stage stays usable, but an aggregate stage has lost its open group.
        """

    def take_timing(self) -> tuple[list[int], list[int]]:
        """Nanoseconds and calls by step since the last `take_timing`."""

    def close(self) -> None:
        """Calls `close` of functions whose last stage this was. May be called twice."""


def open_stage(
    *,
    mode: StageMode,
    input: Sequence[ColumnSpec],
    steps: Sequence[CallStep],
    result_steps: Sequence[int],
    outer: bool,
    key_columns: Sequence[int],
    functions: Mapping[str, LoadedFunction],
    time_zone: str = "UTC",
) -> FunctionStage:
    """Compiles a stage and calls `open` of its functions; arguments as in `open_function_stage`.

    Raises:
        UdfError: `open` failed (UDF_EXCEPTION), a function is unknown (UDF_NOT_FOUND), or its arguments do not
        fit (UDF_ARGUMENTS).
    """
    raise NotImplementedError
