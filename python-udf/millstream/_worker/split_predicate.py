"""Conditions on the columns of a split, of three values; NaN is neither less nor greater than any number."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

import pyarrow as pa

from .. import _execution, _types
from .._late import pc
from .instructions import BothHold, Compare, EitherHolds, HoldsNot, IsIn, IsNull, IsTrue

if TYPE_CHECKING:
    from .instructions import SplitPredicate

Condition: TypeAlias = Callable[[Sequence[pa.Array]], pa.BooleanArray]
"""TRUE, FALSE or NULL for each row of columns."""

_COMPARISONS = {
    "=": "equal",
    "<>": "not_equal",
    "<": "less",
    "<=": "less_equal",
    ">": "greater",
    ">=": "greater_equal",
}


def compile_predicate(
    predicate: SplitPredicate, columns: Sequence[_types.DataType], schema: pa.Schema
) -> Condition:
    """The condition over columns of these types."""

    def compiled(part: SplitPredicate) -> Condition:
        return compile_predicate(part, columns, schema)

    match predicate:
        case BothHold(operands):
            return _joined([compiled(operand) for operand in operands], pc.and_kleene)
        case EitherHolds(operands):
            return _joined([compiled(operand) for operand in operands], pc.or_kleene)
        case HoldsNot(operand):
            inner = compiled(operand)
            return lambda values: pc.invert(inner(values))
        case IsNull(column):
            return lambda values: values[column].is_null()
        case IsTrue(column):
            return lambda values: values[column]
        case Compare(operator, column, value):
            constant = _constant(value, columns[column], schema.field(column).type)
            compare = getattr(pc, _COMPARISONS[operator])
            return lambda values: compare(values[column], constant)
        case IsIn(column, texts):
            constants = [_constant(text, columns[column], schema.field(column).type) for text in texts]
            members = pa.array([constant.as_py() for constant in constants], schema.field(column).type)
            return lambda values: pc.if_else(
                values[column].is_null(), pa.scalar(None, pa.bool_()), pc.is_in(values[column], members)
            )


def _joined(parts: Sequence[Condition], join: Callable[[pa.Array, pa.Array], pa.Array]) -> Condition:
    return lambda values: functools.reduce(join, (part(values) for part in parts))


def _constant(encoded: object, data_type: _types.DataType, arrow_type: pa.DataType) -> pa.Scalar:
    return pa.scalar(_execution.plain_value(encoded, data_type), arrow_type)
