"""What the planner is told of a function."""

from __future__ import annotations

import inspect
import pickle
from typing import Any

from ._function_spec import FunctionSpec, hook, specify
from ._parameter import ParameterSpec
from .functions import BatchAggregateFunction
from .process_functions import StatefulFunction


def describe(name: str, target_object: object, target: str = "") -> dict[str, Any]:
    """The declaration of a function under the name of a job: the wire form of `FunctionDeclaration`.

    >>> from millstream import udf
    >>> @udf
    ... def plus(x: int, y: float | None = None) -> float:
    ...     return x + (y or 0)
    >>> declaration = describe("plus", plus)
    >>> declaration["kind"], declaration["result"], [p["type"] for p in declaration["parameters"]]
    ('scalar', 'DOUBLE', ['BIGINT', 'DOUBLE'])

    Raises:
        UdfError: UDF_NO_TYPES, UDF_TYPE or UDF_DECLARATION.
    """
    return declaration_of(name, target, specify(name, target_object))


def declaration_of(name: str, target: str, spec: FunctionSpec) -> dict[str, Any]:
    """The wire form of a function that is specified already."""
    definition = spec.definition
    source = inspect.unwrap(definition.target) if spec.instance is None else type(spec.instance)
    code = getattr(source, "__code__", None) or getattr(spec.call, "__code__", None)
    return {
        "name": name,
        "kind": definition.kind,
        "batch": definition.batch,
        "parameters": [
            {
                "name": parameter.name,
                "type": None if parameter.type is None else str(parameter.type),
                "nullable": parameter.nullable,
                "hasDefault": parameter.has_default,
                "variadic": parameter.variadic,
                "table": _table(spec, parameter),
                "keywordOnly": parameter.kind is inspect.Parameter.KEYWORD_ONLY,
            }
            for parameter in spec.parameters
        ],
        "result": str(spec.result),
        "accumulator": None if spec.accumulator is None else str(spec.accumulator),
        "deterministic": definition.deterministic,
        "isAsync": spec.form.is_async,
        "iterator": spec.form.iterator is not None,
        "mergeable": _is_mergeable(spec),
        "retractable": definition.kind == "aggregate" and hook(spec.instance, "retract") is not None,
        "stateful": spec.is_process_function,
        "sideOutputs": [{"tag": tag.tag_id, "type": str(tag.type)} for tag in spec.side_outputs],
        "analyzes": spec.analyzes,
        "options": definition.options.to_wire(),
        "target": target,
        "file": None if code is None else code.co_filename,
        "line": None if code is None else code.co_firstlineno,
        "doc": _doc(source),
    }


def _table(spec: FunctionSpec, parameter: ParameterSpec) -> str | None:
    if parameter.table is None:
        return None
    if isinstance(spec.instance, StatefulFunction) and spec.instance.broadcasts:
        return "broadcast" if parameter is spec.parameters[-1] else "set"
    return "set" if spec.takes_partitions else "row"


def _is_mergeable(spec: FunctionSpec) -> bool:
    """An aggregate whose accumulators may be made in several workers.

    Not those of PyFlink files: PyFlink does not call their `merge` in GROUP BY, so a wrong one goes
    unnoticed there.
    """
    definition, instance = spec.definition, spec.instance
    if definition.kind != "aggregate" or instance is None or definition.called_with_none:
        return False
    if isinstance(instance, BatchAggregateFunction):
        return True
    if definition.batch is not None or hook(instance, "merge") is None:
        return False
    try:
        pickle.loads(pickle.dumps(instance.create_accumulator()))
    except Exception:
        return False
    return True


def _doc(source: Any) -> str | None:
    doc = source.__dict__.get("__doc__") if inspect.isclass(source) else getattr(source, "__doc__", None)
    return inspect.cleandoc(doc) if isinstance(doc, str) else None
