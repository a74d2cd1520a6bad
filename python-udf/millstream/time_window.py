"""The window of time that a row is in. Names are PyFlink's (DataStream)."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["TimeWindow"]


@dataclass(frozen=True, order=True)
class TimeWindow:
    """From `start` to before `end`, in milliseconds since 1970-01-01 00:00 UTC.

    >>> TimeWindow(0, 60_000).max_timestamp()
    59999
    """

    start: int
    end: int

    def max_timestamp(self) -> int:
        """The last millisecond that is in it; a watermark of that says that the window has passed."""
        return self.end - 1
