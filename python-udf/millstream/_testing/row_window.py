"""The window of a row under test: its columns of the names that window functions give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from ..time_window import TimeWindow

EDGES = ("window_start", "window_end")


def has_window(columns: Iterable[str]) -> bool:
    """True where both edges of a window are among the columns."""
    return set(EDGES).issubset(columns)


def window_of(row: Mapping[str, Any]) -> TimeWindow | None:
    """None where the row has none; times without a zone are UTC."""
    start, end = (row.get(edge) for edge in EDGES)
    return None if start is None or end is None else TimeWindow(_milliseconds(start), _milliseconds(end))


def _milliseconds(time: datetime) -> int:
    zoned = time if time.tzinfo else time.replace(tzinfo=timezone.utc)
    return (zoned - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(milliseconds=1)
