"""Sends what functions measured, between bundles and when a stage ends."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec

from .control_messages import Metrics, MetricValue

if TYPE_CHECKING:
    from collections.abc import Callable

    from .._execution import FunctionStage
    from .protocol import ControlFromWorker

_SECONDS_BETWEEN = 0.5


class MetricsReport:
    """Runs on the thread of user code, because reading a gauge is user code."""

    def __init__(self) -> None:
        self.send: Callable[[ControlFromWorker], None] = lambda message: None
        self._next = 0.0

    def send_sometimes(self, name: str, stage: FunctionStage) -> None:
        """Sends what has changed, at most twice a second."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _SECONDS_BETWEEN
            self.send_all(name, stage)

    def send_all(self, name: str, stage: FunctionStage, gauges: bool = True) -> None:
        """Sends what has changed; `gauges` False once the functions are closed."""
        values = stage.take_metrics(gauges)
        if values:
            self.send(Metrics(name, [msgspec.convert(value, MetricValue) for value in values]))
