"""When the next call of a function with a rate may begin, for all workers of a machine together."""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from collections.abc import Callable

from .._option_values import Rate


class RateClock:
    """Hands out beginnings that are at least `rate.interval` apart (GCRA without a burst).

    Workers share a file of eight bytes, the next free time of CLOCK_MONOTONIC, under a lock that the kernel
    takes back from a dead worker. Where there is no `folder`: this process alone.
    """

    def __init__(
        self,
        rate: Rate,
        function: str,
        folder: str | None,
        clock: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._interval_ns = round(rate.interval * 1e9)
        self._clock = clock
        self._next_ns = 0
        self._file: int | None = None
        if folder is not None and os.path.isdir(folder):
            name = hashlib.sha256(function.lower().encode()).hexdigest()[:16]
            self._file = os.open(os.path.join(folder, f"rate-{name}"), os.O_RDWR | os.O_CREAT, 0o600)

    def reserve(self) -> float:
        """Takes the next beginning; returns the seconds until it."""
        if self._file is None:
            at, self._next_ns = self._after(self._next_ns)
        else:
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                at, after = self._after(int.from_bytes(os.pread(self._file, 8, 0), "little"))
                os.pwrite(self._file, after.to_bytes(8, "little"), 0)
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)
        return max(0, at - self._clock()) / 1e9

    def close(self) -> None:
        """Closes the file; may be called twice."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _after(self, next_ns: int) -> tuple[int, int]:
        at = max(self._clock(), next_ns)
        return at, at + self._interval_ns
