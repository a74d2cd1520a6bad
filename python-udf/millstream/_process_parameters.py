"""The tables of a process function, which are the parameters of its calls."""

from __future__ import annotations

import inspect

from ._parameter import ParameterSpec
from ._table_parameter import TableParameter
from .errors import UdfError
from .process_functions import StatefulFunction


def process_parameters(name: str, instance: StatefulFunction) -> tuple[ParameterSpec, ...]:
    """One for each table, named as the row in its method is, with a number where the names are equal. The
    context is no argument of a call.

    Raises:
        UdfError: UDF_DECLARATION.
    """
    rows = [_row_name(name, instance, method) for method in instance.row_methods]
    if len(set(rows)) < len(rows):
        rows = [f"{row}{number}" for number, row in enumerate(rows, start=1)]
    kind, empty = inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.empty
    table = TableParameter("row")
    return tuple(ParameterSpec(row, None, True, None, kind, empty, table) for row in rows)


def _row_name(name: str, instance: StatefulFunction, method: str) -> str:
    names = list(inspect.signature(getattr(instance, method)).parameters)
    if len(names) == 2:
        return names[0]
    context = "BroadcastContext" if method == "process_broadcast_element" else "Context"
    raise UdfError(
        "UDF_DECLARATION",
        f"`{method}` of the process function `{name}` takes {', '.join(names) or 'nothing'}.",
        hint=f"Define {method}(self, row: Row, ctx: {context}).",
    )
