"""What the stages of a function measured, put together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .._execution import FunctionStage


class Measured:
    """Metrics by name, with labels as in `name{key=value}`."""

    def __init__(self) -> None:
        self.values: dict[str, dict[str, Any]] = {}

    def take(self, stages: Iterable[FunctionStage]) -> None:
        """Adds what was measured since the last time."""
        for stage in stages:
            for value in stage.take_metrics():
                labels = ", ".join(f"{key}={text}" for key, text in sorted(value["labels"].items()))
                name = value["name"] + (f"{{{labels}}}" if labels else "")
                before = self.values.get(name)
                self.values[name] = value if before is None else _merged(before, value)


def _merged(before: dict[str, Any], value: dict[str, Any]) -> dict[str, Any]:
    lists = [before["buckets"], value["buckets"]]
    return {
        **value,
        "count": before["count"] + value["count"],
        "sum": _both(before["sum"], value["sum"], lambda a, b: a + b),
        "min": _both(before["min"], value["min"], min),
        "max": _both(before["max"], value["max"], max),
        "buckets": [bucket for buckets in lists for bucket in buckets],
    }


def _both(a: Any, b: Any, combine: Any) -> Any:
    return b if a is None else a if b is None else combine(a, b)
