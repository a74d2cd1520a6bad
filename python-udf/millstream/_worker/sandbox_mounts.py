"""What a sandbox shows of the file system, as arguments of bubblewrap (bwrap(1)).

Nothing is there that is not named here: system libraries, the interpreter, the job's folders and what was
granted. All of it is read-only but the folders of the job, granted ones, and a new /tmp and /dev/shm.
"""

from __future__ import annotations

import os
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .sandbox_spec import SandboxSpec

_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store", "/gnu/store")
_SETTINGS = (
    "alternatives",
    "ca-certificates",
    "fonts",
    "group",
    "host.conf",
    "hosts",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "localtime",
    "mime.types",
    "nsswitch.conf",
    "passwd",
    "pki",
    "protocols",
    "resolv.conf",
    "services",
    "ssl/certs",
    "ssl/openssl.cnf",
    "timezone",
)
_DEVICES = ("/sys/devices/system/cpu", "/sys/devices/system/node")
_NEVER_WHOLE = ("/", "/dev", "/etc", "/home", "/proc", "/root", "/run", "/sys", "/tmp", "/var", "/var/tmp")


def readable_folders(spec: SandboxSpec, interpreter: list[str], home: str) -> list[str]:
    """What is shown read-only beside the system: folders too wide to be meant are left out unless granted."""
    named = [*interpreter, spec.working_directory, *spec.readable]
    return _unique([*(path for path in named if not _is_too_wide(path, home)), *spec.granted])


def mount_arguments(spec: SandboxSpec, readable: list[str], home: str) -> list[str]:
    """The mounts, parents before what lies in them. What is not there is left out."""
    arguments = ["--dev", "/dev", "--proc", "/proc"]
    for path in _SYSTEM:
        arguments += _system_mount(path)
    for path in [*(f"/etc/{name}" for name in _SETTINGS), *_DEVICES]:
        arguments += ["--ro-bind-try", path, path]
    size = str(spec.temporary_bytes)
    for path in ("/tmp", "/dev/shm"):
        arguments += ["--size", size, "--tmpfs", path]
    mounts = [("--ro-bind-try", path) for path in readable if not _is_shown(path)]
    mounts += [("mask", path) for path in _hidden_in_home(readable, home)]
    mounts += [
        ("--dev-bind-try" if path.startswith("/dev/") else "--bind-try", path)
        for path in [*spec.writable, *spec.folders]
    ]
    for option, path in sorted(mounts, key=lambda mount: len(PurePosixPath(mount[1]).parts)):
        if option != "mask":
            arguments += [option, path, path]
        elif os.path.isdir(path):
            arguments += ["--tmpfs", path]
        else:
            arguments += ["--ro-bind", "/dev/null", path]
    # Whoever is root outside may otherwise change settings of the kernel there.
    arguments += ["--remount-ro", "/proc"]
    return [*arguments, "--dir", spec.working_directory, "--chdir", spec.working_directory]


def _system_mount(path: str) -> list[str]:
    if os.path.islink(path):
        return ["--symlink", os.readlink(path), path]
    return ["--ro-bind-try", path, path]


def _is_shown(path: str) -> bool:
    """A second bind over a system folder would hide what the first one shows."""
    return path in _SYSTEM or path.startswith("/usr/")


def _is_too_wide(path: str, home: str) -> bool:
    return path in _NEVER_WHOLE or (path != home and PurePosixPath(path) in PurePosixPath(home).parents)


def _hidden_in_home(readable: list[str], home: str) -> list[str]:
    """Keys, tokens and settings lie in names with a dot: hidden where the home folder itself is shown."""
    if home not in readable:
        return []
    return [
        entry.path
        for entry in os.scandir(home)
        if entry.name.startswith(".") and not entry.is_symlink() and entry.path not in readable
    ]


def _unique(paths: list[str]) -> list[str]:
    """Each once, with the place that it leads to through links."""
    both = [found for path in paths for found in (os.path.abspath(path), os.path.realpath(path))]
    return list(dict.fromkeys(both))
