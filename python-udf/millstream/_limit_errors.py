"""Exceptions that come from a limit of the worker: open files, processes and threads, the size of a file."""

from __future__ import annotations

import errno
import traceback
from types import TracebackType
from typing import NamedTuple


class LimitError(NamedTuple):
    """What an exception is called that a limit was the reason of."""

    code: str
    hint: str


_OPEN_FILES = LimitError(
    "WORKER_OPEN_FILES",
    "Close what it opens (`with open(…)`), or allow more: SET 'millstream.worker.open-files'.",
)
_PROCESSES = LimitError(
    "WORKER_PROCESSES",
    "Wait for the processes and threads that it starts, or allow more: SET 'millstream.worker.processes'.",
)
_FILE_SIZE = LimitError(
    "WORKER_FILE_SIZE",
    "Write less to one file, or allow more: SET 'millstream.worker.file-size'.",
)
#: Where the standard library starts processes.
_STARTS_PROCESSES = frozenset({"_execute_child", "_launch", "_spawn", "spawnv_passfds"})


def limit_error(error: BaseException, tb: TracebackType | None) -> LimitError | None:
    """The limit that an exception says was reached; None where it is about something else."""
    if isinstance(error, RuntimeError) and str(error) == "can't start new thread":
        return _PROCESSES
    if not isinstance(error, OSError):
        return None
    if error.errno == errno.EMFILE:
        return _OPEN_FILES
    if error.errno == errno.EFBIG:
        return _FILE_SIZE
    # Sockets say EAGAIN too.
    return _PROCESSES if error.errno == errno.EAGAIN and _starts_process(tb) else None


def _starts_process(tb: TracebackType | None) -> bool:
    frames = traceback.extract_tb(tb)
    return bool(frames) and (frames[-1].name in _STARTS_PROCESSES or "fork" in (frames[-1].line or ""))
