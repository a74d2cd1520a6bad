"""Asks a polymorphic table function for its columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import pyarrow as pa

from .._types import DataType, RowField, from_arrow, parse_type
from .._user_error import short_repr, user_error
from ..errors import ErrorDetails, MillstreamError, UdfError
from ..functions import AnalyzeArgument
from .codec import MILLSTREAM_DIALECT, codec_for
from .literal import literal_value
from .loaded_function import LoadedFunction

_EXAMPLE = (
    "Return a ROW type, for example 'ROW<word STRING, length INT>', DataTypes.ROW(…) or a pa.schema(…)."
)


class KnownArgument(Protocol):
    """What is known of an argument: the fields of `AnalyzedArgument` of the protocol."""

    @property
    def name(self) -> str | None: ...
    @property
    def type(self) -> str: ...
    @property
    def is_table(self) -> bool: ...
    @property
    def is_constant(self) -> bool: ...
    @property
    def value(self) -> object: ...


def analyze(function: LoadedFunction, arguments: Sequence[KnownArgument]) -> str:
    """The ROW type of the columns in a call with these arguments, as SQL text.

    Raises:
        UdfError: UDF_ANALYZE.
    """
    given = [(argument.name, _given(argument)) for argument in arguments]
    positional = [argument for name, argument in given if name is None]
    named = {name: argument for name, argument in given if name is not None}
    try:
        answer = function.spec.instance.analyze(*positional, **named)
    except Exception as error:
        raise user_error(error, function.name, "in `analyze`", code="UDF_ANALYZE") from error
    row = _row_type(answer)
    if row is not None and row.fields:
        return str(row)
    declaration = function.declaration
    raise UdfError(
        "UDF_ANALYZE",
        f"`analyze` of function `{function.name}` returned {short_repr(answer)}, which is no ROW type with "
        "columns.",
        hint=_EXAMPLE,
        details=ErrorDetails(function=function.name, file=declaration["file"], line=declaration["line"]),
    )


def _given(argument: KnownArgument) -> AnalyzeArgument:
    data_type = parse_type(argument.type)
    value = (
        literal_value(argument.value, codec_for(data_type, MILLSTREAM_DIALECT))
        if argument.is_constant
        else None
    )
    return AnalyzeArgument(data_type, argument.is_table, argument.is_constant, value)


def _row_type(answer: Any) -> DataType | None:
    try:
        if isinstance(answer, pa.Schema):
            fields = tuple(RowField(f.name, _nullable(from_arrow(f.type), f.nullable)) for f in answer)
            return DataType("ROW", fields=fields)
        parsed = parse_type(answer) if isinstance(answer, str) else answer
    except MillstreamError:
        return None
    return parsed if isinstance(parsed, DataType) and parsed.kind == "ROW" else None


def _nullable(data_type: DataType, nullable: bool) -> DataType:
    return data_type.as_nullable() if nullable else data_type
