"""The operating system's side of a worker: what ties it to its parent, rlimits, memory, crash reports."""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import os
import random
import resource
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

EXIT_CORE_GONE = 71
"""Exit code of a worker whose core has gone."""
EXIT_PROTOCOL = 70
"""Exit code of a worker that could not go on talking to its core; the reason is on its stderr."""

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_OOM_SCORE = 500
"""As if half of the machine's memory were used on top: proc(5), oom_score_adj."""
_PAGE_BYTES = resource.getpagesize()


def die_with_parent(parent: int) -> None:
    """Has the kernel kill this process when the thread that forked it ends (Linux); exits if it has."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(EXIT_CORE_GONE)


def become_subreaper() -> None:
    """Makes orphaned descendants children of this process (Linux)."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def forbid_new_privileges() -> None:
    """No program that this process starts gains rights by it: set-user-id bits count for nothing (Linux)."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def set_rlimits(limits: Mapping[str, int]) -> None:
    """Sets soft and hard limits by name (`RLIMIT_NOFILE` or `nofile`). Raises ValueError for others."""
    for name, value in limits.items():
        constant = getattr(resource, name if name.startswith("RLIMIT_") else f"RLIMIT_{name.upper()}", None)
        if constant is None:
            raise ValueError(f"there is no resource limit named {name!r}")
        _, hard = resource.getrlimit(constant)
        bounded = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(constant, (bounded, bounded))


def report_crashes() -> None:
    """Native crashes, SIGUSR2, and processor time that is used up write the Python stacks to file
    descriptor 2."""
    faulthandler.enable(2, all_threads=True)
    faulthandler.register(signal.SIGUSR2, 2, all_threads=True)
    faulthandler.register(signal.SIGXCPU, 2, all_threads=True, chain=True)


def go_first(pid: int | None = None) -> None:
    """Where the machine runs out of memory, has the kernel take a process before its core (Linux).

    None: this one, which in a sandbox cannot say so itself.
    """
    with contextlib.suppress(OSError):
        Path(f"/proc/{pid or 'self'}/oom_score_adj").write_text(str(_OOM_SCORE))


def reseed() -> None:
    """Gives a forked process random numbers of its own."""
    random.seed()
    # Looked up, because touching `numpy.random` would import it.
    numpy_random = sys.modules.get("numpy.random")
    if numpy_random is not None:
        numpy_random.seed()


def resident_bytes() -> int:
    """Resident memory of this process; elsewhere than on Linux its peak."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * _PAGE_BYTES
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def age_seconds() -> float:
    """Seconds since this process started; 0 where that is unknown."""
    try:
        with open("/proc/self/stat") as file:
            started_ticks = int(file.read().rpartition(")")[2].split()[19])
        return time.clock_gettime(time.CLOCK_BOOTTIME) - started_ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, AttributeError):
        return 0.0


def _prctl(option: int, value: int) -> None:
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"prctl({option}): {os.strerror(error)}")
