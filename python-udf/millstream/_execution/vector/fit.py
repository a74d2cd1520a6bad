"""Casts a result column to the declared type where nothing is lost; anything else is refused."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from ..codec import Codec, Dialect
from .base import Misfit

_t = pa.types


def fit(
    array: pa.Array | pa.ChunkedArray, codec: Codec, dialect: Dialect, integral_floats: bool = False
) -> pa.Array:
    """The column as `codec.arrow_type`.

    Integers and floats widen and narrow as long as they fit; decimals are rounded half to even; encodings
    of the same values (dictionaries, large and view types) are undone. `integral_floats`: floats without a
    fraction are taken for integers, as pandas makes such of integers with gaps.

    Raises:
        Misfit: another type, or a value that does not fit.
    """
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.nulls(0, array.type)
    if _t.is_dictionary(array.type):
        array = array.dictionary_decode()
    target = codec.arrow_type
    if array.type.equals(target):
        return array
    if _t.is_null(array.type):
        return pa.nulls(len(array), target)
    try:
        return _cast(array, target, dialect, integral_floats)
    except pa.ArrowInvalid as error:
        raise Misfit(f"a column of {array.type} with a value that does not fit ({error})") from None
    except pa.ArrowNotImplementedError:
        raise Misfit(f"a column of {array.type}") from None


def _cast(array: pa.Array, target: pa.DataType, dialect: Dialect, integral_floats: bool) -> pa.Array:
    source = array.type
    if _t.is_integer(target) and _t.is_floating(source) and (dialect.truncates or integral_floats):
        return (pc.trunc(array) if dialect.truncates else array).cast(target)
    if _t.is_floating(target) and (_t.is_integer(source) or _t.is_decimal(source) or _t.is_floating(source)):
        return _to_float(array, target)
    if _t.is_decimal(target) and (_t.is_decimal(source) or _t.is_integer(source)):
        rounded = pc.round(array, target.scale, "half_to_even") if _t.is_decimal(source) else array
        return rounded.cast(target)
    if _t.is_timestamp(target) and _t.is_timestamp(source):
        return _to_timestamp(array, target, dialect)
    if any(same(source) and same(target) for same in _SAME_FAMILY):
        return array.cast(target)
    raise Misfit(f"a column of {source}")


def _to_float(array: pa.Array, target: pa.DataType) -> pa.Array:
    cast = array.cast(target, safe=False)
    if _t.is_floating(array.type) and pc.any(pc.and_(pc.is_inf(cast), pc.invert(pc.is_inf(array)))).as_py():
        raise pa.ArrowInvalid("a value is too large for FLOAT")
    return cast


def _to_timestamp(array: pa.Array, target: pa.DataType, dialect: Dialect) -> pa.Array:
    if array.type.tz is not None and target.tz is None:
        raise Misfit(f"a column of {array.type}, which has a time zone")
    if array.type.tz is None and target.tz is not None:
        if dialect.naive_zone is None:
            raise Misfit(f"a column of {array.type}, which has no time zone")
        array = pc.assume_timezone(array, str(dialect.naive_zone))
    return array.cast(pa.timestamp(target.unit, array.type.tz), safe=False).cast(target)


def _is_text(arrow_type: pa.DataType) -> bool:
    return _t.is_string(arrow_type) or _t.is_large_string(arrow_type) or str(arrow_type) == "string_view"


def _is_bytes(arrow_type: pa.DataType) -> bool:
    return _t.is_binary(arrow_type) or _t.is_large_binary(arrow_type) or str(arrow_type) == "binary_view"


def _is_list(arrow_type: pa.DataType) -> bool:
    return any(same(arrow_type) for same in (_t.is_list, _t.is_large_list, _t.is_fixed_size_list))


_SAME_FAMILY = (_t.is_integer, _is_text, _is_bytes, _t.is_date, _t.is_time, _is_list, _t.is_struct, _t.is_map)
