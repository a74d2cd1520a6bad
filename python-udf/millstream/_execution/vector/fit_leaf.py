"""Columns without others inside: which Arrow types fit which SQL types, and how their values are cast."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa

from ..._late import pc
from ..._types import DataType, to_arrow
from ..codec import Dialect, Mismatch
from .base import Misfit
from .fit_time import to_date, to_instant, to_interval, to_time, to_timestamp

_t = pa.types


def fit_leaf(array: pa.Array, data_type: DataType, dialect: Dialect, gaps_are_nan: bool) -> pa.Array:
    """The column as `to_arrow(data_type)`; parameters and errors as those of `fit`."""

    def convert(column: pa.Array) -> pa.Array:
        return _convert(column, data_type, dialect, gaps_are_nan)

    try:
        return convert(array)
    except pa.ArrowNotImplementedError:
        raise Misfit(f"a column of {array.type}") from None
    except pa.ArrowInvalid as error:
        raise _first_misfit(array, convert, f"it does not fit into {data_type}", error) from None


def _first_misfit(
    array: pa.Array, convert: Callable[[pa.Array], pa.Array], reason: str, error: pa.ArrowInvalid
) -> Exception:
    low, high = 0, len(array)
    while high - low > 1:
        middle = (low + high) // 2
        try:
            convert(array.slice(low, middle - low))
            low = middle
        except pa.ArrowInvalid:
            high = middle
    try:
        convert(array.slice(low, 1))
    except pa.ArrowInvalid:
        return Mismatch(low, _value(array[low]), reason)
    return Misfit(f"a column of {array.type} with a value that does not fit ({error})")


def _value(scalar: pa.Scalar) -> object:
    try:
        return scalar.as_py()
    except (ValueError, OverflowError):
        return str(scalar)


def _convert(array: pa.Array, data_type: DataType, dialect: Dialect, gaps_are_nan: bool) -> pa.Array:
    source, target = array.type, to_arrow(data_type)
    match data_type.kind:
        case "TINYINT" | "SMALLINT" | "INT" | "BIGINT" | "INTERVAL_YEAR_MONTH":
            if _t.is_integer(source) or _t.is_boolean(source):
                return array.cast(target)
            if _t.is_floating(source) and (dialect.pyflink or gaps_are_nan):
                return (pc.trunc(array) if dialect.pyflink else array).cast(target)
        case "FLOAT" | "DOUBLE":
            if _is_number(source) or _t.is_boolean(source):
                return _to_float(array, target)
        case "DECIMAL":
            if _t.is_decimal(source) or _t.is_integer(source):
                return _to_decimal(array, target)
        case "DATE":
            return to_date(array)
        case "TIME":
            return to_time(array, data_type.precision)
        case "TIMESTAMP":
            return to_timestamp(array, data_type)
        case "TIMESTAMP_LTZ":
            return to_instant(array, data_type, dialect)
        case "INTERVAL_DAY_TIME":
            return to_interval(array)
        case _ if source.equals(target) or any(same(source) and same(target) for same in _SAME):
            return array.cast(target)
    raise Misfit(f"a column of {source}")


def _to_float(array: pa.Array, target: pa.DataType) -> pa.Array:
    if array.type.equals(target):
        return array
    if _t.is_boolean(array.type):
        array = array.cast(pa.int8())
    cast = array.cast(target, safe=False)
    if _t.is_float32(target):
        exact = array if _t.is_floating(array.type) else array.cast(pa.float64(), safe=False)
        if pc.any(pc.and_(pc.is_inf(cast), pc.invert(pc.is_inf(exact)))).as_py():
            raise pa.ArrowInvalid("a value is too large for FLOAT")
    return cast


def _to_decimal(array: pa.Array, target: pa.DataType) -> pa.Array:
    if array.type.equals(target):
        return array
    if _t.is_integer(array.type):
        return array.cast(pa.decimal256(76, target.scale)).cast(target)
    if array.type.scale > target.scale:
        wide = array.cast(pa.decimal256(76, array.type.scale))
        array = pc.round(wide, target.scale, "half_to_even")
    return array.cast(target)


def _is_number(source: pa.DataType) -> bool:
    return bool(_t.is_integer(source) or _t.is_floating(source) or _t.is_decimal(source))


def _is_text(arrow_type: pa.DataType) -> bool:
    return bool(_t.is_string(arrow_type) or _t.is_large_string(arrow_type))


def _is_bytes(arrow_type: pa.DataType) -> bool:
    return bool(
        _t.is_binary(arrow_type) or _t.is_large_binary(arrow_type) or _t.is_fixed_size_binary(arrow_type)
    )


_SAME = (_is_text, _is_bytes)
