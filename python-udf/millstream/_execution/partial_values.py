"""Built-in aggregates of a share of the rows, as values that aggregate to those of all of them."""

from __future__ import annotations

import pyarrow as pa

from .._late import pc
from .._types import DataType
from .instruction import PartialFunction

_MOST = (1 << 63) - 1


def partial_type(function: PartialFunction, of: DataType | None) -> DataType:
    """The type of the values that an aggregate of a column of type `of` begins with."""
    if function == "COUNT" or of is None:
        return DataType("BIGINT")
    if function == "SUM":
        return DataType("DOUBLE" if of.kind in ("FLOAT", "DOUBLE") else "BIGINT")
    return of.as_nullable()


def partial_values(function: PartialFunction, column: pa.Array | None, rows: int) -> pa.Array:
    """One value, or several where one cannot hold it: their aggregate is that of the column (counts are
    added). NULL where the column has only NULLs.

    `column` None: COUNT of the rows.
    """
    if column is None:
        return pa.array([rows], pa.int64())
    if function == "COUNT":
        return pa.array([len(column) - column.null_count], pa.int64())
    if function == "SUM":
        return _sums(column)
    return _extremes(column, "min" if function == "MIN" else "max")


def _sums(column: pa.Array) -> pa.Array:
    if column.type == pa.int64() and not _is_sum_small(column):
        half = len(column) // 2
        return pa.concat_arrays([_sums(column.slice(0, half)), _sums(column.slice(half))])
    wide = pa.float64() if pa.types.is_floating(column.type) else pa.int64()
    return pa.array([pc.sum(column).as_py()], wide)


def _is_sum_small(column: pa.Array) -> bool:
    if len(column) < 2:
        return True
    bounds = pc.min_max(column).as_py()
    return bounds["min"] is None or max(-bounds["min"], bounds["max"]) <= _MOST // len(column)


def _extremes(column: pa.Array, which: str) -> pa.Array:
    found: list[pa.Array] = []
    if pa.types.is_floating(column.type):
        # Arrow leaves NaN out; the engine says where it stands among numbers.
        is_nan = pc.fill_null(pc.is_nan(column), False)
        if pc.any(is_nan).as_py():
            found.append(pa.array([float("nan")], column.type))
            column = column.filter(pc.invert(is_nan))
    found.append(pa.array([pc.min_max(column).as_py()[which]], column.type))
    return pa.concat_arrays(found)
