"""What a forked worker in a sandbox does first: it parts itself from its siblings."""

from __future__ import annotations

import os

from . import landlock, process
from .sandbox_spec import Confinement, decode_confinement

_TEMPORARY = "/tmp"
_SYSTEM_FOLDERS = (
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/etc",
    "/nix",
    "/gnu",
    "/sys",
)


def confine(worker: str, confinement: str) -> None:
    """Gives the worker a temporary folder of its own, and takes from it the files and signals of others.

    Signals only where the kernel can (Linux 6.12): `millstream doctor` says so.
    """
    granted = decode_confinement(confinement)
    own = f"{_TEMPORARY}/{worker}"
    os.mkdir(own, 0o700)
    os.environ.update({"TMPDIR": own, "TMP": own, "TEMP": own, "HOME": own})
    process.forbid_new_privileges()
    landlock.restrict(_rules(granted, own))


def _rules(granted: Confinement, own: str) -> dict[str, int]:
    return {
        **dict.fromkeys((*_SYSTEM_FOLDERS, "/proc", *granted.readable), landlock.READ),
        "/dev": landlock.CHANGE,
        "/dev/shm": landlock.ALL,
        **dict.fromkeys(granted.folders, landlock.CHANGE),
        **dict.fromkeys((*granted.writable, own), landlock.ALL),
    }
