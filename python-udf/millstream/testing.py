"""Calls a function exactly as a worker does, without an engine: for unit tests of functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

import pyarrow as pa

from ._execution import LoadedFunction, StageMode, open_stage
from ._execution.codec import codec_for
from ._function_spec import specify
from ._option_values import FunctionKind
from ._types import DataType, from_arrow, parse_type
from .errors import UdfError

__all__ = ["call_batch", "call_rows"]


def call_rows(
    function: object, rows: Iterable[Sequence[Any]], input_types: Sequence[DataType | str] | None = None
) -> list[Any]:
    """Calls a function for rows of arguments, with the conversions and NULL rules of the engine.

    Gives one value for each row for a scalar function, all rows as tuples for a table function, and one
    value for an aggregate, of all rows as one group. `input_types` are needed where the function does not
    declare them.

    >>> from millstream import udf
    >>> @udf
    ... def half(x: int) -> float:
    ...     return x / 2
    >>> call_rows(half, [(1,), (None,), (4,)])
    [0.5, None, 2.0]

    Raises:
        UdfError: as in a job; UDF_NO_TYPES where the type of an argument is not known.
    """
    arguments = [tuple(row) for row in rows]
    types = _input_types(function, input_types, len(arguments[0]) if arguments else None)
    codecs = [codec_for(data_type) for data_type in types]
    columns = [codec.encode([row[i] for row in arguments]) for i, codec in enumerate(codecs)]
    result = _call(function, types, columns, len(arguments))
    kind = specify("function", function).definition.kind
    values = [
        list(codec_for(data_type).decode(column))
        for data_type, column in zip(_result_types(function), result.columns, strict=True)
    ]
    return list(zip(*values, strict=True)) if kind == "table" else values[0]


def call_batch(function: object, batch: pa.RecordBatch) -> pa.RecordBatch:
    """Calls a function with the columns of a batch as its arguments, in order.

    Gives one column (for table functions one for each of theirs) with a row for each row of the batch, for
    each result row of a table function, or one row for an aggregate.

    >>> from millstream import udf
    >>> @udf
    ... def shout(text: str) -> str:
    ...     return text.upper()
    >>> call_batch(shout, pa.record_batch([pa.array(["a", None])], ["text"])).column(0).to_pylist()
    ['A', None]

    Raises:
        UdfError: as in a job.
    """
    types = [from_arrow(arrow_type) for arrow_type in batch.schema.types]
    columns = [
        column.cast(codec_for(data_type).arrow_type)
        for data_type, column in zip(types, batch.columns, strict=True)
    ]
    return _call(function, types, columns, batch.num_rows)


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
    arguments: Sequence[_ColumnArgument]
    result_type: str
    function: str = "function"
    argument_names: Sequence[str | None] = ()
    guard: int | None = None
    distinct: bool = False
    filter: int | None = None


_MODES: dict[FunctionKind, StageMode] = {"scalar": "scalar", "table": "table", "aggregate": "aggregate"}


def _call(
    function: object, types: Sequence[DataType], columns: Sequence[pa.Array], rows: int
) -> pa.RecordBatch:
    spec = specify("function", function)
    step = _CallStep([_ColumnArgument(i) for i in range(len(types))], str(spec.result))
    stage = open_stage(
        mode=_MODES[spec.definition.kind],
        input=[_ColumnSpec(f"c{i}", str(data_type)) for i, data_type in enumerate(types)],
        steps=[step],
        result_steps=[0],
        outer=False,
        key_columns=[],
        functions={"function": LoadedFunction("function", "", spec)},
    )
    try:
        batches = [cast(pa.RecordBatch, answer.columns) for answer in stage.process(columns, rows)]
    finally:
        stage.close()
    table = pa.Table.from_batches(batches, stage.output_schema).combine_chunks()
    return next(iter(table.to_batches()), pa.RecordBatch.from_pylist([], schema=stage.output_schema))


def _result_types(function: object) -> list[DataType]:
    spec = specify("function", function)
    fields = [field.type for field in spec.result.fields]
    return fields if spec.definition.kind == "table" else [spec.result]


def _input_types(
    function: object, given: Sequence[DataType | str] | None, arguments: int | None
) -> list[DataType]:
    if given is not None:
        return [t if isinstance(t, DataType) else parse_type(t) for t in given]
    parameters = specify("function", function).parameters
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
