"""What a stage is opened with: the fields of `open_function_stage` that concern execution.

Structural types: the worker's protocol structs satisfy them, and so do plain dataclasses in tests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

StageMode = Literal[
    "scalar", "filter", "table", "aggregate", "partial", "merge", "map", "window", "accumulate", "process"
]


PartialFunction = Literal["COUNT", "SUM", "MIN", "MAX"]


class PartialAggregate(Protocol):
    """A built-in aggregate of the results; `column` None: COUNT of all rows."""

    @property
    def function(self) -> PartialFunction: ...
    @property
    def column(self) -> int | None: ...


class StageContext(Protocol):
    """What functions are told of their job and task (`StageContext` of the protocol)."""

    @property
    def job_id(self) -> str: ...
    @property
    def subtask(self) -> int: ...
    @property
    def parallelism(self) -> int: ...
    @property
    def attempt(self) -> int: ...
    @property
    def job_parameters(self) -> Mapping[str, str]: ...
    @property
    def cached_files(self) -> Mapping[str, str]: ...


class ColumnSpec(Protocol):
    """A column by name and SQL type text."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> str: ...


class ColumnArgument(Protocol):
    """A shipped column: its position in the concatenation of the shipped groups' columns."""

    @property
    def kind(self) -> Literal["column"]: ...
    @property
    def column(self) -> int: ...


class StepArgument(Protocol):
    """The result of an earlier step of the same stage."""

    @property
    def kind(self) -> Literal["step"]: ...
    @property
    def step(self) -> int: ...


class LiteralArgument(Protocol):
    """A constant: `value` in the JSON encoding of results, `type` as SQL type text."""

    @property
    def kind(self) -> Literal["literal"]: ...
    @property
    def value(self) -> object: ...
    @property
    def type(self) -> str: ...


class TableArgument(Protocol):
    """A table: the positions and names of its columns; `member` numbers the tables of a call from 0."""

    @property
    def kind(self) -> Literal["table"]: ...
    @property
    def member(self) -> int: ...
    @property
    def columns(self) -> Sequence[int]: ...
    @property
    def names(self) -> Sequence[str]: ...


CallArgument = ColumnArgument | StepArgument | LiteralArgument | TableArgument


class CallFrame(Protocol):
    """Shipped columns with the first and the last row of a frame (`CallFrame` of the stage graph)."""

    @property
    def start(self) -> int | None: ...
    @property
    def end(self) -> int | None: ...


class CallStep(Protocol):
    """One function call over all rows of a bundle; fields as `CallStep` of the stage graph."""

    @property
    def function(self) -> str: ...
    @property
    def arguments(self) -> Sequence[CallArgument]: ...
    @property
    def argument_names(self) -> Sequence[str | None]: ...
    @property
    def guard(self) -> int | None: ...
    @property
    def result_type(self) -> str: ...
    @property
    def distinct(self) -> bool: ...
    @property
    def filter(self) -> int | None: ...
    @property
    def frame(self) -> CallFrame | None: ...


class KeptState(Protocol):
    """`accumulate`: shipped columns that the core adds to the rows (`KeptState` of the stage graph)."""

    @property
    def group(self) -> int: ...
    @property
    def retracts(self) -> int | None: ...
    @property
    def continues(self) -> int: ...
    @property
    def accumulators(self) -> Sequence[int]: ...


class WindowColumns(Protocol):
    """Shipped columns with the window of a row (`WindowColumns` of the stage graph)."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def of_key(self) -> bool: ...


class ProcessColumns(Protocol):
    """`process`: shipped columns that the core adds to the rows (`ProcessColumns` of the stage graph)."""

    @property
    def group(self) -> int: ...
    @property
    def is_row(self) -> int: ...
    @property
    def timestamp(self) -> int: ...
    @property
    def clock(self) -> int: ...
    @property
    def until(self) -> int: ...
    @property
    def state(self) -> int: ...
    @property
    def window(self) -> WindowColumns | None: ...
    @property
    def member(self) -> int | None: ...
    @property
    def broadcast(self) -> int | None: ...
