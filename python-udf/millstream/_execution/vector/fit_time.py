"""Dates, times, timestamps and intervals: digits beyond the precision are cut downwards, as in Flink."""

from __future__ import annotations

import pyarrow as pa

from ..._late import pc
from ..._types import DataType, to_arrow
from ..codec import Dialect
from ..codec.temporal import cut_counts, floored
from .base import Misfit

_t = pa.types
_NANOS = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1}


def to_date(array: pa.Array) -> pa.Array:
    """DATE: from dates, and from timestamps that have no time of day (pandas and NumPy have no dates)."""
    if _t.is_date32(array.type):
        return array
    if not (_t.is_date(array.type) or (_t.is_timestamp(array.type) and array.type.tz is None)):
        raise Misfit(f"a column of {array.type}")
    day = array.cast(pa.date32())
    if _t.is_timestamp(array.type) and not pc.all(pc.equal(day.cast(array.type), array)).as_py():
        raise pa.ArrowInvalid("a timestamp has a time of day")
    return day


def to_time(array: pa.Array, precision: int) -> pa.Array:
    """TIME(precision)."""
    if not _t.is_time(array.type):
        raise Misfit(f"a column of {array.type}")
    micros = array.cast(pa.time64("us"), safe=False)
    return cut_counts(micros.cast(pa.int64()), precision, "us").cast(pa.time64("us"))


def to_timestamp(array: pa.Array, data_type: DataType) -> pa.Array:
    """TIMESTAMP(p): from timestamps without a zone."""
    if not _t.is_timestamp(array.type):
        raise Misfit(f"a column of {array.type}")
    if array.type.tz is not None:
        raise Misfit(f"a column of {array.type}, which has a time zone")
    return _in_unit(array, data_type)


def to_instant(array: pa.Array, data_type: DataType, dialect: Dialect) -> pa.Array:
    """TIMESTAMP_LTZ(p): from timestamps of any zone; without one only where the dialect has one for them."""
    if not _t.is_timestamp(array.type):
        raise Misfit(f"a column of {array.type}")
    if array.type.tz is None:
        if dialect.naive_zone is None:
            raise Misfit(f"a column of {array.type}, which has no time zone")
        array = pc.assume_timezone(
            array, str(dialect.naive_zone), ambiguous="earliest", nonexistent="earliest"
        )
    return _in_unit(array.cast(pa.timestamp(array.type.unit, "UTC")), data_type)


def to_interval(array: pa.Array) -> pa.Array:
    """INTERVAL DAY TO SECOND: milliseconds from durations; what is below is cut towards zero."""
    if not _t.is_duration(array.type):
        raise Misfit(f"a column of {array.type}")
    return array.cast(pa.duration("ms"), safe=False).cast(pa.int64())


def _in_unit(array: pa.Array, data_type: DataType) -> pa.Array:
    target = to_arrow(data_type)
    given, wanted = _NANOS[array.type.unit], _NANOS[target.unit]
    counts = array.cast(pa.int64())
    if given < wanted:
        counts = floored(counts, wanted // given)
    elif given > wanted:
        counts = pc.multiply_checked(counts, given // wanted)
    return cut_counts(counts, data_type.precision, target.unit).cast(target)
