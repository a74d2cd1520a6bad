"""The parameters of a function, as its signature, its annotations and its declared types say."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from ._definition import Definition
from ._function_form import FunctionForm
from ._parameter import ParameterSpec
from ._table_parameter import TableParameter, table_parameter
from ._types import ANY, AnnotatedType, DataType, read_annotation
from .errors import UdfError


def parameters_of(
    name: str, definition: Definition, function: Callable[..., Any], hints: dict[str, Any], skip: int
) -> tuple[ParameterSpec, ...]:
    """Those of a signature, with the types of their annotations and declarations.

    Args:
        hints: annotations by name.
        skip: so many in front are no arguments of a call: an accumulator.

    Raises:
        UdfError: UDF_DECLARATION, UDF_TYPE, UDF_ANNOTATION.
    """
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        # Built-in functions without a signature: the declared types say how many arguments there are.
        return tuple(
            ParameterSpec(
                f"arg{i}", t, True, None, inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.empty
            )
            for i, t in enumerate(definition.input_types or ())
        )
    found = [p for p in signature.parameters.values() if p.kind is not inspect.Parameter.VAR_KEYWORD][skip:]
    types = definition.input_types
    positional = [p for p in found if p.kind is not inspect.Parameter.KEYWORD_ONLY]
    variadic = any(p.kind is inspect.Parameter.VAR_POSITIONAL for p in found)
    if types is not None and len(types) > len(positional) and not variadic:
        raise UdfError(
            "UDF_DECLARATION",
            f"Function `{name}` declares {len(types)} input types and takes {len(positional)} arguments.",
            hint="Give one type for each parameter.",
        )
    specs = []
    for i, parameter in enumerate(found):
        annotation = hints.get(parameter.name)
        table = _table(definition, annotation)
        if table is not None:
            specs.append(
                ParameterSpec(parameter.name, None, True, None, parameter.kind, parameter.default, table)
            )
            continue
        declared = types[i] if types is not None and i < len(types) else None
        read = (
            ANY
            if annotation is None
            else _read_parameter(name, definition, parameter.name, annotation, declared)
        )
        specs.append(
            ParameterSpec(
                parameter.name,
                declared or read.type,
                _takes_null(definition, read),
                None if definition.called_with_none else read.shape,
                parameter.kind,
                parameter.default,
            )
        )
    return tuple(specs)


def _table(definition: Definition, annotation: object) -> TableParameter | None:
    if definition.kind != "table" or definition.called_with_none:
        return None
    table = table_parameter(annotation)
    if table is not None and definition.batch is not None:
        raise UdfError(
            "UDF_DECLARATION",
            "A function that takes a table is given frames or rows as its parameter says, not "
            f"{definition.batch} vectors.",
            hint="Remove batch=….",
        )
    return table


def iterated_parameters(name: str, definition: Definition, form: FunctionForm) -> tuple[ParameterSpec, ...]:
    """The arguments in SQL of a function over an iterator: the columns that it gives."""
    empty = inspect.Parameter.empty
    types = definition.input_types
    if types is None and form.columns is None:
        kind = inspect.Parameter.VAR_POSITIONAL
        return (ParameterSpec("columns", None, True, None, kind, empty),)
    count = len(types) if types is not None else len(form.columns or ())
    return tuple(
        ParameterSpec(
            f"arg{i}", types[i] if types else None, True, None, inspect.Parameter.POSITIONAL_ONLY, empty
        )
        for i in range(count)
    )


def _takes_null(definition: Definition, read: AnnotatedType) -> bool:
    rule = definition.options.null
    return rule == "pass" if rule is not None else read.nullable or definition.called_with_none


def _read_parameter(
    name: str, definition: Definition, parameter: str, annotation: Any, declared: DataType | None
) -> AnnotatedType:
    if definition.called_with_none and definition.input_types is not None:
        return ANY
    return read_annotation(annotation, declared, f"parameter `{parameter}` of function `{name}`")
