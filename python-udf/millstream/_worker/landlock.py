"""Landlock: rules on files, signals and abstract sockets that a process lays on itself (landlock(7))."""

from __future__ import annotations

import contextlib
import ctypes
import os
import stat
import struct
from collections.abc import Mapping

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446
_PATH_BENEATH = 1
_VERSION_FLAG = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_TRUNCATE, _IOCTL_DEVICE = 1 << 14, 1 << 15
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEVICE
_RIGHTS_BY_VERSION = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
_ALL_RIGHTS = (1 << 16) - 1
_ABSTRACT_SOCKETS, _SIGNALS = 1 << 0, 1 << 1

READ = _EXECUTE | _READ_FILE | _READ_DIR
"""Files can be read and run, folders listed."""
CHANGE = READ | _WRITE_FILE | _TRUNCATE | _IOCTL_DEVICE
"""What is there can also be written to."""
ALL = _ALL_RIGHTS
"""Everything, also making and removing."""

KEEPS_WORKERS_APART = 6
"""From this version on a process cannot signal those outside of its own rules."""


def version() -> int:
    """Version that the kernel offers; 0 where there is none."""
    return max(0, _call(_CREATE, None, 0, _VERSION_FLAG))


def restrict(rules: Mapping[str, int]) -> bool:
    """Allows this process, and all that it starts, `rules` (rights by path) and nothing else with files.

    It can no longer trace processes outside, nor signal them where the kernel knows how. Paths that are not
    there are left out. False where there is no Landlock. Raises OSError where the kernel refuses.
    """
    offered = version()
    if offered == 0:
        return False
    handled = _RIGHTS_BY_VERSION.get(offered, _ALL_RIGHTS)
    scopes = _ABSTRACT_SOCKETS | _SIGNALS if offered >= KEEPS_WORKERS_APART else 0
    size = 8 if offered < 4 else 16 if offered < KEEPS_WORKERS_APART else 24
    attributes = struct.pack("=QQQ", handled, 0, scopes)[:size]
    ruleset = _checked(_call(_CREATE, attributes, size, 0))
    try:
        for path, rights in rules.items():
            with contextlib.suppress(FileNotFoundError, PermissionError):
                _allow(ruleset, path, rights & handled)
        _checked(_call(_RESTRICT, ruleset, 0))
    finally:
        os.close(ruleset)
    return True


def _allow(ruleset: int, path: str, rights: int) -> None:
    fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not stat.S_ISDIR(os.fstat(fd).st_mode):
            rights &= _OF_FILES
        _checked(_call(_ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", rights, fd), 0))
    finally:
        os.close(fd)


def _call(number: int, *arguments: int | bytes | None) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    typed = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    return int(libc.syscall(ctypes.c_long(number), *typed))


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"landlock: {os.strerror(number)}")
    return result
