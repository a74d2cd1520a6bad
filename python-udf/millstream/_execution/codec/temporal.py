"""DATE, TIME, TIMESTAMP and TIMESTAMP_LTZ ↔ the classes of `datetime`."""

from __future__ import annotations

import datetime
import operator
from collections.abc import Callable
from typing import Any

import pyarrow as pa

from ..._late import pc
from ..._types import DataType
from .base import Codec, Mismatch, Unfit, exact_types, first_mismatch
from .calendar import dates, datetimes, within_python


class DateCodec(Codec):
    """DATE ↔ datetime.date; a datetime is refused because its time would be lost."""

    def decode(self, array: pa.Array) -> list[Any]:
        return dates(array.view(pa.int32()))

    def encode(self, values: list[Any]) -> pa.Array:
        if exact_types(values) <= {datetime.date}:
            return pa.array(values, pa.date32())
        return _encode_checked(values, self.arrow_type, _date, "datetime.date")

    def keeps(self, values: list[Any], kinds: set[type]) -> bool:
        return kinds <= {datetime.date}


class TimeCodec(Codec):
    """TIME(p) ↔ datetime.time without a zone; digits beyond the precision (at least milliseconds) are cut."""

    def decode(self, array: pa.Array) -> list[Any]:
        moments = datetimes(array.view(pa.int64()))
        return [None if moment is None else moment.time() for moment in moments]

    def encode(self, values: list[Any]) -> pa.Array:
        array = _encode_checked(values, self.arrow_type, _time, "datetime.time")
        return cut_counts(array.view(pa.int64()), self.data_type.precision, "us").view(self.arrow_type)


class TimestampCodec(Codec):
    """TIMESTAMP(p) ↔ naive datetime; nanoseconds are cut on the way in, as Python has none."""

    def decode(self, array: pa.Array) -> list[Any]:
        return datetimes(_micros(array))

    def encode(self, values: list[Any]) -> pa.Array:
        if _zones(values) == {None}:
            array = _micros_of(values)
        else:
            array = _encode_checked(values, pa.timestamp("us"), _naive, "a naive datetime.datetime")
        return _in_unit(array, self.data_type, self.arrow_type, values)


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
        array = _micros_of(values) if None not in _zones(values) else None
        if array is None or not within_python(array.view(pa.int64())):
            expected = "an aware datetime.datetime"
            array = _encode_checked(values, pa.timestamp("us"), self._utc, expected)
        return _in_unit(array, self.data_type, self.arrow_type, values)

    def _utc(self, value: Any) -> datetime.datetime:
        if not isinstance(value, datetime.datetime):
            raise TypeError
        if value.tzinfo is None:
            if self._naive_zone is None:
                raise Unfit("it has no time zone; give it one, for example tzinfo=timezone.utc")
            value = value.replace(tzinfo=self._naive_zone)
        instant: datetime.datetime = value.astimezone(datetime.timezone.utc)
        return instant.replace(tzinfo=None)


class IntervalCodec(Codec):
    """INTERVAL DAY TO SECOND ↔ datetime.timedelta; what is below milliseconds is cut towards zero."""

    def decode(self, array: pa.Array) -> list[Any]:
        return list(map(_delta, array.to_pylist()))

    def encode(self, values: list[Any]) -> pa.Array:
        try:
            return pa.array([None if value is None else _millis(value) for value in values], pa.int64())
        except TypeError:
            raise first_mismatch(values, _millis, "datetime.timedelta") from None


def _delta(millis: int | None) -> datetime.timedelta | None:
    return None if millis is None else datetime.timedelta(milliseconds=millis)


def _millis(value: Any) -> int:
    if not isinstance(value, datetime.timedelta):
        raise TypeError
    micros = (value.days * 86_400 + value.seconds) * 1_000_000 + value.microseconds
    return micros // 1000 if micros >= 0 else -(-micros // 1000)


def _zones(values: list[Any]) -> set[Any]:
    """The time zones of datetimes; {None, False} where there are other values than these and None."""
    if exact_types(values) != {datetime.datetime}:
        return {None, False}
    known = values if None not in values else [value for value in values if value is not None]
    return set(map(_zone_of, known))


_zone_of = operator.attrgetter("tzinfo")


def _micros_of(values: list[Any]) -> pa.Array:
    """Instants where the datetimes are aware: pyarrow takes their offsets into account."""
    return pa.array(values, pa.timestamp("us"))


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
    counts = array.view(pa.int64())
    return counts if array.type.unit == "us" else floored(counts, 1000)


def _in_unit(micros: pa.Array, data_type: DataType, arrow_type: pa.DataType, values: list[Any]) -> pa.Array:
    counts = cut_counts(micros.view(pa.int64()), data_type.precision, "us")
    if arrow_type.unit == "us":
        return counts.view(arrow_type)
    try:
        return pc.multiply_checked(counts, 1000).view(arrow_type)
    except pa.ArrowInvalid:
        bound = 2**63 // 1000
        index = next(i for i, c in enumerate(counts.to_pylist()) if c is not None and not -bound <= c < bound)
        reason = f"it is outside of the years 1677 to 2262, which {data_type} can hold"
        raise Mismatch(index, values[index], reason) from None


def cut_counts(counts: pa.Array, precision: int, unit: str) -> pa.Array:
    """Counts of `unit` ("us", "ns") without digits beyond `precision`, cut downwards; at least milliseconds
    stay, as Flink keeps them."""
    step = 10 ** max(0, (6 if unit == "us" else 9) - max(3, precision))
    return counts if step == 1 else pc.multiply(floored(counts, step), step)


def floored(counts: pa.Array, divisor: int) -> pa.Array:
    """Integer division that goes down for negative counts, where Arrow's goes towards zero."""
    quotient = pc.divide(counts, divisor)
    below = pc.less(counts, pc.multiply(quotient, divisor)).cast(pa.int64())
    return pc.subtract(quotient, below)
