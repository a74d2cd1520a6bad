"""One process at a time: locks on files of the cache folder. The kernel frees them when a process dies."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .say import Say


@contextmanager
def locked(path: Path, say: Say, waiting: str) -> Iterator[None]:
    """Holds the lock `path` while the block runs; says `waiting` where another process has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(waiting)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
