"""What a stage is doing now, and how long its steps took."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence, Sized
from contextlib import contextmanager

from ..context import FunctionContext, enter_context


class Progress:
    """Written by the thread that runs user code, read by others."""

    def __init__(self, steps: int) -> None:
        self.running: str | None = None
        #: Grows by one for each row finished: the list of results itself.
        self.finished: Sized = ()
        #: By step; empty before the functions are open.
        self.contexts: Sequence[FunctionContext] = ()
        self._ns = [0] * steps
        self._calls = [0] * steps

    @contextmanager
    def step(self, step: int, function: str) -> Iterator[None]:
        """Charges the time inside to a step."""
        self.running = function
        enter_context(self.contexts[step] if self.contexts else None)
        start = time.perf_counter_ns()
        try:
            yield
        finally:
            self._ns[step] += time.perf_counter_ns() - start
            self.running = None
            enter_context(None)
            self.finished = ()

    def count_calls(self, step: int, calls: int) -> None:
        """Counts calls of a step's function."""
        self._calls[step] += calls

    def take(self) -> tuple[list[int], list[int]]:
        """Nanoseconds and calls by step since the last `take`."""
        taken = self._ns, self._calls
        self._ns, self._calls = [0] * len(self._ns), [0] * len(self._calls)
        return taken
