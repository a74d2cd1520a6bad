"""What a function can measure: counters, gauges, meters, distributions and histograms, with PyFlink's names.

Values of all workers are merged: counts and distributions are added up, gauges are kept by subtask.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from ._metric_series import Counter, Distribution, Histogram, Meter

if TYPE_CHECKING:
    from ._metric_registry import MetricRegistry

__all__ = ["Counter", "Distribution", "Histogram", "Meter", "MetricGroup"]


class MetricGroup:
    """Makes metrics under a common name and common labels. The same name and labels give the same metric.

    >>> from millstream import FunctionContext
    >>> group = FunctionContext().get_metric_group().add_group("model")
    >>> calls = group.counter("calls", size="small")
    >>> calls.inc()
    >>> group.counter("calls", size="small").get_count()
    1
    """

    def __init__(
        self, registry: MetricRegistry, path: tuple[str, ...] = (), labels: Mapping[str, str] | None = None
    ) -> None:
        self._registry = registry
        self._path = path
        self._labels = dict(labels or {})

    def add_group(self, name: str, extra: str | None = None) -> MetricGroup:
        """A group below this one: `name` becomes part of the names; with `extra`, `name=extra` becomes a
        label (Flink's user variable)."""
        if extra is None:
            return MetricGroup(self._registry, (*self._path, name), self._labels)
        return MetricGroup(self._registry, self._path, {**self._labels, name: extra})

    def counter(self, name: str, **labels: object) -> Counter:
        """A number that is counted up and down.

        Raises:
            UdfError: UDF_METRIC, the name is taken by another kind, or there are too many metrics.
        """
        return self._registry.series(Counter, self._name(name), self._all(labels))

    def gauge(self, name: str, obj: Callable[[], float], **labels: object) -> None:
        """A number that is read: `obj` is called between bundles, by the thread that runs the function."""
        self._registry.gauge(self._name(name), obj, self._all(labels))

    def meter(self, name: str, time_span_in_seconds: int = 60, **labels: object) -> Meter:
        """Events and their rate over the last `time_span_in_seconds`."""
        return self._registry.series(
            Meter, self._name(name), self._all(labels), lambda: Meter(time_span_in_seconds)
        )

    def distribution(self, name: str, **labels: object) -> Distribution:
        """Count, sum, least and greatest of values."""
        return self._registry.series(Distribution, self._name(name), self._all(labels))

    def histogram(self, name: str, **labels: object) -> Histogram:
        """A distribution with quantiles, each within 1 % of the true value."""
        return self._registry.series(Histogram, self._name(name), self._all(labels))

    def _name(self, name: str) -> str:
        return ".".join((*self._path, name))

    def _all(self, labels: Mapping[str, object]) -> dict[str, str]:
        return {**self._labels, **{key: str(value) for key, value in labels.items()}}
