"""A function between `open` and `close`, without an engine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

import pyarrow as pa

from .._column_names import names_of
from .._execution import FunctionStage, LoadedFunction, StageMode
from .._execution.codec import codec_for
from .._function_spec import specify
from .._option_values import FunctionKind
from .._types import DataType, from_arrow, parse_type
from .._worker.instructions import ColumnArgument, StageContext
from ..context import Limits
from ..errors import UdfError
from .bundles import Bundle, cut, run_bundles
from .measured import Measured
from .open_function import open_function
from .row_frame import BIGINT, row_frame
from .table_call import TableCall

_MODES: dict[FunctionKind, StageMode] = {
    "scalar": "scalar",
    "table": "table",
    "aggregate": "aggregate",
    "table_aggregate": "map",
}


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
        self.spec = specify("function", function)
        self._given = input_types
        self._context = StageContext(
            job_id, subtask, parallelism, attempt, job_parameters or {}, cached_files or {}
        )
        self._limits = limits
        self._loaded = LoadedFunction(getattr(function, "__name__", None) or "function", "", self.spec)
        self._stages: dict[str, FunctionStage] = {}
        self._measured = Measured()

    def call_rows(self, rows: Iterable[Sequence[Any]], batch_rows: int | None = None) -> list[Any]:
        """Results for rows of arguments; see `call_rows`. `batch_rows` cuts them into batches."""
        self._refuse_tables()
        arguments = [tuple(row) for row in rows]
        types, columns = self._columns(arguments)
        result = self._call(types, columns, len(arguments), batch_rows)
        return _values(result, self._result_types(), as_rows=self._gives_rows)

    def call_over(
        self, rows: Iterable[Sequence[Any]], preceding: int | None = None, following: int | None = 0
    ) -> list[Any]:
        """The value of an aggregate for each row over the rows around it; see `call_over`."""
        if self.spec.definition.kind != "aggregate":
            raise UdfError(
                "UDF_TEST_KIND",
                f"OVER takes aggregate functions, and this is a {self.spec.definition.kind} function.",
                hint="Declare it with @udaf, or use call_rows.",
            )
        arguments = [tuple(row) for row in rows]
        types, columns = self._columns(arguments)
        bounds, frame = row_frame(len(types), len(arguments), preceding, following)
        given = [ColumnArgument(i) for i in range(len(types))]
        stage = self._stage("window", [*types, BIGINT, BIGINT], arguments=given, frame=frame)
        bundle = Bundle([*columns, *bounds], len(arguments), continued=False)
        return _values(_one_batch(stage, [bundle]), [self.spec.result])

    def call_table(
        self,
        *tables: Any,
        partition_by: str | Sequence[str] = (),
        order_by: str | Sequence[str] = (),
        batch_rows: int | None = None,
        **arguments: Any,
    ) -> list[tuple[Any, ...]]:
        """Rows that a function over tables or a table aggregate gives; see `call_table`."""
        call = TableCall(self.spec, tables, names_of(partition_by), names_of(order_by), arguments)
        batches = run_bundles(self._stage("map", call.types, **call.options), call.bundles(batch_rows))
        return call.rows(batches)

    def call_batch(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Results for the columns of a batch; see `call_batch`."""
        self._refuse_tables()
        types = [from_arrow(arrow_type) for arrow_type in batch.schema.types]
        columns = [
            column.cast(codec_for(data_type).arrow_type)
            for data_type, column in zip(types, batch.columns, strict=True)
        ]
        return self._call(types, columns, batch.num_rows, None)

    def metrics(self) -> dict[str, dict[str, Any]]:
        """What was measured so far, by name, with labels as in `name{key=value}`: fields count, value, sum,
        min, max."""
        self._measured.take(self._stages.values())
        return self._measured.values

    def input_types(self, arguments: int | None = None) -> list[DataType]:
        """The SQL types of the arguments: given, or declared.

        Raises:
            UdfError: UDF_NO_TYPES.
        """
        if self._given is not None:
            return [t if isinstance(t, DataType) else parse_type(t) for t in self._given]
        parameters = self.spec.parameters
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

    @property
    def _gives_rows(self) -> bool:
        return self.spec.definition.kind in ("table", "table_aggregate")

    def _result_types(self) -> list[DataType]:
        return [f.type for f in self.spec.result.fields] if self._gives_rows else [self.spec.result]

    def _refuse_tables(self) -> None:
        if any(parameter.table is not None for parameter in self.spec.parameters):
            raise UdfError(
                "UDF_TEST_KIND",
                "This function takes tables, not rows of arguments.",
                hint="Use call_table(function, table, …).",
            )

    def _columns(self, rows: Sequence[Sequence[Any]]) -> tuple[list[DataType], list[pa.Array]]:
        types = self.input_types(len(rows[0]) if rows else None)
        return types, [codec_for(t).encode([row[i] for row in rows]) for i, t in enumerate(types)]

    def _call(
        self, types: Sequence[DataType], columns: Sequence[pa.Array], rows: int, batch_rows: int | None
    ) -> pa.RecordBatch:
        is_group = self.spec.definition.kind in ("aggregate", "table_aggregate")
        bundles = cut(columns, rows, batch_rows, lambda end: is_group)
        return _one_batch(self._stage(_MODES[self.spec.definition.kind], types), bundles)

    def _stage(self, mode: StageMode, types: Sequence[DataType], **options: Any) -> FunctionStage:
        key = f"{mode} {[*map(str, types)]} {options}"
        if key not in self._stages:
            self._stages[key] = open_function(
                self._loaded, mode, types, self._context, self._limits, **options
            )
        return self._stages[key]


def _one_batch(stage: FunctionStage, bundles: Iterable[Bundle]) -> pa.RecordBatch:
    """All answers to some bundles."""
    batches = [cast(pa.RecordBatch, answer.columns) for _, answer in run_bundles(stage, bundles)]
    table = pa.Table.from_batches(batches, stage.output_schema).combine_chunks()
    return next(iter(table.to_batches()), pa.RecordBatch.from_pylist([], schema=stage.output_schema))


def _values(batch: pa.RecordBatch, types: Sequence[DataType], as_rows: bool = False) -> list[Any]:
    columns = [list(codec_for(t).decode(c)) for t, c in zip(types, batch.columns, strict=True)]
    return list(zip(*columns, strict=True)) if as_rows else columns[0]
