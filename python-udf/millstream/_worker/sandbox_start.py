"""Starts a zygote inside of bubblewrap."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from pathlib import Path

import msgspec

from . import seccomp_filter
from .sandbox import Sandbox
from .sandbox_mounts import mount_arguments, readable_folders
from .sandbox_python import interpreter_folders
from .sandbox_spec import CONFINEMENT_VARIABLE, Confinement, SandboxSpec

_FOLDERS_WITHIN_SECONDS = 5.0
_LEAST_VERSION = (0, 8)
_ALWAYS = (
    "PATH",
    "PYTHONPATH",
    "PYTHONUNBUFFERED",
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "JE_ARROW_MALLOC_CONF",
    "MALLOC_TRIM_THRESHOLD_",
    "MALLOC_MMAP_THRESHOLD_",
)


class SandboxError(Exception):
    """There can be no sandbox; the text is for the user."""


def start_sandbox(spec: SandboxSpec) -> Sandbox:
    """Starts it; what the zygote writes to stderr goes to this process's. Raises SandboxError."""
    _wait_for(spec.folders)
    home = os.path.expanduser("~")
    interpreter = interpreter_folders(spec.python, os.environ.get("PYTHONPATH", ""))
    readable = readable_folders(spec, interpreter, home)
    filter_fd = _filter_pipe() if spec.level == "strict" else None
    info_read, info_write = os.pipe()
    arguments = [
        "bwrap",
        *sandbox_options(network=spec.network, can_forbid_namespaces=_version() >= _LEAST_VERSION),
        *mount_arguments(spec, readable, home),
        *([] if filter_fd is None else ["--seccomp", str(filter_fd)]),
        *("--info-fd", str(info_write)),
        *("--", spec.python, "-m", "millstream._worker.zygote_main", spec.kind),
    ]
    try:
        process = subprocess.Popen(
            arguments,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=[info_write, *([] if filter_fd is None else [filter_fd])],
            env=_environment(spec, Confinement(readable, spec.writable, spec.folders)),
        )
    except OSError as error:
        raise SandboxError(f"bubblewrap (bwrap) cannot be started: {error}") from error
    finally:
        os.close(info_write)
        if filter_fd is not None:
            os.close(filter_fd)
    init = _init_process(info_read)
    if init is None:
        raise SandboxError(f"bubblewrap made no sandbox (exit code {process.wait()}).")
    return Sandbox(process, init)


def sandbox_options(*, network: bool, can_forbid_namespaces: bool) -> list[str]:
    """Of bubblewrap: what both levels part from the host."""
    return [
        *("--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"),
        *([] if network else ["--unshare-net"]),
        *(["--disable-userns"] if can_forbid_namespaces else []),
        *("--hostname", "sandbox", "--die-with-parent", "--new-session", "--cap-drop", "ALL"),
    ]


def _init_process(info_fd: int) -> int | None:
    """From what bubblewrap says of the sandbox, one object; None where it ended before."""
    text = b""
    with open(info_fd, "rb", buffering=0) as file:
        while b"}" not in text:
            chunk = file.read(4096)
            if not chunk:
                return None
            text += chunk
    return int(json.loads(text)["child-pid"])


def _version() -> tuple[int, ...]:
    try:
        text = subprocess.run(["bwrap", "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise SandboxError(f"bubblewrap (bwrap) cannot be run: {error}") from error
    return tuple(int(part) for part in re.findall(r"\d+", text))


def _environment(spec: SandboxSpec, confinement: Confinement) -> dict[str, str]:
    """Given to bubblewrap itself: what is on its command line everybody on the machine can read."""
    names = os.environ.keys() if spec.environment is None else {*spec.environment, *_ALWAYS}
    kept = {name: os.environ[name] for name in names if name in os.environ}
    settings = msgspec.json.encode(confinement).decode()
    return {**kept, "HOME": "/tmp", "TMPDIR": "/tmp", CONFINEMENT_VARIABLE: settings}


def _filter_pipe() -> int:
    """A descriptor to read the filter from: it is far smaller than what a pipe holds."""
    if not seccomp_filter.is_supported():
        raise SandboxError("The strict level has no seccomp filter for this machine's architecture.")
    read_fd, write_fd = os.pipe()
    os.write(write_fd, seccomp_filter.seccomp_filter())
    os.close(write_fd)
    return read_fd


def _wait_for(folders: list[str]) -> None:
    """The core makes them right after it has started this process, which removes them whatever happens."""
    deadline = time.monotonic() + _FOLDERS_WITHIN_SECONDS
    while not all(Path(folder).is_dir() for folder in folders):
        if time.monotonic() > deadline:
            raise SandboxError(f"The folders of the job are not there: {', '.join(folders)}.")
        time.sleep(0.001)
