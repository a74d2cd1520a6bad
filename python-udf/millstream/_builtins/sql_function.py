"""What a built-in of this package is: a Python function of one row, run over Arrow columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

Row = Callable[..., Any]

_ARROW_TYPES = {
    "BOOLEAN": pa.bool_(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "VARCHAR": pa.string(),
    "DOUBLE": pa.float64(),
    "BLOB": pa.binary(),
    "VARCHAR[]": pa.list_(pa.string()),
    "DOUBLE[]": pa.list_(pa.float64()),
    "MAP(VARCHAR, VARCHAR)": pa.map_(pa.string(), pa.string()),
}


class BuiltinError(Exception):
    """A row for which Flink fails the job; the text is what the user reads."""


@dataclass(frozen=True)
class SqlFunction:
    """`row` gets the values of one row; `result` is DuckDB's type of what it returns."""

    row: Row
    result: str

    def over_columns(self, *columns: pa.ChunkedArray) -> pa.Array:
        """The result column of argument columns of one length."""
        values = map(self.row, *(column.to_pylist() for column in columns))
        return pa.array(list(values), _ARROW_TYPES[self.result])


def strict(row: Row) -> Row:
    """The function without NULLs: one among its arguments makes the result NULL."""

    def unless_null(*values: Any) -> Any:
        return None if None in values else row(*values)

    return unless_null


def functions(result: str, **rows: Row) -> dict[str, SqlFunction]:
    """Functions of one result type by the names they have in SQL."""
    return {f"flink_{name}": SqlFunction(row, result) for name, row in rows.items()}
