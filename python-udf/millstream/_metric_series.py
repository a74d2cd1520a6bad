"""One metric each: what is measured in this process since it was last taken. Not for several threads."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from typing import Any, ClassVar

#: Bounds of a histogram's buckets grow by this factor: a quantile is within 1 % of the true value.
_GROWTH = 1.01 / 0.99
_LOG_GROWTH = math.log(_GROWTH)


class Series:
    """What all metrics have: a kind, and what was added since the last `take`."""

    kind: ClassVar[str]

    def take(self) -> dict[str, Any] | None:
        """The fields of `MetricValue` (protocol) that this kind has; None where nothing changed."""
        raise NotImplementedError


class Counter(Series):
    """Counts up and down.

    >>> counter = Counter()
    >>> counter.inc(3); counter.dec(); counter.get_count()
    2
    """

    kind = "counter"

    def __init__(self) -> None:
        self._count = 0
        self._taken = 0

    def inc(self, n: int = 1) -> None:
        """Adds `n`."""
        self._count += n

    def dec(self, n: int = 1) -> None:
        """Takes `n` away."""
        self._count -= n

    def get_count(self) -> int:
        """The count in this worker."""
        return self._count

    def take(self) -> dict[str, Any] | None:
        added = self._count - self._taken
        self._taken = self._count
        return None if added == 0 else {"count": added}


class Gauge(Series):
    """Reads a number when it is reported."""

    kind = "gauge"

    def __init__(self, read: Callable[[], float]) -> None:
        self._read = read
        self._last: float | None = None

    def get_value(self) -> float:
        """The number now."""
        return self._read()

    def take(self) -> dict[str, Any] | None:
        value = float(self._read())
        if value == self._last:
            return None
        self._last = value
        return {"value": value}


class Meter(Series):
    """Counts events and how many there are per second.

    >>> meter = Meter()
    >>> meter.mark_event(5); meter.get_count()
    5
    """

    kind = "meter"

    def __init__(self, time_span_in_seconds: int = 60, clock: Callable[[], float] = time.monotonic) -> None:
        self._span = time_span_in_seconds
        self._clock = clock
        self._start = clock()
        self._seconds: deque[list[int]] = deque()
        self._count = 0
        self._taken = 0

    def mark_event(self, value: int = 1) -> None:
        """Counts `value` events that happened now."""
        self._count += value
        second = int(self._clock())
        if self._seconds and self._seconds[-1][0] == second:
            self._seconds[-1][1] += value
        else:
            self._seconds.append([second, value])
            self._forget(second)

    def get_count(self) -> int:
        """All events in this worker."""
        return self._count

    def get_rate(self) -> float:
        """Events per second over the time span, or since the start where that is shorter."""
        now = self._clock()
        self._forget(int(now))
        seconds = min(float(self._span), max(now - self._start, 1.0))
        return sum(events for _, events in self._seconds) / seconds

    def take(self) -> dict[str, Any] | None:
        added = self._count - self._taken
        if added == 0 and not self._seconds:
            return None
        self._taken = self._count
        return {"count": added, "value": self.get_rate()}

    def _forget(self, second: int) -> None:
        while self._seconds and self._seconds[0][0] <= second - self._span:
            self._seconds.popleft()


class Distribution(Series):
    """Count, sum, least and greatest of finite numbers.

    >>> sizes = Distribution()
    >>> for size in (3, 1, 2): sizes.update(size)
    >>> sizes.take()
    {'count': 3, 'sum': 6.0, 'min': 1.0, 'max': 3.0}
    """

    kind = "distribution"

    def __init__(self) -> None:
        self._count = 0
        self._sum = 0.0
        self._min = math.inf
        self._max = -math.inf

    def update(self, value: float) -> None:
        """Adds a value.

        Raises:
            ValueError: it is not a finite number.
        """
        if not math.isfinite(value):
            raise ValueError(f"a distribution takes finite numbers, not {value!r}")
        self._count += 1
        self._sum += value
        self._min = min(self._min, value)
        self._max = max(self._max, value)

    def take(self) -> dict[str, Any] | None:
        if self._count == 0:
            return None
        taken = {
            "count": self._count,
            "sum": float(self._sum),
            "min": float(self._min),
            "max": float(self._max),
        }
        self._count, self._sum, self._min, self._max = 0, 0.0, math.inf, -math.inf
        return taken


class Histogram(Distribution):
    """A distribution that also knows quantiles.

    >>> seconds = Histogram()
    >>> for value in range(1, 101): seconds.update(value)
    >>> sum(count for _, count in seconds.take()["buckets"])
    100
    """

    kind = "histogram"

    def __init__(self) -> None:
        super().__init__()
        self._buckets: dict[float, int] = {}

    def update(self, value: float) -> None:
        super().update(value)
        middle = _middle(value)
        self._buckets[middle] = self._buckets.get(middle, 0) + 1

    def take(self) -> dict[str, Any] | None:
        taken = super().take()
        buckets, self._buckets = sorted(self._buckets.items()), {}
        return None if taken is None else {**taken, "buckets": [list(bucket) for bucket in buckets]}


def _middle(value: float) -> float:
    """The number that stands for all of a value's bucket; the same in every process."""
    if value == 0:
        return 0.0
    bound = math.ceil(math.log(abs(value)) / _LOG_GROWTH)
    return math.copysign(2 * math.exp(bound * _LOG_GROWTH) / (1 + _GROWTH), value)
