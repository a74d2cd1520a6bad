"""Hands items from any thread to one thread that polls a file descriptor."""

from __future__ import annotations

import contextlib
import os
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Mailbox(Generic[T]):
    """A queue whose `fileno()` becomes readable when items wait. `put` may be called from any thread."""

    def __init__(self) -> None:
        self._items: deque[T] = deque()
        self._is_awake = False
        self._read_fd, self._write_fd = os.pipe()
        os.set_blocking(self._read_fd, False)
        os.set_blocking(self._write_fd, False)

    def fileno(self) -> int:
        """The descriptor to poll for reading."""
        return self._read_fd

    def put(self, item: T) -> None:
        """Adds an item and wakes the poller."""
        self._items.append(item)
        self.wake()

    def wake(self) -> None:
        """Wakes the poller with no item."""
        # A full pipe already wakes the poller; a closed one belongs to a thread that has ended.
        with contextlib.suppress(BlockingIOError, OSError):
            os.write(self._write_fd, b"\0")
        # After the write: where the flag is set, there is something to read, now or already read.
        self._is_awake = True

    def take(self) -> T | None:
        """The oldest item, or None when there is none."""
        return self._items.popleft() if self._items else None

    def clear_wake(self) -> None:
        """Makes the descriptor unreadable; call it before taking items, so that no wake is lost.

        A wake that is just being given may stay readable until the next call.
        """
        if not self._is_awake:
            return
        self._is_awake = False
        with contextlib.suppress(BlockingIOError):
            while len(os.read(self._read_fd, 4096)) == 4096:
                pass

    def close(self) -> None:
        """Closes the descriptors; later `put` calls only fill the queue."""
        os.close(self._read_fd)
        os.close(self._write_fd)
        self._read_fd = self._write_fd = -1
