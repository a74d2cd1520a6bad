"""A function between `open` and `close`, without an engine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, cast

import pyarrow as pa

from .._execution import FunctionStage, LoadedFunction, StageMode, open_stage
from .._execution.codec import codec_for
from .._function_spec import specify
from .._option_values import FunctionKind
from .._types import DataType, from_arrow, parse_type
from ..context import Limits
from ..errors import UdfError


class FunctionHarness:
    """Opens a function once and calls it as a worker does: the same conversions, NULL rules and errors.

    Keyword arguments beside `input_types` are the job's: job_parameters, cached_files, job_id, subtask,
    parallelism, attempt, limits.

    >>> from millstream import FunctionContext, ScalarFunction
    >>> class Scale(ScalarFunction):
    ...     def open(self, context: FunctionContext) -> None:
    ...         self.factor = int(context.get_job_parameter("factor", "1"))
    ...         self.calls = context.counter("calls")
    ...     def eval(self, x: int) -> int:
    ...         self.calls.inc()
    ...         return x * self.factor
    >>> with FunctionHarness(Scale(), job_parameters={"factor": "3"}) as scale:
    ...     scale.call_rows([(1,), (2,)]), scale.call_rows([(5,)]), scale.metrics()["calls"]["count"]
    ([3, 6], [15], 3)
    """

    def __init__(
        self,
        function: object,
        input_types: Sequence[DataType | str] | None = None,
        *,
        job_parameters: dict[str, str] | None = None,
        cached_files: dict[str, str] | None = None,
        job_id: str = "test",
        subtask: int = 0,
        parallelism: int = 1,
        attempt: int = 0,
        limits: Limits | None = None,
    ) -> None:
        self._spec = specify("function", function)
        if self._spec.definition.kind not in _MODES:
            raise UdfError(
                "UDF_TEST_KIND",
                "The testing kit calls scalar, table and aggregate functions.",
                hint="Call the methods of a table aggregate directly: it is a plain Python object.",
            )
        self._given = input_types
        self._context = _Context(
            job_id, subtask, parallelism, attempt, job_parameters or {}, cached_files or {}
        )
        self._limits = limits
        self._loaded = LoadedFunction(getattr(function, "__name__", None) or "function", "", self._spec)
        self._stages: dict[tuple[str, ...], FunctionStage] = {}
        self._measured: dict[str, dict[str, Any]] = {}

    def call_rows(self, rows: Iterable[Sequence[Any]]) -> list[Any]:
        """Results for rows of arguments; see `call_rows`."""
        arguments = [tuple(row) for row in rows]
        types = self.input_types(len(arguments[0]) if arguments else None)
        columns = [codec_for(t).encode([row[i] for row in arguments]) for i, t in enumerate(types)]
        result = self._call(types, columns, len(arguments))
        is_table = self._spec.definition.kind == "table"
        result_types = [f.type for f in self._spec.result.fields] if is_table else [self._spec.result]
        values = [list(codec_for(t).decode(c)) for t, c in zip(result_types, result.columns, strict=True)]
        return list(zip(*values, strict=True)) if is_table else values[0]

    def call_batch(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Results for the columns of a batch; see `call_batch`."""
        types = [from_arrow(arrow_type) for arrow_type in batch.schema.types]
        columns = [
            column.cast(codec_for(data_type).arrow_type)
            for data_type, column in zip(types, batch.columns, strict=True)
        ]
        return self._call(types, columns, batch.num_rows)

    def metrics(self) -> dict[str, dict[str, Any]]:
        """What was measured so far, by name, with labels as in `name{key=value}`: fields count, value, sum,
        min, max."""
        for stage in self._stages.values():
            for value in stage.take_metrics():
                labels = ", ".join(f"{key}={text}" for key, text in sorted(value["labels"].items()))
                name = value["name"] + (f"{{{labels}}}" if labels else "")
                self._measured[name] = _merged(self._measured.get(name), value)
        return self._measured

    def input_types(self, arguments: int | None = None) -> list[DataType]:
        """The SQL types of the arguments: given, or declared.

        Raises:
            UdfError: UDF_NO_TYPES.
        """
        if self._given is not None:
            return [t if isinstance(t, DataType) else parse_type(t) for t in self._given]
        parameters = self._spec.parameters
        types: list[DataType] = []
        for i in range(len(parameters) if arguments is None else arguments):
            parameter = parameters[min(i, len(parameters) - 1)] if parameters else None
            if parameter is None or parameter.type is None:
                raise UdfError(
                    "UDF_NO_TYPES",
                    f"The type of argument {i} is not declared.",
                    hint="Give input_types, for example ['BIGINT'].",
                )
            types.append(parameter.type)
        return types

    def close(self) -> None:
        """Calls `close` of the function."""
        while self._stages:
            self._stages.popitem()[1].close()

    def __enter__(self) -> FunctionHarness:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _call(self, types: Sequence[DataType], columns: Sequence[pa.Array], rows: int) -> pa.RecordBatch:
        stage = self._stage(types)
        batches = [cast(pa.RecordBatch, answer.columns) for answer in stage.process(columns, rows)]
        table = pa.Table.from_batches(batches, stage.output_schema).combine_chunks()
        return next(iter(table.to_batches()), pa.RecordBatch.from_pylist([], schema=stage.output_schema))

    def _stage(self, types: Sequence[DataType]) -> FunctionStage:
        key = tuple(map(str, types))
        if key not in self._stages:
            self._stages[key] = open_stage(
                mode=_MODES[self._spec.definition.kind],
                input=[_ColumnSpec(f"c{i}", text) for i, text in enumerate(key)],
                steps=[
                    _CallStep(
                        self._loaded.name,
                        [_ColumnArgument(i) for i in range(len(types))],
                        str(self._spec.result),
                    )
                ],
                result_steps=[0],
                outer=False,
                key_columns=[],
                functions={self._loaded.name: self._loaded},
                context=self._context,
                stage="test",
                limits=self._limits,
            )
        return self._stages[key]


def _merged(before: dict[str, Any] | None, value: dict[str, Any]) -> dict[str, Any]:
    if before is None:
        return value
    lists = [before["buckets"], value["buckets"]]
    return {
        **value,
        "count": before["count"] + value["count"],
        "sum": _both(before["sum"], value["sum"], lambda a, b: a + b),
        "min": _both(before["min"], value["min"], min),
        "max": _both(before["max"], value["max"], max),
        "buckets": [bucket for buckets in lists for bucket in buckets],
    }


def _both(a: Any, b: Any, combine: Any) -> Any:
    return b if a is None else a if b is None else combine(a, b)


_MODES: dict[FunctionKind, StageMode] = {"scalar": "scalar", "table": "table", "aggregate": "aggregate"}


@dataclass(frozen=True)
class _Context:
    job_id: str
    subtask: int
    parallelism: int
    attempt: int
    job_parameters: dict[str, str]
    cached_files: dict[str, str]


@dataclass(frozen=True)
class _ColumnSpec:
    name: str
    type: str


@dataclass(frozen=True)
class _ColumnArgument:
    column: int
    kind: Literal["column"] = "column"


@dataclass(frozen=True)
class _CallStep:
    function: str
    arguments: Sequence[_ColumnArgument]
    result_type: str
    argument_names: Sequence[str | None] = field(default=())
    guard: int | None = None
    distinct: bool = False
    filter: int | None = None
    frame: None = None
