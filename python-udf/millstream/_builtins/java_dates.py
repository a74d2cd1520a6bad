"""Patterns of Java's `DateTimeFormatter`, in the locale of the United States, for local timestamps."""

from __future__ import annotations

import functools
import re
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from .sql_function import BuiltinError

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_TOKEN = re.compile(r"''|'(?:[^']|'')*'|([A-Za-z])\1*|[^A-Za-z']+|'")
_LETTERS = frozenset("GuyYMLdDEecaQqwWFhHkKmsSnNA")

Token = tuple[str, int]
"""A letter with the length of its run, or text with 0."""


class PatternError(BuiltinError):
    """What the pattern asks for is not there, or it is none."""


@functools.lru_cache(maxsize=256)
def tokens(pattern: str) -> tuple[Token, ...]:
    """The parts of a pattern. @raises PatternError for one that Java refuses, or that needs a time zone."""
    made: list[Token] = []
    for match in _TOKEN.finditer(pattern):
        piece = match[0]
        if match[1] is not None:
            if match[1] not in _LETTERS:
                raise PatternError(f"'{piece}' in the pattern '{pattern}' is nothing that a timestamp has")
            made.append((match[1], len(piece)))
        elif piece == "'" or set(piece) & set("[]{}#"):
            raise PatternError(f"'{pattern}' is no pattern of dates and times that is supported")
        else:
            made.append((piece if piece == "''" or piece[0] != "'" else piece[1:-1], 0))
            made[-1] = (made[-1][0].replace("''", "'"), 0)
    return tuple(made)


def written(value: datetime, pattern: str) -> str:
    """The text of a local timestamp."""
    return "".join(text if not width else _part(value, text, width) for text, width in tokens(pattern))


def _part(value: datetime, letter: str, width: int) -> str:
    if letter in "uyY":
        year = _week_of_year(value)[0] if letter == "Y" else value.year
        return f"{year % 100:02d}" if width == 2 else f"{year:0{width}d}"
    if letter in "MLQqEec":
        return _named(value, letter, width)
    if letter == "S":
        return f"{value.microsecond:06d}".ljust(width, "0")[:width]
    if letter == "a":
        return "AM" if value.hour < 12 else "PM"
    if letter == "G":
        return {4: "Anno Domini", 5: "A"}.get(width, "AD")
    return f"{_number(value, letter):0{width}d}"


def _named(value: datetime, letter: str, width: int) -> str:
    if letter in "ML":
        number, name = value.month, MONTHS[value.month - 1]
    elif letter in "Qq":
        quarter = (value.month + 2) // 3
        ordinal = ("1st", "2nd", "3rd", "4th")[quarter - 1]
        return {3: f"Q{quarter}", 4: f"{ordinal} quarter"}.get(width, f"{quarter:0{width}d}")
    else:
        number, name = (value.weekday() + 1) % 7 + 1, DAYS[value.weekday()]
        if letter == "E" and width < 3:
            return name[:3]
    return {3: name[:3], 4: name, 5: name[0]}.get(width, f"{number:0{width}d}")


def _number(value: datetime, letter: str) -> int:
    day = value.timetuple().tm_yday
    midnight = value.replace(hour=0, minute=0, second=0, microsecond=0)
    micros = (value - midnight) // timedelta(microseconds=1)
    first_weekday = (value.replace(day=1).weekday() + 1) % 7
    numbers = {
        "d": value.day,
        "D": day,
        "w": _week_of_year(value)[1],
        "W": (value.day + first_weekday - 1) // 7 + 1,
        "F": (value.day - 1) // 7 + 1,
        "h": value.hour % 12 or 12,
        "H": value.hour,
        "k": value.hour or 24,
        "K": value.hour % 12,
        "m": value.minute,
        "s": value.second,
        "n": value.microsecond * 1000,
        "N": micros * 1000,
        "A": micros // 1000,
    }
    return numbers[letter]


def _week_of_year(value: datetime) -> tuple[int, int]:
    """Year and number of the week; it begins on Sunday, and the first has the first of January."""
    sunday = value.date() - timedelta(days=(value.weekday() + 1) % 7)
    year = (sunday + timedelta(days=6)).year
    first = date(year, 1, 1)
    first_sunday = first - timedelta(days=(first.weekday() + 1) % 7)
    return year, (sunday - first_sunday).days // 7 + 1


def read(text: str, pattern: str) -> datetime | None:
    """The local timestamp of a text, or None; 1970-01-01 00:00 has what the pattern leaves out."""
    match = _expression(pattern).fullmatch(text)
    if match is None:
        return None
    found = {letter: value for letter, value in match.groupdict().items() if value is not None}
    try:
        return _assembled(found)
    except (ValueError, KeyError):
        return None


def read_leniently(text: str, pattern: str) -> datetime | None:
    """As `read`, like Java's older `SimpleDateFormat`: what follows is left, fields run over into the next.

    The 30th of February is the first or second of March, month 13 the next January.
    """
    match = _lenient_expression(pattern).match(text)
    if match is None:
        return None
    found = {letter: value for letter, value in match.groupdict().items() if value is not None}
    try:
        return _rolled(found, "yyy" in pattern)
    except (ValueError, OverflowError, KeyError):
        return None


def _rolled(found: dict[str, str], is_full_year: bool) -> datetime:
    year = next((found[letter] for letter in "uy" if letter in found), "1970")
    month = _month(next((found[letter] for letter in "ML" if letter in found), "1")) - 1
    first = datetime((int(year) if is_full_year else _year(year)) + month // 12, month % 12 + 1, 1)
    if "D" in found:
        first = datetime(first.year, 1, 1)
    hour = int(found["k"]) % 24 if "k" in found else int(found.get("H", "0"))
    if "h" in found or "K" in found:
        hour = int(found.get("h", found.get("K", "0"))) % 12 + (12 if found.get("a", "AM") == "PM" else 0)
    return first + timedelta(
        days=int(found.get("D", found.get("d", "1"))) - 1,
        hours=hour,
        minutes=int(found.get("m", "0")),
        seconds=int(found.get("s", "0")),
        milliseconds=int(found.get("S", "0")),
    )


def _assembled(found: dict[str, Any]) -> datetime:
    year = next((_year(found[letter]) for letter in "uy" if letter in found), 1970)
    month = _month(next((found[letter] for letter in "ML" if letter in found), "1"))
    hour = int(found.get("H", "0"))
    if "k" in found:
        hour = int(found["k"]) % 24
    elif "h" in found or "K" in found:
        half = int(found.get("h", found.get("K", "0"))) % 12
        hour = half + (12 if found.get("a", "AM").upper() == "PM" else 0)
    moment = timedelta(
        hours=_below(hour, 24),
        minutes=_below(int(found.get("m", "0")), 60),
        seconds=_below(int(found.get("s", "0")), 60),
        microseconds=int(found.get("S", "0").ljust(6, "0")[:6]),
    )
    if "D" in found:
        return datetime(year, 1, 1) + timedelta(days=int(found["D"]) - 1) + moment
    day = int(found.get("d", "1"))
    if day > 31 or day < 1:
        raise ValueError(day)
    # As Java's smart resolver: the 30th of February is its last day.
    last = (datetime(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    return datetime(year, month, min(day, last)) + moment


def _year(text: str) -> int:
    return 2000 + int(text) if len(text) == 2 else int(text)


def _month(text: str) -> int:
    if text.isdigit():
        return int(text)
    return next(i for i, name in enumerate(MONTHS, 1) if name[:3] == text[:3])


def _below(value: int, limit: int) -> int:
    if value >= limit:
        raise ValueError(value)
    return value


@functools.lru_cache(maxsize=256)
def _expression(pattern: str) -> re.Pattern[str]:
    """A single letter is a number of any length, a run of several one of that length."""
    made, seen = [], set()
    for letter, width in tokens(pattern):
        if not width:
            made.append(re.escape(letter))
            continue
        if letter in seen or letter in "GYecQqwWFnNA":
            raise PatternError(f"'{letter * width}' in the pattern '{pattern}' cannot be read")
        seen.add(letter)
        made.append(f"(?P<{letter}>{_readable(letter, width)})")
    return re.compile("".join(made))


@functools.lru_cache(maxsize=256)
def _lenient_expression(pattern: str) -> re.Pattern[str]:
    """Numbers have any length where no other number follows at once."""
    _expression(pattern)
    made = ""
    parts = [*tokens(pattern), ("", 0)]
    for (letter, width), (following, next_width) in pairwise(parts):
        if not width:
            made += re.escape(letter)
        elif not _is_number(letter, width):
            made += f"(?P<{letter}>{_readable(letter, width)})"
        else:
            digits = rf"\d{{{width}}}" if _is_number(following, next_width) else r"\d+"
            made += rf"[ \t]*(?P<{letter}>{digits})"
    return re.compile(made)


def _is_number(letter: str, width: int) -> bool:
    return width > 0 and letter not in "Ea" and not (letter in "ML" and width >= 3)


def _readable(letter: str, width: int) -> str:
    if letter in "ML" and width >= 3:
        return "|".join(name if width == 4 else name[:3] for name in MONTHS)
    if letter == "E":
        return "|".join(name if width == 4 else name[:3] for name in DAYS)
    if letter == "a":
        return "AM|PM"
    if letter in "uy":
        return r"\d{2}" if width == 2 else r"\d{1,9}" if width == 1 else rf"\d{{{width}}}"
    if letter == "S":
        return rf"\d{{{width}}}"
    return (
        r"\d{1,2}"
        if width == 1 and letter != "D"
        else rf"\d{{{'1,3' if letter == 'D' and width == 1 else width}}}"
    )
