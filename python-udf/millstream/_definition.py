"""What a decorator records about a function, attached to the function itself."""

from __future__ import annotations

import copy
import functools
import inspect
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, cast, get_args

from ._near_names import did_you_mean
from ._option_values import FunctionKind as FunctionKind
from ._options import Options, read_options
from ._source_place import source_place
from ._types import DataType, RowField, parse_type
from .errors import UdfError
from .functions import UserDefinedFunction

BatchFormat = Literal["arrow", "pandas", "numpy", "polars"]
TypeLike = DataType | str


@dataclass(frozen=True)
class Definition:
    """A declared function, its types unread. `target` is a callable, a function class or its instance.

    `called_with_none`: arguments may be None whatever the annotations say (declared through the pyflink
    shim).
    """

    kind: FunctionKind
    target: Any
    input_types: tuple[DataType, ...] | None
    result_type: DataType | None
    accumulator_type: DataType | None
    deterministic: bool
    batch: BatchFormat | None
    name: str | None
    called_with_none: bool
    options: Options = Options()


ATTRIBUTE = "__millstream__"
#: What Flink calls on the object that CREATE FUNCTION names, LANGUAGE PYTHON.
FLINK_ATTRIBUTE = "_java_user_defined_function"


@dataclass(frozen=True)
class OnFlink:
    """Answers Flink with its own object for the function; asked only where PyFlink is."""

    definition: Definition

    def __call__(self) -> Any:
        from .flink import java_function

        return java_function(self.definition)


def definition_of(declared: object) -> Definition | None:
    """The definition that a decorator attached, also to the class of `declared`, or None."""
    definition = vars(declared).get(ATTRIBUTE) if hasattr(declared, "__dict__") else None
    if isinstance(definition, Definition):
        return definition
    of_class = getattr(type(declared), ATTRIBUTE, None)
    return replace(of_class, target=declared) if isinstance(of_class, Definition) else None


def declare(
    kind: FunctionKind,
    target: Any,
    *,
    input_types: TypeLike | Sequence[TypeLike] | None,
    result_type: TypeLike | Sequence[TypeLike] | None,
    accumulator_type: TypeLike | None = None,
    deterministic: bool | None,
    name: str | None,
    func_type: str | None,
    batch: str | None,
    options: Mapping[str, object],
    called_with_none: bool = False,
) -> Any:
    """Attaches a definition to a function and gives the function back; a declared one is copied first.

    Raises:
        UdfError: UDF_OPTION, UDF_TYPE or UDF_DECLARATION.
    """
    try:
        _check_target(kind, target)
        definition = Definition(
            kind,
            target,
            None if input_types is None else tuple(_as_type(t) for t in _as_list(input_types)),
            _result_type(kind, result_type),
            None if accumulator_type is None else _as_type(accumulator_type),
            _deterministic(target, deterministic),
            _batch_format(kind, func_type, batch),
            name,
            called_with_none,
            read_options(kind, options, _is_async(target)),
        )
        _check_options(definition)
    except UdfError as error:
        error.add_details(function=name or getattr(target, "__name__", None), **source_place(target))
        raise
    return _attach(target, definition)


def _check_target(kind: FunctionKind, target: Any) -> None:
    if inspect.isclass(target):
        if issubclass(target, UserDefinedFunction) or (kind == "scalar" and _has_calls(target)):
            return
        if kind == "table":
            _check_eval(target)
            return
    elif callable(target) or isinstance(target, UserDefinedFunction) or _has_calls(type(target)):
        return
    raise UdfError(
        "UDF_DECLARATION",
        f"A {kind} function cannot be made of {target!r}.",
        hint="Give a function, an instance of ScalarFunction, TableFunction or AggregateFunction, or a class "
        "with eval() or __call__().",
    )


def _check_eval(target: type) -> None:
    if not inspect.isfunction(getattr(target, "eval", None)):
        raise UdfError(
            "UDTF_NO_EVAL",
            f"The class {target.__name__} is declared as a table function and defines no eval().",
            hint="Define eval(): it is called for each row and yields rows.",
        )


def _has_calls(of_class: type) -> bool:
    return any(inspect.isfunction(getattr(of_class, method, None)) for method in ("eval", "__call__"))


def _is_async(target: Any) -> bool:
    methods = (target, getattr(target, "eval", None), getattr(target, "__call__", None))  # noqa: B004
    return any(inspect.iscoroutinefunction(method) for method in methods)


def _check_options(definition: Definition) -> None:
    if definition.options.batch_rows is not None and definition.batch is None:
        raise UdfError(
            "UDF_OPTION",
            "batch_rows bounds the vectors of functions with batch=…, and this function takes rows.",
            hint="Remove batch_rows.",
        )
    if definition.options.cache is not None:
        _check_cache(definition)
    result = definition.result_type
    if definition.options.unnest and result is not None and result.kind != "ROW":
        raise UdfError(
            "UDF_OPTION",
            f"unnest=True splits a ROW into columns, but the result is {result}.",
            hint="Declare result_type='ROW<a INT, b STRING>', or remove unnest.",
        )


def _check_cache(definition: Definition) -> None:
    if definition.batch is not None:
        raise UdfError(
            "UDF_OPTION",
            "cache keeps the result of each row, and this function takes whole columns.",
            hint="Remove cache, or declare the function by row, without batch.",
        )
    if definition.deterministic is False:
        raise UdfError(
            "UDF_OPTION",
            "deterministic=False says that equal arguments give other results, and cache= that they do not.",
            hint="Give one of them.",
        )


def _result_type(kind: FunctionKind, result_type: TypeLike | Sequence[TypeLike] | None) -> DataType | None:
    if result_type is None:
        return None
    if kind in ("scalar", "aggregate"):
        if not isinstance(result_type, (DataType, str)):
            raise UdfError("UDF_TYPE", f"result_type is {result_type!r}.", hint="Give one type.")
        return _as_type(result_type)
    return row_type(result_type)


def row_type(given: TypeLike | Sequence[TypeLike]) -> DataType:
    """The ROW of some columns: given as one, as the type of a single column, or as a list of types.

    Raises:
        UdfError: UDF_TYPE.
    """
    columns = tuple(RowField(f"f{i}", _as_type(t)) for i, t in enumerate(_as_list(given)))
    if len(columns) == 1 and columns[0].type.kind == "ROW" and not isinstance(given, (list, tuple)):
        return columns[0].type
    return DataType("ROW", fields=columns)


def _deterministic(target: Any, deterministic: bool | None) -> bool:
    of_class = target.is_deterministic() if isinstance(target, UserDefinedFunction) else None
    if deterministic is not None and of_class is not None and deterministic != of_class:
        raise UdfError(
            "UDF_DECLARATION",
            f"deterministic={deterministic} contradicts {type(target).__name__}.is_deterministic().",
            hint="Say it in one place.",
        )
    return deterministic if deterministic is not None else of_class is not False


def _batch_format(kind: FunctionKind, func_type: str | None, batch: str | None) -> BatchFormat | None:
    if func_type not in (None, "general", "pandas"):
        raise UdfError("UDF_OPTION", f"func_type is {func_type!r}.", hint="It is 'general' or 'pandas'.")
    chosen = batch or ("pandas" if func_type == "pandas" else None)
    if chosen is not None and chosen not in get_args(BatchFormat):
        near = did_you_mean(chosen, get_args(BatchFormat)) or "It is 'arrow', 'pandas', 'numpy' or 'polars'."
        raise UdfError("UDF_OPTION", f"batch is {chosen!r}.", hint=near)
    if func_type is not None and batch is not None and (func_type == "pandas") != (batch == "pandas"):
        raise UdfError(
            "UDF_OPTION", f"func_type={func_type!r} contradicts batch={batch!r}.", hint="Give one."
        )
    if chosen is not None and kind == "table_aggregate":
        raise UdfError("UDF_OPTION", "A table aggregate takes rows, not batches.", hint=f"Remove {chosen!r}.")
    return cast(BatchFormat | None, chosen)


def _attach(target: Any, definition: Definition) -> Any:
    if definition_of(target) is not None:
        target = _copied(target)
    try:
        setattr(target, ATTRIBUTE, definition)
    except AttributeError:
        target = _forwarding(target)
        setattr(target, ATTRIBUTE, definition)
    setattr(target, FLINK_ATTRIBUTE, OnFlink(definition))
    return target


def _copied(target: Any) -> Any:
    if isinstance(target, types.FunctionType):
        twin = types.FunctionType(
            target.__code__, target.__globals__, target.__name__, target.__defaults__, target.__closure__
        )
        return functools.update_wrapper(twin, target, updated=())
    return type(target.__name__, (target,), {}) if inspect.isclass(target) else copy.copy(target)


def _forwarding(target: Callable[..., Any]) -> Callable[..., Any]:
    """A function for callables that take no attributes (built-ins, bound methods)."""

    @functools.wraps(target)
    def call(*args: Any, **kwargs: Any) -> Any:
        return target(*args, **kwargs)

    return call


def _as_list(given: TypeLike | Sequence[TypeLike]) -> Sequence[TypeLike]:
    if isinstance(given, (DataType, str)) or not isinstance(given, Iterable):
        return [given]
    return list(given)


def _as_type(given: TypeLike) -> DataType:
    if not isinstance(given, (DataType, str)):
        raise UdfError("UDF_TYPE", f"{given!r} is not a type.", hint="Write 'BIGINT' or DataTypes.BIGINT().")
    return given if isinstance(given, DataType) else parse_type(given)
