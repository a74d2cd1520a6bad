"""Turns what user code prints and logs into `log` messages.

File descriptors 1 and 2 stay as they are, for native code and for crash reports.
"""

from __future__ import annotations

import io
import logging
import sys
import threading
from time import monotonic
from typing import TYPE_CHECKING, Literal

from .control_messages import Log

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from typing_extensions import Buffer

LINES_PER_SECOND = 1000
"""Lines passed on per second and worker; the rest is counted in `Log.dropped`."""
CHARACTERS_PER_SECOND = 1 << 20
"""The same for what they hold in all: long lines are fewer."""
_LONGEST_LINE_BYTES = 8192


class OutputCapture:
    """Sends each line through `send`, tagged with what `current_function` says at that moment."""

    def __init__(self, send: Callable[[Log], None], current_function: Callable[[], str | None]) -> None:
        self._send = send
        self._current_function = current_function
        self._lock = threading.Lock()
        self._second = 0
        self._lines = 0
        self._characters = 0
        self._dropped = 0
        self._sinks = (_LineSink(self, "stdout", 1), _LineSink(self, "stderr", 2))

    def install(self, level: str, levels: Mapping[str, str] | None = None) -> None:
        """Replaces `sys.stdout` and `sys.stderr` and logs from `level` on through the root logger, single
        loggers by `levels`."""
        sys.stdout, sys.stderr = (_text_stream(sink) for sink in self._sinks)
        logging.basicConfig(level=level, handlers=[_LogHandler(self)], force=True)
        for name, own in (levels or {}).items():
            logging.getLogger(name).setLevel(own)

    def emit(self, source: Literal["stdout", "stderr", "logging"], level: str, text: str) -> None:
        """Sends one line, or counts it where the second's share is used up."""
        with self._lock:
            second = int(monotonic())
            if second != self._second:
                self._second, self._lines, self._characters = second, 0, 0
            if self._lines >= LINES_PER_SECOND or self._characters >= CHARACTERS_PER_SECOND:
                self._dropped += 1
                return
            self._lines += 1
            self._characters += len(text)
            dropped, self._dropped = self._dropped, 0
        self._send(Log(source, level, self._current_function(), text, dropped))

    def flush(self) -> None:
        """Sends unfinished lines, and the count of lines left out if nothing has carried it."""
        for sink in self._sinks:
            sink.end_line()
        with self._lock:
            dropped, self._dropped = self._dropped, 0
        if dropped > 0:
            self._send(Log("stderr", "WARNING", None, "more was printed than is shown", dropped))


class _LineSink(io.RawIOBase):
    """Raw stream that cuts its bytes into lines."""

    def __init__(self, capture: OutputCapture, source: Literal["stdout", "stderr"], fileno: int) -> None:
        self._capture = capture
        self._source = source
        self._fileno = fileno
        self._partial = b""

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._fileno

    def write(self, data: Buffer, /) -> int:
        chunk = bytes(data)
        *lines, self._partial = (self._partial + chunk).split(b"\n")
        for line in lines:
            self._emit(line)
        while len(self._partial) > _LONGEST_LINE_BYTES:
            self._emit(self._partial[:_LONGEST_LINE_BYTES])
            self._partial = self._partial[_LONGEST_LINE_BYTES:]
        return len(chunk)

    def end_line(self) -> None:
        partial, self._partial = self._partial, b""
        if partial:
            self._emit(partial)

    def _emit(self, line: bytes) -> None:
        self._capture.emit(self._source, "INFO", line.decode(errors="replace").rstrip("\r"))


class _LogHandler(logging.Handler):
    def __init__(self, capture: OutputCapture) -> None:
        super().__init__()
        self._capture = capture
        self.setFormatter(logging.Formatter("%(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._capture.emit("logging", record.levelname, self.format(record))
        except Exception:
            self.handleError(record)


def _text_stream(sink: _LineSink) -> io.TextIOWrapper:
    return io.TextIOWrapper(
        io.BufferedWriter(sink), encoding="utf-8", errors="backslashreplace", line_buffering=True
    )
