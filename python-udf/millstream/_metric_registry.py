"""The metrics of one function in this process."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from ._metric_series import Gauge, Series
from .errors import ErrorDetails, UdfError

#: Each pair of name and labels is a metric: labels made of the data would grow without end.
MOST_METRICS = 1000

S = TypeVar("S", bound=Series)
_Key = tuple[str, tuple[tuple[str, str], ...]]
_log = logging.getLogger("millstream.metrics")


class MetricRegistry:
    """Holds metrics by name and labels until they are taken for a report."""

    def __init__(self, function: str) -> None:
        self._function = function
        self._series: dict[_Key, Series] = {}
        self._failed: set[_Key] = set()

    def series(
        self, kind: type[S], name: str, labels: Mapping[str, str], make: Callable[[], S] | None = None
    ) -> S:
        """The metric of that name and labels, made if it is new.

        Raises:
            UdfError: UDF_METRIC.
        """
        key = _key(name, labels)
        found = self._series.get(key)
        if found is None:
            self._check_room(name)
            found = self._series[key] = kind() if make is None else make()
        if type(found) is not kind:
            raise self._error(
                f"asked for the {kind.kind} `{name}`, which is a {found.kind} already",
                "Give it another name.",
            )
        return found

    def gauge(self, name: str, read: Callable[[], float], labels: Mapping[str, str]) -> None:
        """Registers a gauge; a later one of the same name and labels takes its place."""
        self.series(Gauge, name, labels, lambda: Gauge(read))
        self._series[_key(name, labels)] = Gauge(read)

    def take(self, gauges: bool = True) -> list[dict[str, Any]]:
        """What changed since the last time, as `MetricValue` of the protocol; `gauges` False: none
        is read."""
        taken: list[dict[str, Any]] = []
        for (name, labels), series in list(self._series.items()):
            if isinstance(series, Gauge) and not gauges:
                continue
            changed = self._take(series, (name, labels))
            if changed is not None:
                taken.append(
                    {"function": self._function, "name": name, "kind": series.kind, "labels": dict(labels)}
                    | _NOTHING
                    | changed
                )
        return taken

    def _take(self, series: Series, key: _Key) -> dict[str, Any] | None:
        try:
            return series.take()
        except Exception as error:
            # A gauge is the user's code; what measures must not end what is measured.
            if key not in self._failed:
                self._failed.add(key)
                _log.warning("the gauge %r of function %r failed: %r", key[0], self._function, error)
            return None

    def _check_room(self, name: str) -> None:
        if len(self._series) >= MOST_METRICS:
            raise self._error(
                f"asked for `{name}` beside {MOST_METRICS} other metrics",
                "Use labels of few values: a label such as a row's key makes a metric for each of them.",
            )

    def _error(self, what: str, hint: str) -> UdfError:
        return UdfError(
            "UDF_METRIC",
            f"Function `{self._function}` {what}.",
            hint=hint,
            details=ErrorDetails(function=self._function),
        )


_NOTHING: dict[str, Any] = {"value": None, "count": 0, "sum": None, "min": None, "max": None, "buckets": []}


def _key(name: str, labels: Mapping[str, str]) -> _Key:
    return name, tuple(sorted(labels.items()))
