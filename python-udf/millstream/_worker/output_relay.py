"""Reads what workers write to file descriptors 1 and 2, as lines within a rate."""

from __future__ import annotations

import codecs
import os
from time import monotonic

BYTES_PER_SECOND = 1 << 20
"""Passed on per second and pipe; lines beyond are counted."""
_READ_BYTES = 1 << 16


class OutputPipe:
    """The read end of one pipe; never blocks."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self.is_open = True
        os.set_blocking(fd, False)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._second = 0
        self._bytes = 0
        self._dropped = 0

    def read(self, *, keeps: bool = True) -> tuple[str, int] | None:
        """The text that waits and the number of lines left out before it; None: nothing to pass on.

        Without `keeps` nobody has room for the text: its lines are left out too.
        """
        try:
            chunk = os.read(self.fd, _READ_BYTES)
        except BlockingIOError:
            return None
        if not chunk:
            self.close()
        second = int(monotonic())
        if second != self._second:
            self._second, self._bytes = second, 0
        if self._bytes > BYTES_PER_SECOND or (chunk and not keeps):
            self._dropped += chunk.count(b"\n")
            return None
        self._bytes += len(chunk)
        text = self._decoder.decode(chunk, final=not chunk)
        if not text:
            return None
        dropped, self._dropped = self._dropped, 0
        return text, dropped

    def drain(self) -> tuple[str, int] | None:
        """All that waits, then closes the pipe, whoever else may hold its other end."""
        texts: list[str] = []
        dropped = 0
        # A bound, because an orphan of the worker may go on writing.
        for _ in range(16):
            part = self.read() if self.is_open else None
            if part is None:
                break
            texts.append(part[0])
            dropped += part[1]
        self.close()
        dropped += self._dropped
        return ("".join(texts), dropped) if texts or dropped else None

    def close(self) -> None:
        """Closes the read end."""
        if self.is_open:
            self.is_open = False
            os.close(self.fd)
