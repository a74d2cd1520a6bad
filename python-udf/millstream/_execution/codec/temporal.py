"""DATE, TIME, TIMESTAMP and TIMESTAMP_LTZ ↔ the classes of `datetime`."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ..._types import DataType
from .base import Codec, Unfit, exact_types, first_mismatch
from .calendar import dates, datetimes


class DateCodec(Codec):
    """DATE ↔ datetime.date; a datetime is refused because its time would be lost."""

    def decode(self, array: pa.Array) -> list[Any]:
        return dates(array.view(pa.int32()))

    def encode(self, values: list[Any]) -> pa.Array:
        if exact_types(values) <= {datetime.date}:
            return pa.array(values, pa.date32())
        return _encode_checked(values, self.arrow_type, _date, "datetime.date")

    def keeps(self, values: list[Any]) -> bool:
        return exact_types(values) <= {datetime.date}


class TimeCodec(Codec):
    """TIME(p) ↔ datetime.time without a zone; digits beyond the precision (at least milliseconds) are cut."""

    def decode(self, array: pa.Array) -> list[Any]:
        moments = datetimes(array.view(pa.int64()))
        return [None if moment is None else moment.time() for moment in moments]

    def encode(self, values: list[Any]) -> pa.Array:
        array = _encode_checked(values, self.arrow_type, _time, "datetime.time")
        unit = _unit_of(self.data_type.precision)
        if unit == 1:
            return array
        micros = array.cast(pa.int64())
        return pc.multiply(pc.divide(micros, unit), unit).cast(self.arrow_type)


class TimestampCodec(Codec):
    """TIMESTAMP(p) ↔ naive datetime; nanoseconds are cut on the way in, as Python has none."""

    def decode(self, array: pa.Array) -> list[Any]:
        return datetimes(_micros(array))

    def encode(self, values: list[Any]) -> pa.Array:
        array = _encode_checked(values, pa.timestamp("us"), _naive, "a naive datetime.datetime")
        return _cut(array, self.data_type.precision).cast(self.arrow_type)


class InstantCodec(Codec):
    """TIMESTAMP_LTZ(p) ↔ aware datetime in `zone`; naive ones are read in `naive_zone` or refused."""

    def __init__(
        self, data_type: DataType, zone: datetime.tzinfo, naive_zone: datetime.tzinfo | None
    ) -> None:
        super().__init__(data_type)
        self._zone = zone
        self._naive_zone = naive_zone

    def decode(self, array: pa.Array) -> list[Any]:
        utc, zone = datetime.timezone.utc, self._zone
        instants = [None if v is None else v.replace(tzinfo=utc) for v in datetimes(_micros(array))]
        return instants if zone is utc else [None if v is None else v.astimezone(zone) for v in instants]

    def encode(self, values: list[Any]) -> pa.Array:
        expected = "an aware datetime.datetime"
        array = _encode_checked(values, pa.timestamp("us"), self._utc, expected)
        return (
            _cut(array, self.data_type.precision)
            .cast(pa.timestamp(self.arrow_type.unit))
            .view(self.arrow_type)
        )

    def _utc(self, value: Any) -> datetime.datetime:
        if not isinstance(value, datetime.datetime):
            raise TypeError
        if value.tzinfo is None:
            if self._naive_zone is None:
                raise Unfit("it has no time zone; give it one, for example tzinfo=timezone.utc")
            value = value.replace(tzinfo=self._naive_zone)
        instant: datetime.datetime = value.astimezone(datetime.timezone.utc)
        return instant.replace(tzinfo=None)


def _encode_checked(
    values: list[Any], arrow_type: pa.DataType, check: Callable[[Any], Any], expected: str
) -> pa.Array:
    try:
        checked = [None if value is None else check(value) for value in values]
        return pa.array(checked, arrow_type)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        raise first_mismatch(values, lambda value: pa.array([check(value)], arrow_type), expected) from None


def _date(value: Any) -> datetime.date:
    if isinstance(value, datetime.datetime):
        raise Unfit("it has a time of day; call .date()")
    if not isinstance(value, datetime.date):
        raise TypeError
    return value


def _time(value: Any) -> datetime.time:
    if not isinstance(value, datetime.time):
        raise TypeError
    if value.tzinfo is not None:
        raise Unfit("it has a time zone, TIME has none")
    return value


def _naive(value: Any) -> datetime.datetime:
    if not isinstance(value, datetime.datetime):
        raise TypeError
    if value.tzinfo is not None:
        raise Unfit("it has a time zone, TIMESTAMP has none; declare TIMESTAMP_LTZ, or drop the zone")
    return value


def _micros(array: pa.Array) -> pa.Array:
    if array.type.unit == "us":
        return array.view(pa.int64())
    return _floored(array.view(pa.int64()), 1000, pa.int64(), keep_unit=False)


def _unit_of(precision: int) -> int:
    """Microseconds of the smallest step kept: Flink keeps milliseconds for precisions up to 3."""
    return int(10 ** (6 - min(6, max(3, precision))))


def _cut(array: pa.Array, precision: int) -> pa.Array:
    unit = _unit_of(precision)
    return array if unit == 1 else _floored(array.cast(pa.int64()), unit, array.type, keep_unit=True)


def _floored(counts: pa.Array, unit: int, arrow_type: pa.DataType, keep_unit: bool) -> pa.Array:
    """Integer division that goes down for negative counts, where Arrow's goes towards zero."""
    quotient = pc.divide(counts, unit)
    below = pc.less(counts, pc.multiply(quotient, unit)).cast(pa.int64())
    floored = pc.subtract(quotient, below)
    return (pc.multiply(floored, unit) if keep_unit else floored).cast(arrow_type)
