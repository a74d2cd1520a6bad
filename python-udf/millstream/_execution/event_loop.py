"""The event loop of a worker: one, on a thread of its own, started when the first async function needs it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any

from .._late import asyncio

#: Seconds that cancelled calls have to come to their end before the loop is left to the process's own.
_GRACE_SECONDS = 2.0


class Run:
    """A coroutine in the loop. `done` is set, and `on_done` called in the loop's thread, at its end."""

    def __init__(self, loop: asyncio.AbstractEventLoop, on_done: Callable[[Run], None] | None) -> None:
        self.is_cancelled = False
        self.done: Future[Any] = Future()
        self._loop = loop
        self._on_done = on_done
        self._task: asyncio.Task[Any] | None = None

    def cancel(self) -> None:
        """Cancels it; any thread, returns at once."""
        self.is_cancelled = True
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._cancel)

    def start(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        """In the loop's thread."""
        self._task = self._loop.create_task(coroutine)
        self._task.add_done_callback(self._finish)
        if self.is_cancelled:
            self._cancel()

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _finish(self, task: asyncio.Task[Any]) -> None:
        if task.cancelled():
            self.done.set_exception(asyncio.CancelledError())
        elif (error := task.exception()) is not None:
            self.done.set_exception(error)
        else:
            self.done.set_result(task.result())
        if self._on_done is not None:
            self._on_done(self)


class EventLoop:
    """Runs coroutines of all stages of this process."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="millstream-async", daemon=True)
        self._slots: dict[tuple[str, int], asyncio.Semaphore] = {}
        self._thread.start()

    def submit(
        self, coroutine: Coroutine[Any, Any, Any], on_done: Callable[[Run], None] | None = None
    ) -> Run:
        """Starts a coroutine."""
        run = Run(self._loop, on_done)
        self._loop.call_soon_threadsafe(run.start, coroutine)
        return run

    def slots(self, function: str, calls: int) -> asyncio.Semaphore:
        """What bounds the calls of a function that are in flight, over all its stages."""
        return self._slots.setdefault((function, calls), asyncio.Semaphore(calls))

    def close(self) -> None:
        """Cancels what runs, lets it come to its end, and ends the thread."""
        run = self.submit(self._wind_up())
        with contextlib.suppress(Exception):
            run.done.result(_GRACE_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_GRACE_SECONDS)
        if not self._thread.is_alive():
            self._loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def _wind_up(self) -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._loop.shutdown_asyncgens()
        await self._loop.shutdown_default_executor()


_current: EventLoop | None = None


def event_loop() -> EventLoop:
    """The event loop of this process."""
    global _current
    if _current is None:
        _current = EventLoop()
    return _current


def suspended_calls() -> list[asyncio.Task[Any]]:
    """Calls of async functions that have not ended; any thread."""
    # The loop adds and removes meanwhile: asyncio itself tries again then, some hundred times.
    with contextlib.suppress(RuntimeError):
        return [] if _current is None else list(asyncio.all_tasks(_current._loop))
    return []


def close_event_loop() -> None:
    """Ends the event loop if there is one."""
    global _current
    ending, _current = _current, None
    if ending is not None:
        ending.close()


def call_in_loop(function: Callable[..., Any], *args: Any) -> Any:
    """Calls `open` or `close` of an async function where its calls run, awaited if it is a coroutine."""

    async def call() -> Any:
        result = function(*args)
        return await result if asyncio.iscoroutine(result) else result

    return event_loop().submit(call()).done.result()
