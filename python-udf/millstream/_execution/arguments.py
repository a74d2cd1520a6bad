"""Fits the arguments of a call to the parameters of its function, once, when a stage is opened."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from .._function_spec import FunctionSpec
from .._parameter import ParameterSpec
from .._table_parameter import TableParameter
from .._types import DataType, parse_type
from ..errors import ErrorDetails, UdfError
from .codec import Codec, Dialect, codec_for
from .instruction import CallStep, ColumnArgument, LiteralArgument, StepArgument, TableArgument
from .literal import literal_value


@dataclass(frozen=True)
class _Bound:
    name: str
    #: True: the function is not called where this argument is NULL.
    strict: bool


@dataclass(frozen=True)
class FromColumn(_Bound):
    """A shipped column."""

    column: int
    codec: Codec


@dataclass(frozen=True)
class FromStep(_Bound):
    """The result of an earlier step."""

    step: int
    codec: Codec


@dataclass(frozen=True)
class Constant(_Bound):
    """A literal of the query, or a default of the function; `data_type` is None for defaults."""

    value: Any
    data_type: DataType | None


@dataclass(frozen=True)
class FromTable(Constant):
    """A table, in whose place the stage puts what it makes of it. `member` is its number among the tables
    of the call, `columns` are those shipped for it."""

    member: int
    columns: tuple[int, ...]
    names: tuple[str, ...]
    table: TableParameter


Argument = FromColumn | FromStep | Constant


@dataclass(frozen=True)
class BoundArguments:
    """Arguments in the order of the call; the last `len(keywords)` are passed by those names."""

    arguments: tuple[Argument, ...]
    keywords: tuple[str, ...]

    def adapt(self, function: Callable[..., Any], leading: int = 0) -> Callable[..., Any]:
        """The function as one that takes all arguments by position, after `leading` others."""
        if not self.keywords:
            return function
        names = self.keywords
        positional = leading + len(self.arguments) - len(names)

        def call(*args: Any) -> Any:
            return function(*args[:positional], **dict(zip(names, args[positional:], strict=True)))

        return call


def bind_arguments(
    step: CallStep,
    spec: FunctionSpec,
    dialect: Dialect,
    input_types: Sequence[DataType],
    step_types: Sequence[DataType],
    skip: int = 0,
) -> BoundArguments:
    """Fits the arguments of a step, but for the first `skip`.

    Raises:
        UdfError: UDF_ARGUMENTS, of table functions UDTF_BAD_ARGS, where they do not fit the parameters.
    """
    signature = inspect.Signature(
        [inspect.Parameter(p.name, p.kind, default=p.default) for p in spec.parameters]
    )
    names = step.argument_names or [None] * len(step.arguments)
    given = list(zip(step.arguments, names, strict=True))[skip:]
    try:
        bound = signature.bind(
            *(argument for argument, name in given if name is None),
            **{name: argument for argument, name in given if name is not None},
        ).arguments
    except TypeError as error:
        raise UdfError(
            "UDTF_BAD_ARGS" if spec.definition.kind == "table" else "UDF_ARGUMENTS",
            f"Function `{step.function}` cannot be called with {len(given)} arguments: {error}.",
            hint=f"Its parameters are ({', '.join(map(str, signature.parameters.values()))}).",
            details=ErrorDetails(function=step.function),
        ) from None
    last_given = max((i for i, p in enumerate(spec.parameters) if p.name in bound), default=-1)
    arguments: list[Argument] = []
    keywords: list[str] = []
    for parameter in spec.parameters[: last_given + 1]:
        by_name = parameter.kind is inspect.Parameter.KEYWORD_ONLY
        if parameter.name not in bound:
            if not parameter.variadic and not by_name:
                arguments.append(Constant(parameter.name, False, parameter.default, None))
            continue
        values = bound[parameter.name] if parameter.variadic else (bound[parameter.name],)
        arguments += [_argument(value, parameter, dialect, input_types, step_types) for value in values]
        if by_name:
            keywords.append(parameter.name)
    return BoundArguments(tuple(arguments), tuple(keywords))


def _argument(
    argument: object,
    parameter: ParameterSpec,
    dialect: Dialect,
    input_types: Sequence[DataType],
    step_types: Sequence[DataType],
) -> Argument:
    strict = not parameter.nullable
    kind = cast(Any, argument).kind
    if kind == "column":
        column = cast(ColumnArgument, argument).column
        return FromColumn(
            parameter.name, strict, column, codec_for(input_types[column], dialect, parameter.shape)
        )
    if kind == "step":
        step = cast(StepArgument, argument).step
        return FromStep(parameter.name, strict, step, codec_for(step_types[step], dialect, parameter.shape))
    if kind == "table":
        table = cast(TableArgument, argument)
        assert parameter.table is not None
        return FromTable(
            parameter.name, False, None, None,
            table.member, tuple(table.columns), tuple(table.names), parameter.table,
        )  # fmt: skip
    literal = cast(LiteralArgument, argument)
    data_type = parse_type(literal.type)
    value = literal_value(literal.value, codec_for(data_type, dialect, parameter.shape))
    return Constant(parameter.name, strict, value, data_type)
