"""Lines from a pipe, as they come."""

from __future__ import annotations

import os

_CHUNK = 1 << 16


class LineReader:
    """Call `read` when the descriptor is readable."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self.has_ended = False
        self._rest = b""

    def read(self) -> list[bytes]:
        """The lines that are complete now, without their ends. A last one without an end is dropped."""
        chunk = os.read(self.fd, _CHUNK)
        self.has_ended = not chunk
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        return lines

    def read_to_end(self) -> list[bytes]:
        """What is left, without waiting for more."""
        os.set_blocking(self.fd, False)
        lines: list[bytes] = []
        try:
            while not self.has_ended:
                lines += self.read()
        except OSError:
            pass
        return lines
