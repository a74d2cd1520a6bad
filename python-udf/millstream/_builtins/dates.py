"""DATE_FORMAT, TO_TIMESTAMP and CONVERT_TZ where DuckDB's formats cannot say what Java's patterns mean."""

from __future__ import annotations

import functools
import re
from datetime import datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .java_dates import read, read_leniently, written
from .sql_function import BuiltinError, functions, strict

_STANDARD = "yyyy-MM-dd HH:mm:ss"
_EPOCH = datetime(1970, 1, 1)
_OFFSET = re.compile(r"GMT([+-])(\d{1,2})(?::?(\d{2}))?")
# The three-letter names that Java keeps for old programs, where they are not in the database of zones.
_SHORT = {
    "PST": "America/Los_Angeles",
    "CST": "America/Chicago",
    "IST": "Asia/Kolkata",
    "JST": "Asia/Tokyo",
    "ECT": "Europe/Paris",
    "CTT": "Asia/Shanghai",
    "AET": "Australia/Sydney",
    "BST": "Asia/Dhaka",
    "ART": "Africa/Cairo",
    "NST": "Pacific/Auckland",
}


def _micros(value: datetime | None) -> int | None:
    return None if value is None else (value - _EPOCH) // timedelta(microseconds=1)


def date_format(value: datetime, pattern: str) -> str:
    """The text of a local timestamp by a pattern."""
    return written(value, pattern)


def parse_timestamp(text: str, pattern: str) -> int | None:
    """Microseconds since 1970 of the local timestamp that a text stands for, or None."""
    return _micros(read(text, pattern))


def parse_date(text: str, pattern: str) -> int | None:
    """As `parse_timestamp`, leniently: fields run over, and text behind the pattern is left."""
    return _micros(read_leniently(text, pattern))


def parse_timestamp_or_fail(text: str, pattern: str) -> int:
    """As `parse_timestamp`; fails where the text is none."""
    found = parse_timestamp(text, pattern)
    if found is None:
        raise BuiltinError(f"'{text}' is no timestamp of the form '{pattern}'")
    return found


def convert_tz(text: str, source: str, target: str) -> str | None:
    """A local time of one zone in another; an unknown zone is GMT, as in Java."""
    local = read_leniently(text, _STANDARD)
    if local is None:
        return None
    return written(local.replace(tzinfo=_zone(source)).astimezone(_zone(target)), _STANDARD)


def zoned_micros(local: int, zone: str) -> int:
    """Microseconds since 1970 of a local time of a zone, given as microseconds too."""
    moment = (_EPOCH + timedelta(microseconds=local)).replace(tzinfo=_zone(zone))
    return (moment - _EPOCH.replace(tzinfo=timezone.utc)) // timedelta(microseconds=1)


@functools.lru_cache(maxsize=256)
def _zone(name: str) -> tzinfo:
    if match := _OFFSET.fullmatch(name):
        sign = -1 if match[1] == "-" else 1
        return timezone(sign * timedelta(hours=int(match[2]), minutes=int(match[3] or 0)))
    try:
        return ZoneInfo(_SHORT.get(name, name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return timezone.utc


FUNCTIONS = {
    **functions("VARCHAR", date_format=strict(date_format), convert_tz=strict(convert_tz)),
    **functions(
        "BIGINT",
        parse_date=strict(parse_date),
        parse_timestamp=strict(parse_timestamp),
        parse_timestamp_or_fail=strict(parse_timestamp_or_fail),
        zoned_micros=strict(zoned_micros),
    ),
}
