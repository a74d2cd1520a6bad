"""Which row groups of a Parquet file a condition rules out, by the statistics in the footer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .. import _execution
from .instructions import BothHold, Compare, EitherHolds, HoldsNot, IsIn, IsNull

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._types import DataType
    from .instructions import SplitPredicate


class Range(NamedTuple):
    """What is known of a column in a row group; None: not known."""

    least: Any
    most: Any
    nulls: int | None
    rows: int

    @property
    def is_null(self) -> bool:
        """True where each value is NULL."""
        return self.nulls == self.rows


def range_of(chunk: Any) -> Range:
    """Of the metadata of a column chunk."""
    statistics, rows = chunk.statistics, chunk.num_values
    if statistics is None:
        return Range(None, None, None, rows)
    nulls = statistics.null_count if statistics.has_null_count else None
    try:
        has_range = statistics.has_min_max
        least, most = (statistics.min, statistics.max) if has_range else (None, None)
    except (ValueError, OverflowError):
        # Bounds of other writers may be cut in the middle of a character.
        least = most = None
    return Range(least, most, nulls, rows)


def may_hold(predicate: SplitPredicate, ranges: Sequence[Range], types: Sequence[DataType]) -> bool:
    """False where the condition is TRUE for no row."""
    match predicate:
        case BothHold(operands):
            return all(may_hold(operand, ranges, types) for operand in operands)
        case EitherHolds(operands):
            return any(may_hold(operand, ranges, types) for operand in operands)
        case HoldsNot(IsNull(column)):
            return not ranges[column].is_null
        case IsNull(column):
            return ranges[column].nulls != 0
        case Compare(operator, column, value):
            constant = _execution.plain_value(value, types[column])
            return _may_compare(operator, ranges[column], constant, types[column])
        case IsIn(column, values):
            constants = [_execution.plain_value(value, types[column]) for value in values]
            return any(_may_compare("=", ranges[column], each, types[column]) for each in constants)
        case _:
            return True


def _may_compare(operator: str, found: Range, constant: Any, data_type: DataType) -> bool:
    if found.is_null:
        return False
    if found.least is None or type(found.least) is not type(constant):
        return True
    match operator:
        case "=":
            return bool(found.least <= constant <= found.most)
        case "<":
            return bool(found.least < constant)
        case "<=":
            return bool(found.least <= constant)
    # NaN is greater than all, and in no statistics.
    if operator == "<>" or data_type.kind in ("FLOAT", "DOUBLE"):
        return True
    return bool(found.most > constant if operator == ">" else found.most >= constant)
