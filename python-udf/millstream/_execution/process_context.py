"""What a process function is told of a row or timer."""

from __future__ import annotations

from typing import Any

from ..process_functions import Context, TimerService
from ..time_window import TimeWindow
from .key_state import CurrentKey


class CallContext(Context, TimerService):
    """One object for all calls of a stage; the stage sets what is different."""

    def __init__(self, current: CurrentKey) -> None:
        self._current = current
        self.key: Any = None
        self.time: int | None = None
        self.watermark: int | None = None
        self.domain: str | None = None
        self.time_window: TimeWindow | None = None

    def timestamp(self) -> int | None:
        return self.time

    def get_current_key(self) -> Any:
        return self.key

    def window(self) -> TimeWindow | None:
        return self.time_window

    def timer_service(self) -> TimerService:
        return self

    def time_domain(self) -> str | None:
        return self.domain

    def current_watermark(self) -> int | None:
        return self.watermark

    def current_processing_time(self) -> int:
        return self._current.now

    def register_event_time_timer(self, timestamp: int) -> None:
        self._current.state.event_timers.add(int(timestamp))

    def delete_event_time_timer(self, timestamp: int) -> None:
        self._current.state.event_timers.discard(int(timestamp))

    def register_processing_time_timer(self, timestamp: int) -> None:
        self._current.state.processing_timers.add(int(timestamp))

    def delete_processing_time_timer(self, timestamp: int) -> None:
        self._current.state.processing_timers.discard(int(timestamp))
