"""A seccomp filter for the strict level, as the array of `struct sock_filter` that the kernel takes.

Denied is what no function needs and what attacks on a kernel begin with; everything else is allowed. Denied
calls fail with EPERM, so that a library that only tries goes on. Format: seccomp(2); numbers: the kernel's
tables for x86_64 and aarch64.
"""

from __future__ import annotations

import errno
import platform
import struct
from typing import NamedTuple


class _Machine(NamedTuple):
    """`audit` is the architecture in `struct seccomp_data`; `column` that of the numbers below."""

    audit: int
    column: int


_MACHINES = {"x86_64": _Machine(0xC000003E, 0), "aarch64": _Machine(0xC00000B7, 1)}

_ABSENT = -1
_DENIED = {
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "setns": (308, 268),
    "unshare": (272, 97),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "open_by_handle_at": (304, 265),
    "name_to_handle_at": (303, 264),
    "fanotify_init": (300, 262),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "syslog": (103, 116),
    "acct": (163, 89),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "adjtimex": (159, 171),
    "clock_adjtime": (305, 266),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "personality": (135, 92),
    "lookup_dcookie": (212, 18),
    "nfsservctl": (180, 42),
    "vhangup": (153, 58),
    "uselib": (134, _ABSENT),
    "_sysctl": (156, _ABSENT),
    "iopl": (172, _ABSENT),
    "ioperm": (173, _ABSENT),
}
_CLONE, _CLONE3, _SOCKET, _IOCTL = (56, 220), (435, 435), (41, 198), (16, 29)
# CLONE_NEW{CGROUP,UTS,IPC,USER,PID,NET,NS}; NEWTIME shares a bit with the exit signal: clone3 alone has it.
_NAMESPACES = 0x7E020000
_FAMILIES = (1, 2, 10, 16)  # AF_UNIX, AF_INET, AF_INET6, AF_NETLINK (which name look-ups ask for addresses)
_TERMINAL_INPUT = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX: typing into the terminal of somebody else

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER_AT, _MACHINE_AT, _ARGUMENTS_AT = 0, 4, 16
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_X32 = 0x40000000


def is_supported(machine: str | None = None) -> bool:
    """Whether there is a filter for this machine."""
    return (machine or platform.machine()) in _MACHINES


def denied_calls() -> list[str]:
    """Names of the calls that fail whatever their arguments are."""
    return [*_DENIED, "clone3"]


def seccomp_filter(machine: str | None = None) -> bytes:
    """The program for a machine (`platform.machine()`). Raises KeyError for one that is not supported."""
    audit, column = _MACHINES[machine or platform.machine()]
    program = [
        _load(_MACHINE_AT),
        _jump(_EQUAL, audit, 1, 0),
        _return(_KILL),
        _load(_NUMBER_AT),
        *([_jump(_AT_LEAST, _X32, 0, 1), _fail(errno.ENOSYS)] if column == 0 else []),
    ]
    for numbers in _DENIED.values():
        if numbers[column] != _ABSENT:
            program += [_jump(_EQUAL, numbers[column], 0, 1), _fail(errno.EPERM)]
    # Its flags lie behind a pointer, which no filter can follow: libraries then call clone.
    program += [_jump(_EQUAL, _CLONE3[column], 0, 1), _fail(errno.ENOSYS)]
    program += _guarded(_CLONE[column], 0, [_jump(_ANY_BIT, _NAMESPACES, 0, 1), _fail(errno.EPERM)])
    families = [
        step for i, family in enumerate(_FAMILIES) for step in [_jump(_EQUAL, family, len(_FAMILIES) - i, 0)]
    ]
    program += _guarded(_SOCKET[column], 0, [*families, _fail(errno.EAFNOSUPPORT)])
    typing = [step for code in _TERMINAL_INPUT for step in (_jump(_EQUAL, code, 0, 1), _fail(errno.EPERM))]
    program += _guarded(_IOCTL[column], 1, typing)
    return b"".join([*program, _return(_ALLOW)])


def _guarded(number: int, argument: int, checks: list[bytes]) -> list[bytes]:
    """`checks` on the low half of an argument of one call; behind them the number is loaded again."""
    load = _load(_ARGUMENTS_AT + 8 * argument)
    return [_jump(_EQUAL, number, 0, len(checks) + 2), load, *checks, _load(_NUMBER_AT)]


def _load(offset: int) -> bytes:
    return _instruction(_LOAD, offset)


def _jump(code: int, value: int, if_true: int, if_false: int) -> bytes:
    return _instruction(code, value, if_true, if_false)


def _return(value: int) -> bytes:
    return _instruction(_RETURN, value)


def _fail(number: int) -> bytes:
    return _return(_ERRNO | number)


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
