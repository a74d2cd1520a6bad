"""Functions that PyFlink cannot be given."""

from __future__ import annotations

from .._function_spec import FunctionSpec
from ..errors import ErrorDetails, UdfError


def refuse_unsupported(name: str, spec: FunctionSpec) -> None:
    """Refuses what would mean something else there.

    Raises:
        UdfError: FLINK_UNSUPPORTED.
    """
    problem = _problem(spec)
    if problem is None:
        return
    message, hint = problem
    raise UdfError(
        "FLINK_UNSUPPORTED",
        f"The function {name} cannot run on Flink: {message}.",
        hint=hint,
        details=ErrorDetails(function=name),
    )


def _problem(spec: FunctionSpec) -> tuple[str, str] | None:
    definition = spec.definition
    kind, batch, on_error = definition.kind, definition.batch, definition.options.on_error
    if batch not in (None, "pandas"):
        return f"it takes {batch}", "Declare batch='pandas'."
    if spec.form.iterator is not None:
        return "it takes an iterator of batches", "Take one batch for each call."
    if kind == "table_aggregate" or spec.is_process_function or spec.analyzes:
        return "SQL of Flink cannot call it", "Write a table function of rows."
    if any(parameter.table is not None for parameter in spec.parameters):
        return "it takes a table", "Write a table function of rows."
    if kind == "table" and batch is not None:
        return "it is a table function over pandas", "Give one row to each call."
    if on_error in ("skip", "dead_letter") or (
        on_error == "null" and (kind != "scalar" or batch is not None)
    ):
        return f"it has on_error='{on_error}'", "Catch the exception in the function."
    return None
