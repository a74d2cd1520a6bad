"""Requests to the runtime and their answers, one request at a time.

A thread reads the pipe into a short queue: the pipe stays whole when Ctrl-C interrupts whoever waits, and
the runtime waits when nobody takes rows.
"""

from __future__ import annotations

import io
import itertools
import os
import queue
import sys
import time
from collections.abc import Generator
from threading import Lock, Thread
from typing import Any, cast

from ..errors import CancelledError, MillstreamError, error_from_wire
from .frames import Frame, encode_request, read_frame
from .runtime import RuntimeProcess

_FRAMES_AHEAD = 2
_CLOSE_SECONDS = 10.0


class Channel:
    """Takes over a started runtime and ends it with `close`. Answers may be read by one thread at a time."""

    def __init__(self, process: RuntimeProcess) -> None:
        self._process = process
        self._ids = itertools.count(1)
        self._running: int | None = None
        self._sending = Lock()
        self._receiving = Lock()
        self._frames: queue.Queue[Frame | None] = queue.Queue(_FRAMES_AHEAD)
        self._closed = False
        self._ended = False
        self._owner = os.getpid()
        self._reader = Thread(target=self._read, name="millstream-answers", daemon=True)
        self._reader.start()

    def ask(self, kind: str, **fields: Any) -> Generator[Frame, None, None]:
        """Sends a request now and gives its answers; the last is `done`.

        A request that still runs is cancelled first. Leaving the iteration early cancels this one.

        Raises (the iteration):
            MillstreamError: what the statement failed with; RESULT_LEFT if another request cancelled it.
        """
        return self._answers(self._send(kind, fields))

    def done(self, kind: str, **fields: Any) -> dict[str, Any]:
        """As `ask`, for requests with one answer: its fields."""
        *_, last = self.ask(kind, **fields)
        return last.header

    def close(self) -> None:
        """Ends the runtime; what runs is cancelled. May be called twice."""
        if self._closed or os.getpid() != self._owner:
            return
        self._closed = True
        self._process.requests.close()
        deadline = time.monotonic() + _CLOSE_SECONDS
        try:
            while not self._ended:
                frame = self._frames.get(timeout=max(0.0, deadline - time.monotonic()))
                self._ended = frame is None
        except queue.Empty:
            pass
        finally:
            self._process.wait(max(0.0, deadline - time.monotonic()))

    def _send(self, kind: str, fields: dict[str, Any]) -> int:
        with self._sending:
            if self._closed:
                raise CancelledError("CONNECTION_CLOSED", "The connection is closed.", hint="Connect again.")
            request = next(self._ids)
            frames = [] if self._running is None else [self._cancel_request(self._running)]
            frames.append(encode_request({"type": kind, "id": request, **fields}))
            self._running = request
            self._write(b"".join(frames))
            return request

    def _answers(self, request: int) -> Generator[Frame, None, None]:
        is_over = False
        try:
            while not is_over:
                frame = self._receive(request)
                is_over = frame.type in ("done", "failed")
                if is_over and self._running == request:
                    self._running = None
                if frame.type == "failed":
                    raise _error_of(frame)
                yield frame
        finally:
            if not is_over:
                self._cancel(request)

    def _receive(self, request: int) -> Frame:
        while True:
            with self._receiving:
                if self._running != request:
                    raise CancelledError(
                        "RESULT_LEFT",
                        "This result was not read to its end before another statement began.",
                        hint="Read it whole first (.arrow()), or open a second connection.",
                    )
                frame = None if self._ended else self._frames.get()
            if frame is None:
                self._ended = True
                raise self._gone()
            if not _shown(frame) and frame.header["id"] == request:
                return frame

    def _cancel(self, request: int) -> None:
        # May run in the garbage collector, in the midst of a `_send`, which then cancels by itself.
        if self._closed or self._running != request or not self._sending.acquire(blocking=False):
            return
        try:
            self._running = None
            self._write(self._cancel_request(request))
        except MillstreamError:
            # Whoever sends next learns that the runtime is gone.
            pass
        finally:
            self._sending.release()

    def _cancel_request(self, request: int) -> bytes:
        return encode_request({"type": "cancel", "id": next(self._ids), "request": request})

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        try:
            while len(view) > 0:
                view = view[self._process.requests.write(view) :]
        except OSError as error:
            raise self._gone() from error

    def _gone(self) -> MillstreamError:
        self._running = None
        return self._process.ended_early()

    def _read(self) -> None:
        pipe = cast(io.RawIOBase, self._process.answers)
        while True:
            frame = read_frame(pipe)
            self._frames.put(frame)
            if frame is None:
                return


def _shown(frame: Frame) -> bool:
    """Prints what belongs to no request: output of functions and notes, rows of `print` tables."""
    if frame.type in ("log", "note"):
        print(frame.header["text"], file=sys.stderr)
    elif frame.type == "print":
        sys.stdout.write(frame.header["text"])
    else:
        return False
    return True


def _error_of(frame: Frame) -> MillstreamError:
    error = error_from_wire(frame.header["error"])
    notes = [frame.header["excerpt"], error.details.traceback]
    if sys.version_info >= (3, 11):
        for note in notes:
            if note is not None:
                error.add_note(note)
    return error
