"""Finding and killing processes by parent, process group and cgroup (Linux; elsewhere groups only)."""

from __future__ import annotations

import contextlib
import os
import re
import signal
from collections.abc import Iterable, Iterator
from pathlib import Path


def start_time(pid: int) -> int:
    """Clock ticks since boot when `pid` began (field 22 of /proc/PID/stat); 0 where that is unknown."""
    fields = _stat_fields(pid)
    return 0 if fields is None else int(fields[19])


def descendants(root: int) -> list[int]:
    """All processes below `root`, zombies left out."""
    children: dict[int, list[int]] = {}
    for pid in _process_ids():
        fields = _stat_fields(pid)
        if fields is not None and fields[0] != "Z":
            children.setdefault(int(fields[1]), []).append(pid)
    found: list[int] = []
    waiting = [root]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def host_pid(init: int, inner: int) -> int | None:
    """The id, here, of the process that is `inner` in the namespace below `init`; None: there is none."""
    for pid in descendants(init):
        with contextlib.suppress(OSError):
            line = re.search(r"^NSpid:(.*)$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
            if line is not None and int(line[1].split()[-1]) == inner:
                return pid
    return None


def signal_group(leader: int, signal_number: int) -> None:
    """Signals the process group of `leader`, which must be a child that has not been reaped."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal_number)


def kill_all(pids: Iterable[int]) -> None:
    """SIGKILL to each."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


def cgroup_members(folders: Iterable[str]) -> list[int]:
    """Processes in the given cgroup folders; a folder that is gone has none."""
    pids: list[int] = []
    for folder in folders:
        with contextlib.suppress(OSError):
            pids += map(int, Path(folder, "cgroup.procs").read_text().split())
    return pids


def remove_cgroups(folders: Iterable[str]) -> list[str]:
    """Removes empty cgroup folders; returns those that are still there."""
    for folder in folders:
        with contextlib.suppress(OSError):
            os.rmdir(folder)
    return [folder for folder in folders if os.path.isdir(folder)]


def _process_ids() -> Iterator[int]:
    try:
        names = os.listdir("/proc")
    except OSError:
        return
    yield from (int(name) for name in names if name.isdigit())


def _stat_fields(pid: int) -> list[str] | None:
    """Fields of /proc/PID/stat from the third on: state, parent, …"""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    # The command, second, is in parentheses and may hold any character.
    return text[text.rindex(")") + 2 :].split()
