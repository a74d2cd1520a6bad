"""SQL of a call of a function over tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._column_names import names_of
from ..errors import SqlError
from .tables import identifier


def map_query(
    function: str,
    queries: Sequence[str],
    partition_by: str | Sequence[str],
    order_by: str | Sequence[str],
    arguments: Mapping[str, Any],
) -> str:
    """The query that calls `function` over the rows of `queries`, all of them divided by the same columns.

    >>> map_query("f", ["SELECT * FROM t"], "k", ["ts DESC"], {"gap": 3})
    'SELECT * FROM `f`((SELECT * FROM t) PARTITION BY (`k`) ORDER BY (`ts` DESC), `gap` => 3)'
    """
    keys = [identifier(name) for name in names_of(partition_by)]
    order = [_sort_key(text) for text in names_of(order_by)]
    divided = f" PARTITION BY ({', '.join(keys)})" if keys else ""
    divided += f" ORDER BY ({', '.join(order)})" if order else ""
    parts = [f"({query_text(query)}){divided}" for query in queries]
    parts += [f"{identifier(name)} => {_constant(name, value)}" for name, value in arguments.items()]
    return f"SELECT * FROM {identifier(function)}({', '.join(parts)})"


def query_text(query: str) -> str:
    """A query as it stands in parentheses."""
    return query.strip().rstrip(";").rstrip()


def _sort_key(text: str) -> str:
    name, _, direction = text.rpartition(" ")
    descending = name != "" and direction.upper() == "DESC"
    return f"{identifier(name)} DESC" if descending else identifier(text)


def _constant(name: str, value: Any) -> str:
    match value:
        case None:
            return "NULL"
        case bool():
            return "TRUE" if value else "FALSE"
        case int():
            return str(value)
        case float():
            return f"{value!r}e0" if "e" not in repr(value) else repr(value)
        case str():
            return "'" + value.replace("'", "''") + "'"
        case _:
            raise SqlError(
                "SQL_ARGUMENTS",
                f"Argument `{name}` is a {type(value).__name__}.",
                hint="Constants are numbers, texts, booleans and None.",
            )
