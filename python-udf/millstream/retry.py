"""When a call that failed is made again."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Retry", "RetryAfter"]


class RetryAfter(Exception):
    """Raised by a function: call it again for this row after `seconds`, if attempts are left.

    >>> RetryAfter(2.5).seconds
    2.5
    """

    def __init__(self, seconds: float, message: str = "") -> None:
        super().__init__(message or f"retry after {seconds:g} s")
        self.seconds = seconds


@dataclass(frozen=True)
class Retry:
    """How often a call is made and how long is waited in between; all times in seconds.

    `attempts` counts every call, the first one too. `on` says which exceptions are worth another call: a
    class, a tuple of classes, or a predicate. Before the second call `delay` passes, before each later one
    `factor` times as long, at most `max_delay`; `jitter` is the random part of each delay, 0 to 1.
    `RetryAfter` is always retried and says its own delay.

    >>> retry = Retry(attempts=4, on=(ConnectionError, TimeoutError), delay=0.5, jitter=0)
    >>> [retry.delay_after(attempt, TimeoutError()) for attempt in (1, 2, 3, 4)]
    [0.5, 1.0, 2.0, None]
    >>> retry.delay_after(1, ValueError()) is None
    True
    """

    attempts: int = 3
    on: type[BaseException] | tuple[type[BaseException], ...] | Callable[[BaseException], bool] = Exception
    delay: float = 0.1
    factor: float = 2.0
    max_delay: float = 30.0
    jitter: float = 0.1

    def __post_init__(self) -> None:
        if not isinstance(self.attempts, int) or isinstance(self.attempts, bool) or self.attempts < 1:
            raise ValueError(f"attempts is {self.attempts!r}; it is a whole number of at least 1")
        for name in ("delay", "factor", "max_delay"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name} is {getattr(self, name)!r}; it is a number of at least 0")
        if not 0 <= self.jitter <= 1:
            raise ValueError(f"jitter is {self.jitter!r}; it is a number from 0 to 1")

    def delay_after(self, attempt: int, error: BaseException) -> float | None:
        """Seconds to wait after the `attempt`-th call failed with `error`; None: that was the last one."""
        if attempt >= self.attempts:
            return None
        if isinstance(error, RetryAfter):
            return error.seconds
        if not self._is_worth_it(error):
            return None
        delay = min(self.max_delay, self.delay * self.factor ** (attempt - 1))
        return delay * (1 - self.jitter * random.random())

    def _is_worth_it(self, error: BaseException) -> bool:
        if isinstance(self.on, (type, tuple)):
            return isinstance(error, self.on)
        return bool(self.on(error))

    def __str__(self) -> str:
        return f"{self.attempts} attempts, {self.delay:g} s apart, times {self.factor:g}"
