"""Values of options that have a form of their own: rates, durations, sizes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

FunctionKind = Literal["scalar", "table", "aggregate", "table_aggregate"]
OnError = Literal["fail", "null", "skip", "dead_letter"]
NullRule = Literal["skip", "pass"]

_UNIT_SECONDS = {
    **dict.fromkeys(("ms", "milli", "millis", "millisecond", "milliseconds"), 1e-3),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1.0),
    **dict.fromkeys(("m", "min", "minute", "minutes"), 60.0),
    **dict.fromkeys(("h", "hour", "hours"), 3600.0),
    **dict.fromkeys(("d", "day", "days"), 86400.0),
}
_UNIT_BYTES = {
    unit: 1024**power
    for power, units in enumerate(
        (("", "b", "bytes"), ("k", "kb", "kib"), ("m", "mb", "mib"), ("g", "gb", "gib"))
    )
    for unit in units
}


@dataclass(frozen=True)
class Rate:
    """At most one call every `interval` seconds, on average; as text `100/s`, `10/min` or `1000/h`."""

    interval: float
    text: str

    @staticmethod
    def parse(value: object) -> Rate:
        """Raises ValueError with what to write."""
        if isinstance(value, Rate):
            return value
        match = (
            re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*/\s*([a-z]+)\s*", value) if isinstance(value, str) else None
        )
        seconds = None if match is None else _UNIT_SECONDS.get(match[2])
        if match is None or seconds is None or float(match[1]) == 0:
            raise ValueError("Write a number of calls and a time: '100/s', '10/min', '1000/h'")
        return Rate(seconds / float(match[1]), f"{match[1]}/{match[2]}")

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Concurrency:
    """How many workers, or calls in flight, at least and at most; as text `4`, or `1-8` for a range."""

    least: int
    most: int

    @staticmethod
    def parse(value: object) -> Concurrency:
        """Raises ValueError with what to write."""
        if isinstance(value, Concurrency):
            return value
        match = re.fullmatch(r"\s*(\d+)\s*(?:-\s*(\d+)\s*)?", value) if isinstance(value, str) else None
        if match is not None:
            value = int(match[1]) if match[2] is None else (int(match[1]), int(match[2]))
        ends = value if isinstance(value, tuple) else (value, value)
        if len(ends) == 2 and all(isinstance(end, int) and not isinstance(end, bool) for end in ends):
            least, most = ends
            if 1 <= least <= most:
                return Concurrency(least, most)
        raise ValueError("It is a whole number of at least 1, or the least and the most: (1, 8)")

    @property
    def is_fixed(self) -> bool:
        """No range."""
        return self.least == self.most

    def __str__(self) -> str:
        return str(self.least) if self.is_fixed else f"{self.least}-{self.most}"


def duration(value: object) -> float:
    """Seconds of a number of seconds or of a text such as `500 ms`. Raises ValueError with what to write."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0:
        return float(value)
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*", value) if isinstance(value, str) else None
    if match is None or match[2] not in _UNIT_SECONDS or float(match[1]) == 0:
        raise ValueError("Write a number of seconds, or a text with a unit: '500 ms', '10 s', '2 min'")
    return float(match[1]) * _UNIT_SECONDS[match[2]]


def memory_bytes(value: object) -> int:
    """Bytes of a number or of a text such as `256 MB` (1024-based). Raises ValueError with what to write."""
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    match = re.fullmatch(r"\s*(\d+)\s*([a-z]*)\s*", value.lower()) if isinstance(value, str) else None
    if match is None or match[2] not in _UNIT_BYTES or int(match[1]) == 0:
        raise ValueError("Write a size such as '256 MB' or '2 GB'")
    unit: int = _UNIT_BYTES[match[2]]
    return int(match[1]) * unit
