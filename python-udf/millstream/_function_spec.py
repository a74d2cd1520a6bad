"""Everything about a declared function: its definition, its signature and its annotations, read together."""

from __future__ import annotations

import collections.abc
import functools
import inspect
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import broadcast_functions, process_functions
from ._definition import Definition, definition_of
from ._function_form import FunctionForm, form_of, item_of
from ._parameter import ParameterSpec
from ._parameters import iterated_parameters, parameters_of
from ._process_parameters import process_parameters
from ._pyflink.installed import FUNCTIONS_MODULE, installed_definition, sql_type
from ._table_parameter import table_parameter
from ._types import (
    DataType,
    RowField,
    Shape,
    read_annotation,
    type_hints,
    type_of_annotation,
)
from ._types.agreement import agrees
from .errors import UdfError
from .functions import (
    AggregateFunction,
    AsyncScalarFunction,
    BatchAggregateFunction,
    ScalarFunction,
    TableAggregateFunction,
    TableFunction,
    UserDefinedFunction,
)
from .output_tag import OutputTag, side_outputs
from .process_functions import StatefulFunction
from .row import Row


@dataclass(frozen=True)
class FunctionSpec:
    """A function ready to be described and run. `instance` holds open and close; None for plain functions.

    `call` is what takes the arguments: the function, `eval`, or `accumulate` without its accumulator.
    """

    definition: Definition
    instance: Any
    call: Callable[..., Any]
    parameters: tuple[ParameterSpec, ...]
    result: DataType
    accumulator: DataType | None
    #: How results are made of objects that SQL does not have, as the annotation says.
    result_shape: Shape | None = None
    form: FunctionForm = FunctionForm()
    #: A table function whose annotation says that it yields rows or returns a list of them.
    gives_many: bool = False
    #: The columns are what its static `analyze` says of a call; `result` has none.
    analyzes: bool = False

    @property
    def is_process_function(self) -> bool:
        """True where it is given rows one by one with a context: of state by key and timers, or of
        a broadcast table.
        """
        return isinstance(self.instance, StatefulFunction)

    @property
    def side_outputs(self) -> tuple[OutputTag, ...]:
        """The tags that a process function gives rows to."""
        return side_outputs(type(self.instance).__name__, self.instance) if self.is_process_function else ()

    @property
    def takes_partitions(self) -> bool:
        """True where the function has to see all rows of a partition of its tables: set semantics."""
        if self.is_process_function:
            return True
        tables = [parameter.table for parameter in self.parameters if parameter.table is not None]
        whole = len(tables) > 1 or any(table.form == "partition" for table in tables)
        return (
            whole or self.definition.kind == "table_aggregate" or hook(self.instance, "terminate") is not None
        )


def hook(instance: object, method: str) -> Callable[..., Any] | None:
    """A method that a function class may define beyond those it must; None where it does not."""
    found = getattr(type(instance), method, None)
    own = found is not None and found.__module__ not in (UserDefinedFunction.__module__, FUNCTIONS_MODULE)
    return getattr(instance, method) if own else None


def specify(name: str, target_object: object) -> FunctionSpec:
    """Reads all about a declared function; a plain one with annotations counts as scalar."""
    return specify_definition(
        name,
        definition_of(target_object)
        or installed_definition(target_object)
        or _undeclared(name, target_object),
    )


def specify_definition(name: str, definition: Definition) -> FunctionSpec:
    """Reads all about a function whose declaration is known."""
    instance = _instance(name, definition.target)
    call, signature_of, result_of = _methods(name, definition, instance)
    hints = _hints(name, signature_of)
    form = form_of(name, definition, call, hints)
    if isinstance(instance, StatefulFunction):
        parameters = process_parameters(name, instance)
    elif form.iterator is None:
        skip = int(_has_accumulator(definition, instance))
        parameters = parameters_of(name, definition, signature_of, hints, skip)
    else:
        parameters = iterated_parameters(name, definition, form)
    analyzes = _analyzes(name, definition, instance)
    result = (
        DataType("ROW")
        if analyzes
        else definition.result_type
        or _declared_by(instance, "get_result_type")
        or _annotated_result(name, definition, _hints(name, result_of))
    )
    accumulator = definition.accumulator_type or _declared_by(instance, "get_accumulator_type")
    shape = None if analyzes else _result_shape(name, definition, result, _hints(name, result_of))
    _refuse_lost_rows(name, definition, instance, parameters)
    gives_many = typing.get_origin(_hints(name, result_of).get("return")) in _ROWS_OF
    return FunctionSpec(
        definition,
        instance,
        call,
        parameters,
        result,
        accumulator,
        shape,
        form,
        gives_many and not definition.called_with_none,
        analyzes=analyzes,
    )


def _analyzes(name: str, definition: Definition, instance: Any) -> bool:
    if definition.kind != "table" or hook(instance, "analyze") is None:
        return False
    problem = None
    if not isinstance(inspect.getattr_static(type(instance), "analyze"), staticmethod):
        problem = "has an `analyze` that is no static method"
    elif definition.result_type is not None:
        problem = "has `analyze` and declares result types too"
    if problem is not None:
        raise UdfError(
            "UDF_DECLARATION",
            f"The table function `{name}` {problem}.",
            hint="Write @staticmethod above `analyze`, and leave result_types to it.",
        )
    return True


def _refuse_lost_rows(
    name: str, definition: Definition, instance: Any, parameters: tuple[ParameterSpec, ...]
) -> None:
    if definition.kind != "table" or any(parameter.table is not None for parameter in parameters):
        return
    if hook(instance, "terminate") is not None:
        raise UdfError(
            "UDF_DECLARATION",
            f"Function `{name}` has `terminate`, for the end of a partition, and takes no table.",
            hint="Annotate one as Row and call it over a table: FROM "
            f"{name}(TABLE t PARTITION BY k). Called with values, a function has no partitions.",
        )


_BASES = (
    UserDefinedFunction.__module__,
    FUNCTIONS_MODULE,
    process_functions.__name__,
    broadcast_functions.__name__,
)

_KIND_OF_CLASS = (
    (ScalarFunction, "scalar"),
    (AsyncScalarFunction, "scalar"),
    (TableFunction, "table"),
    (AggregateFunction, "aggregate"),
    (BatchAggregateFunction, "aggregate"),
    (TableAggregateFunction, "table_aggregate"),
)


def _undeclared(name: str, target: Any) -> Definition:
    of_class = target if inspect.isclass(target) else type(target)
    kind: Any = next((kind for base, kind in _KIND_OF_CLASS if issubclass(of_class, base)), None)
    if kind is None and inspect.isfunction(target):
        kind = "scalar"
    if kind is None:
        raise UdfError(
            "UDF_DECLARATION",
            f"Function `{name}` is {target!r}, which is no function.",
            hint="Decorate a function with @udf, @udtf or @udaf.",
        )
    deterministic = target.is_deterministic() if isinstance(target, UserDefinedFunction) else True
    return Definition(kind, target, None, None, None, deterministic, None, None, False)


def _instance(name: str, target: Any) -> Any:
    """The object whose methods are called, or None for functions."""
    if isinstance(target, functools.partial):
        return _instance(name, target.func)
    if not inspect.isclass(target):
        return None if inspect.isroutine(target) else target
    try:
        return target()
    except TypeError as error:
        raise UdfError(
            "UDF_DECLARATION",
            f"Function `{name}` is the class {target.__name__}, which needs arguments: {error}.",
            hint=f"Declare an instance: udf({target.__name__}(…)), or `f = {target.__name__}(…)` of the "
            "decorated class.",
        ) from error


def _has_accumulator(definition: Definition, instance: Any) -> bool:
    if isinstance(instance, BatchAggregateFunction):
        return False
    return instance is not None and definition.kind in ("aggregate", "table_aggregate")


def _methods(
    name: str, definition: Definition, instance: Any
) -> tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any]]:
    """What is called for rows, what has the parameters, and what has the result."""
    kind = definition.kind
    if instance is None:
        if kind in ("aggregate", "table_aggregate") and definition.batch is None:
            raise UdfError(
                "UDF_DECLARATION",
                f"The aggregate `{name}` is a plain function that takes rows.",
                hint="Declare an instance of AggregateFunction, or give batch='pandas' or batch='arrow'.",
            )
        return definition.target, definition.target, definition.target
    if isinstance(definition.target, functools.partial):
        return definition.target, definition.target, definition.target.func
    if kind == "scalar" and not hasattr(type(instance), "eval"):
        return instance.__call__, instance.__call__, instance.__call__
    wanted: tuple[str, ...] = {
        "scalar": ("eval", "eval"),
        "table": ("eval", "eval"),
        "aggregate": ("accumulate", "get_value"),
        "table_aggregate": ("accumulate", "emit_value"),
    }[kind]
    if isinstance(instance, BatchAggregateFunction):
        wanted = ("partial", "finish")
    if isinstance(instance, StatefulFunction):
        wanted = instance.row_methods
    for method in wanted:
        base = getattr(type(instance), method, None)
        if base is None or base.__module__ in _BASES:
            raise UdfError(
                "UDTF_NO_EVAL" if kind == "table" else "UDF_DECLARATION",
                f"The {kind} function `{name}` is a {type(instance).__name__}, which defines no {method}().",
                hint=f"Define {method}().",
            )
    call, *others = (getattr(instance, method) for method in wanted)
    result = others[-1] if others else call
    if isinstance(instance, StatefulFunction) and _gives_nothing(name, result):
        result = call
    terminate = hook(instance, "terminate")
    if terminate is not None and _gives_nothing(name, result):
        # All rows come at the end of a partition.
        result = terminate
    return call, call, result


def _gives_nothing(name: str, method: Callable[..., Any]) -> bool:
    """True where its annotation names no result: it has none, or is None."""
    return _hints(name, method).get("return", type(None)) is type(None)


def _hints(name: str, function: Callable[..., Any]) -> dict[str, Any]:
    annotated = (
        function
        if inspect.isroutine(function)
        else getattr(function, "func", getattr(type(function), "__call__", None))  # noqa: B004
    )
    try:
        return type_hints(annotated, f"function `{name}`")
    except TypeError:
        return {}


def _declared_by(instance: Any, method: str) -> DataType | None:
    found = getattr(type(instance), method, None)
    if found is None or found.__module__ in (UserDefinedFunction.__module__, FUNCTIONS_MODULE):
        return None
    return sql_type(getattr(instance, method)())


def _result_shape(name: str, definition: Definition, result: DataType, hints: dict[str, Any]) -> Shape | None:
    """How results become SQL values; checks that their annotation and the declared type agree."""
    annotation = hints.get("return")
    by_vectors = definition.kind == "table" and definition.batch is not None
    if annotation is None or definition.called_with_none or by_vectors:
        return None
    where = f"the result of function `{name}`"
    if definition.kind not in ("table", "table_aggregate"):
        return read_annotation(annotation, result, where, is_result=True).shape
    if typing.get_origin(annotation) in _ROWS_OF:
        annotation = typing.get_args(annotation)[0]
    if annotation is type(None) or table_parameter(annotation) is not None:
        return None
    single = result.fields[0].type if len(result.fields) == 1 else None
    if single is None or agrees(annotation, result, True):
        return read_annotation(annotation, result, where, is_result=True).shape
    shape = read_annotation(annotation, single, where, is_result=True).shape
    return None if shape is None else Shape(Row, (shape,))


_ROWS_OF = (
    collections.abc.Iterable,
    collections.abc.Iterator,
    collections.abc.Generator,
    collections.abc.Sequence,
    list,
)


def _annotated_result(name: str, definition: Definition, hints: dict[str, Any]) -> DataType:
    annotation = hints.get("return", inspect.Parameter.empty)
    where = f"the result of function `{name}`"
    many = definition.kind in ("table", "table_aggregate")
    if annotation is inspect.Parameter.empty or (definition.kind == "table" and definition.batch is not None):
        example = (
            "result_types=['INT', 'STRING']"
            if definition.batch is not None
            else "-> Iterator[tuple[int, str]] or result_types=['INT', 'STRING']"
            if many
            else "-> int or result_type='BIGINT'"
        )
        raise UdfError(
            "UDF_NO_TYPES",
            f"Function `{name}` does not say the type of its result.",
            hint=f"Annotate it or declare it, for example {example}.",
        )
    if definition.batch is not None and definition.kind == "scalar":
        annotation = item_of(annotation)
    if many and typing.get_origin(annotation) in _ROWS_OF:
        annotation = typing.get_args(annotation)[0]
    read = type_of_annotation(annotation, where)
    if read.type is None:
        raise UdfError(
            "UDF_NO_TYPES",
            f"Function `{name}` does not say the SQL type of its result: it is annotated {annotation}.",
            hint="Declare it, for example result_type='BIGINT'.",
        )
    if not many:
        return read.type
    return read.type if read.type.kind == "ROW" else DataType("ROW", fields=(RowField("f0", read.type),))
