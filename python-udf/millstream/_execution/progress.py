"""What a stage is doing now, and how long its steps took."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence, Sized
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

from ..context import FunctionContext, enter_context, enter_contexts


class Timing(NamedTuple):
    """By step: nanoseconds, calls, and how many of these were made again after an exception."""

    ns: list[int]
    calls: list[int]
    retries: list[int]


class Behind(Sized):
    """The length of a list that grows, behind `start` rows before it."""

    def __init__(self, start: int, rows: Sized) -> None:
        self._start = start
        self._rows = rows

    def __len__(self) -> int:
        return self._start + len(self._rows)


class Named(Protocol):
    """A call."""

    @property
    def name(self) -> str:
        """The function's."""


class Chain(Protocol):
    """Steps that run as one loop."""

    def running(self) -> Named | None:
        """The call that the loop is at; any thread."""

    def running_context(self) -> FunctionContext | None:
        """What its function is told."""


class Progress:
    """Written by the thread that runs user code, read by others."""

    def __init__(self, steps: int) -> None:
        self._running: str | None = None
        self._chain: Chain | None = None
        #: Its length grows with each call that ends, in rows: often the list of results itself. A time limit
        #: begins anew where it has changed.
        self.finished: Sized = ()
        #: By step; empty before the functions are open.
        self.contexts: Sequence[FunctionContext] = ()
        self._ns = [0] * steps
        self._calls = [0] * steps

    @property
    def running(self) -> str | None:
        """Name of the function whose code runs now."""
        if (chain := self._chain) is None:
            return self._running
        call = chain.running()
        return None if call is None else call.name

    def enter_chain(self, chain: Chain, finished: Sized) -> None:
        """From now on steps run as one loop, whose time is charged by `charge`."""
        self.finished = finished
        self._chain = chain
        enter_contexts(chain.running_context)

    def leave_chain(self) -> None:
        """The loop has ended."""
        self._chain = None
        enter_context(None)
        self.finished = ()

    def step(self, step: int, function: str) -> AbstractContextManager[None]:
        """Charges the time inside to a step."""
        return _Step(self, step, function)

    def charge(self, step: int, ns: int) -> None:
        """Adds to the time of a step."""
        self._ns[step] += ns

    def count_calls(self, step: int, calls: int) -> None:
        """Counts calls of a step's function."""
        self._calls[step] += calls

    def take(self, retries: Mapping[int, int]) -> Timing:
        """What the steps did since the last `take`; `retries` by step, of those that had any."""
        steps = len(self._ns)
        taken = Timing(self._ns, self._calls, [retries.get(step, 0) for step in range(steps)])
        self._ns, self._calls = [0] * steps, [0] * steps
        return taken


class _Step(AbstractContextManager[None]):
    """A class: `contextmanager` takes several times as long, which a bundle of one row feels."""

    __slots__ = ("_function", "_progress", "_start", "_step")

    def __init__(self, progress: Progress, step: int, function: str) -> None:
        self._progress = progress
        self._step = step
        self._function = function

    def __enter__(self) -> None:
        progress = self._progress
        progress._running = self._function
        enter_context(progress.contexts[self._step] if progress.contexts else None)
        self._start = time.perf_counter_ns()

    def __exit__(self, *_: object) -> None:
        progress = self._progress
        progress.charge(self._step, time.perf_counter_ns() - self._start)
        progress._running = None
        enter_context(None)
        progress.finished = ()
