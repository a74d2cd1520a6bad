"""Runs a function that pulls its input from iterators while the input is pushed to it, piece by piece."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

T = TypeVar("T")

#: Results that are handed over at once: a switch of threads costs about as much as a hundred calls.
_ITEMS_AT_ONCE = 1024


class _Abandoned(BaseException):
    """Ends the function's thread."""


class PulledCall(Generic[T]):
    """The function runs in a thread of its own, which never runs at the same time as its owner.

    `start` gets one iterator for each of `inputs` and gives results one by one. It runs inside `feed` and
    `finish` until it needs more input than there is. `is_large` results are handed over one by one.
    """

    def __init__(
        self,
        inputs: int,
        start: Callable[[list[Iterator[T]]], Iterable[Any]],
        is_large: Callable[[Any], bool] = lambda item: False,
    ) -> None:
        self._queues: list[deque[T]] = [deque() for _ in range(inputs)]
        self._ended = [False] * inputs
        self._start = start
        self._is_large = is_large
        self._thread: threading.Thread | None = None
        self._to_thread: SimpleQueue[bool] = SimpleQueue()
        self._to_owner: SimpleQueue[tuple[list[Any], BaseException | None, bool]] = SimpleQueue()
        self._is_done = False

    def feed(self, number: int, piece: T) -> Iterator[list[Any]]:
        """Gives a piece to an input, whose predecessors then have ended; the results until more is needed.

        Raises what the function raised.
        """
        for earlier in range(number):
            self._ended[earlier] = True
        self._queues[number].append(piece)
        return self._run()

    def finish(self) -> Iterator[list[Any]]:
        """Ends all inputs; the results that are left."""
        self._ended = [True] * len(self._ended)
        return self._run()

    def abandon(self) -> None:
        """Ends the function at its next access to input or output."""
        if self._thread is not None and not self._is_done:
            self._is_done = True
            self._to_thread.put(False)
            self._thread.join(timeout=1)

    def _run(self) -> Iterator[list[Any]]:
        if self._is_done:
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._body, name="millstream-function", daemon=True)
            self._thread.start()
        needs_input = False
        while not (needs_input or self._is_done):
            self._to_thread.put(True)
            items, error, needs_input = self._to_owner.get()
            self._is_done = not needs_input and not items
            if items:
                yield items
            if error is not None:
                self._is_done = True
                raise error

    def _body(self) -> None:
        items: list[Any] = []
        error: BaseException | None = None
        try:
            self._wait()
            inputs = [self._input(number, items) for number in range(len(self._queues))]
            for item in self._start(inputs):
                items.append(item)
                if len(items) >= _ITEMS_AT_ONCE or self._is_large(item):
                    self._hand_over(items, needs_input=False)
        except _Abandoned:
            return
        except BaseException as raised:
            error = raised
        if items:
            self._to_owner.put((items[:], None, False))
            if not self._to_thread.get():
                return
        self._to_owner.put(([], error, False))

    def _input(self, number: int, items: list[Any]) -> Iterator[T]:
        queue = self._queues[number]
        while True:
            while queue:
                yield queue.popleft()
            if self._ended[number]:
                return
            self._hand_over(items, needs_input=True)

    def _hand_over(self, items: list[Any], needs_input: bool) -> None:
        self._to_owner.put((items[:], None, needs_input))
        items.clear()
        self._wait()

    def _wait(self) -> None:
        if not self._to_thread.get():
            raise _Abandoned
