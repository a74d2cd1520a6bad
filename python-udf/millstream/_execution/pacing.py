"""Makes the calls of a function wait for its rate, and tries those again that failed, as its options say."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any

from .._late import asyncio
from .._options import Options
from .._user_error import add_hint, note_attempt
from ..retry import Retry
from .rate_clock import RateClock

#: One call, then no more: what functions without `retry` have.
_ONCE = Retry(attempts=1)


class Pacing:
    """Rate, retry and time limit of one function in one stage."""

    def __init__(self, options: Options, function: str, shared_folder: str | None) -> None:
        self._retry = options.retry or _ONCE
        self._timeout = options.timeout
        self._retries = 0
        self._taken = 0
        self._clock = None if options.rate is None else RateClock(options.rate, function, shared_folder)
        #: Calls are made at once and once.
        self.is_idle = options.retry is None and options.rate is None and options.timeout is None

    def paced(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function with its rate and retry; the function itself where it has neither."""
        if self.is_idle:
            return function

        def call(*args: Any) -> Any:
            attempt = 1
            while True:
                if self._clock is not None:
                    time.sleep(self._clock.reserve())
                try:
                    return function(*args)
                except Exception as error:
                    time.sleep(self._delay_after(attempt, error))
                attempt += 1

        return call

    def paced_async(self, function: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        """As `paced`, for a coroutine function; with its time limit for each attempt."""
        if self.is_idle:
            return function

        async def call(*args: Any) -> Any:
            attempt = 1
            while True:
                if self._clock is not None:
                    await asyncio.sleep(self._clock.reserve())
                try:
                    return await self._in_time(function(*args))
                except Exception as error:
                    delay = self._delay_after(attempt, error)
                await asyncio.sleep(delay)
                attempt += 1

        return call

    def take_retries(self) -> int:
        """Calls made again since the last time; any thread."""
        retries = self._retries - self._taken
        self._taken += retries
        return retries

    def close(self) -> None:
        """Lets go of the shared clock."""
        if self._clock is not None:
            self._clock.close()

    def _delay_after(self, attempt: int, error: Exception) -> float:
        """Raises the error where it was the last attempt."""
        delay = self._retry.delay_after(attempt, error)
        if delay is not None:
            self._retries += 1
            return delay
        if attempt > 1:
            add_hint(error, f"That was attempt {attempt} of {self._retry.attempts}.")
            note_attempt(error, attempt)
        raise error

    async def _in_time(self, awaitable: Awaitable[Any]) -> Any:
        if self._timeout is None:
            return await awaitable
        task = asyncio.ensure_future(awaitable)
        try:
            await asyncio.wait([task], timeout=self._timeout)
            if task.done():
                return task.result()
        finally:
            task.cancel()
        await asyncio.wait([task])
        raise TimeoutError(f"the call took longer than {self._timeout:g} s")
