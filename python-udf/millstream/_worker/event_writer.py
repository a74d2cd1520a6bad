"""Writes event lines to a pipe without ever waiting for its reader."""

from __future__ import annotations

import os

from .zygote_protocol import Event, encode_event

FULL_BYTES = 4 << 20
"""Beyond this much unread text a writer says that it is full; events other than output are still taken."""


class EventWriter:
    """Lines go out as far as the pipe takes them; the rest waits here."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        os.set_blocking(fd, False)
        self._pending = bytearray()

    @property
    def has_pending(self) -> bool:
        """True: call `flush` when the descriptor is writable."""
        return bool(self._pending)

    @property
    def is_full(self) -> bool:
        """True: the reader lags behind; produce no more output."""
        return len(self._pending) > FULL_BYTES

    def write(self, event: Event) -> None:
        """Queues an event and sends what can be sent. Raises BrokenPipeError when the reader has gone."""
        self.write_line(encode_event(event))

    def write_line(self, line: bytes) -> None:
        """The same with a line as it is, its end included."""
        self._pending += line
        self.flush()

    def flush(self) -> None:
        """Sends what the pipe takes."""
        while self._pending:
            try:
                sent = os.write(self.fd, self._pending[: 1 << 16])
            except BlockingIOError:
                return
            del self._pending[:sent]
