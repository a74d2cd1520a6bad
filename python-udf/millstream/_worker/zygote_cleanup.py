"""What the zygote does when its core has gone: nothing that belonged to a worker stays behind."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import stat
import time
from collections.abc import Iterable

from . import process_tree

_DEADLINE_SECONDS = 5.0
_RETRY_MS = 20


def kill_everything(leaders: Iterable[int], cgroups: Iterable[str], child_fd: int | None) -> None:
    """Kills every worker group, cgroup member and descendant of this process, and reaps them.

    `child_fd`, if there is one, becomes readable when a child ends. Gives up on what five seconds of SIGKILL
    do not end: processes in an uninterruptible wait of the kernel.
    """
    for leader in leaders:
        process_tree.signal_group(leader, signal.SIGKILL)
    deadline = time.monotonic() + _DEADLINE_SECONDS
    poll = select.poll()
    if child_fd is not None:
        poll.register(child_fd, select.POLLIN)
    while time.monotonic() < deadline:
        # Orphans become children of a subreaper: without any there is nothing to look for in /proc.
        below = process_tree.descendants(os.getpid()) if _reap() else []
        alive = {*process_tree.cgroup_members(cgroups), *below}
        process_tree.kill_all(alive - {os.getpid()})
        if not alive and not _reap():
            return
        _reap()
        poll.poll(_RETRY_MS)
        if child_fd is not None:
            with contextlib.suppress(BlockingIOError):
                os.read(child_fd, 4096)


def remove_cgroups(folders: Iterable[str]) -> None:
    """Removes the cgroup folders of dead workers; waits a little for the kernel to empty them."""
    left = list(folders)
    deadline = time.monotonic() + 1.0
    while (left := process_tree.remove_cgroups(left)) and time.monotonic() < deadline:
        select.poll().poll(_RETRY_MS)


def unlink_endpoints(endpoints: Iterable[str]) -> None:
    """Removes the sockets behind `ipc://` endpoints and their folders where nothing else is in them."""
    for endpoint in endpoints:
        path = endpoint.removeprefix("ipc://")
        if path == endpoint:
            continue
        with contextlib.suppress(OSError):
            if stat.S_ISSOCK(os.lstat(path).st_mode):
                os.unlink(path)
        with contextlib.suppress(OSError):
            os.rmdir(os.path.dirname(path))


def remove_folders(folders: Iterable[str]) -> None:
    """Removes private folders of the core with everything in them."""
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def remove_unfinished(files: Iterable[str], folders: Iterable[str]) -> None:
    """Removes files (or folders of files), then empty folders made for them, deepest first."""
    for file in files:
        if os.path.isdir(file):
            shutil.rmtree(file, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                os.unlink(file)
    for folder in folders:
        with contextlib.suppress(OSError):
            os.rmdir(folder)


def _reap() -> bool:
    """Reaps all children that have ended; True when children are left."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0] != 0:
            pass
    except ChildProcessError:
        return False
    return True
