"""Opens stages over functions of a test, as the worker does after `open_function_stage`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from millstream._execution import PARTITION_BYTES, FunctionStage, LoadedFunction, open_stage
from millstream._execution.codec import codec_for
from millstream._function_spec import specify
from millstream._types import parse_type


@dataclass(frozen=True)
class ColumnSpec:
    name: str
    type: str


@dataclass(frozen=True)
class Column:
    column: int
    kind: str = "column"


@dataclass(frozen=True)
class Step:
    step: int
    kind: str = "step"


@dataclass(frozen=True)
class Literal:
    value: Any
    type: str
    kind: str = "literal"


@dataclass(frozen=True)
class Table:
    columns: Sequence[int]
    names: Sequence[str]
    member: int = 0
    kind: str = "table"


@dataclass(frozen=True)
class Frame:
    start: int | None
    end: int | None


@dataclass(frozen=True)
class CallStep:
    function: str
    arguments: Sequence[Any]
    result_type: str
    argument_names: Sequence[str | None] = ()
    guard: int | None = None
    distinct: bool = False
    filter: int | None = None
    frame: Frame | None = None


@dataclass
class Stage:
    """A stage with the types of its input, so that tests write rows."""

    stage: FunctionStage
    types: Sequence[str]

    def columns(self, *columns: Sequence[Any]) -> list[pa.Array]:
        return [codec_for(parse_type(t)).encode(list(c)) for t, c in zip(self.types, columns, strict=True)]

    def answers(self, *columns: Sequence[Any], rows: int | None = None, continued: bool = False) -> list[Any]:
        count = len(columns[0]) if rows is None else rows
        return list(self.stage.process(self.columns(*columns), count, continued))

    def rows(self, *columns: Sequence[Any], rows: int | None = None, continued: bool = False) -> list[Any]:
        """Result rows as (position in the bundle, value…) over all answers."""
        result: list[Any] = []
        for answer in self.answers(*columns, rows=rows, continued=continued):
            positions = range(answer.rows) if answer.selection is None else answer.selection.to_pylist()
            batch = answer.columns
            if batch is not None:
                batch.validate(full=True)
            values = [] if batch is None else [column.to_pylist() for column in batch.columns]
            result += zip(positions, *values, strict=True)
        return result


def open_test_stage(
    functions: dict[str, Any],
    types: Sequence[str],
    steps: Sequence[CallStep],
    mode: str = "scalar",
    result_steps: Sequence[int] | None = None,
    outer: bool = False,
    key_columns: Sequence[int] = (),
    time_zone: str = "UTC",
    **limits: Any,
) -> Stage:
    loaded = {name: LoadedFunction(name, f"udfs.{name}", specify(name, f)) for name, f in functions.items()}
    stage = open_stage(
        mode=mode,  # type: ignore[arg-type]
        input=[ColumnSpec(f"c{i}", t) for i, t in enumerate(types)],
        steps=steps,
        result_steps=[len(steps) - 1] if result_steps is None else result_steps,
        outer=outer,
        key_columns=key_columns,
        functions=loaded,
        time_zone=time_zone,
        **limits,
    )
    return Stage(stage, types)


def scalar(function: Any, types: Sequence[str], result: str, **options: Any) -> Stage:
    """A stage of one call with all columns as its arguments."""
    step = CallStep("f", [Column(i) for i in range(len(types))], result)
    return open_test_stage({"f": function}, types, [step], **options)


def grouped(
    function: Any,
    result: str = "STRING",
    types: tuple[str, ...] = ("INT", "INT"),
    keys: tuple[int, ...] = (0,),
    partition_bytes: int = PARTITION_BYTES,
    **step: Any,
) -> Stage:
    """A stage of one aggregate of the second column, grouped by the first."""
    arguments = step.pop("arguments", [Column(1)])
    call = CallStep("f", arguments, result, **step)
    return open_test_stage(
        {"f": function}, types, [call], mode="aggregate", key_columns=keys, partition_bytes=partition_bytes
    )
