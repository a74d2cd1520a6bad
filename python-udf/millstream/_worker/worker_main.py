"""The life of a worker process from the core's go to its exit; shared by forked and cold-started workers."""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import sys
import traceback
from typing import TYPE_CHECKING, NoReturn

from . import process
from .harness import run_worker
from .wire_errors import Terminated

if TYPE_CHECKING:
    from .protocol import WorkerArguments


def worker_main(arguments: WorkerArguments, life_fd: int) -> NoReturn:
    """Waits for a line on `life_fd`, runs the worker and exits the process; never returns to its caller."""
    code = 0
    is_terminated = False
    try:
        if not os.read(life_fd, 16):
            os._exit(process.EXIT_CORE_GONE)
        try:
            run_worker(arguments, life_fd)
        except Terminated:
            is_terminated = True
        # Registered by user code; threads of user code that still run are not waited for.
        atexit._run_exitfuncs()
    except BaseException:
        code = process.EXIT_PROTOCOL
        os.write(2, traceback.format_exc().encode())
    with contextlib.suppress(Exception):
        sys.stdout.flush()
        sys.stderr.flush()
    if is_terminated:
        # Who waits for it sees what ended it.
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTERM)
    os._exit(code)
