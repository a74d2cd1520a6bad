"""A worker as the zygote holds it, and what the forked process does before it is a worker."""

from __future__ import annotations

import os
import resource
import signal
import time
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from . import process
from .confinement import confine
from .output_relay import OutputPipe
from .sandbox_spec import CONFINEMENT_VARIABLE
from .worker_main import worker_main

if TYPE_CHECKING:
    from .zygote_protocol import Fork

_LIFE_FD = 3
_MOST_DESCRIPTORS = 1 << 20


@dataclass
class Child:
    """A forked worker. `life_fd` is the write end of its life pipe, held until it has exited."""

    worker: str
    pid: int
    life_fd: int
    stdout: OutputPipe
    stderr: OutputPipe
    cgroups: list[str]

    def go(self) -> None:
        """Lets the worker run."""
        os.write(self.life_fd, b"go\n")


def fork_child(command: Fork) -> Child:
    """Forks a worker that waits for `go`. Raises OSError when the process or its pipes cannot be made."""
    pipes: list[int] = []
    try:
        for _ in range(3):
            pipes += os.pipe()
        life_read, life_write, out_read, out_write, err_read, err_write = pipes
        zygote = os.getpid()
        pid = os.fork()
    except OSError:
        for fd in pipes:
            os.close(fd)
        raise
    if pid == 0:
        _become_worker(command, zygote, life_read, out_write, err_write)
    for fd in (life_read, out_write, err_write):
        os.close(fd)
    return Child(command.worker, pid, life_write, OutputPipe(out_read), OutputPipe(err_read), command.cgroups)


def _become_worker(command: Fork, zygote: int, life_fd: int, out_fd: int, err_fd: int) -> NoReturn:
    try:
        process.die_with_parent(zygote)
        os.setsid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        _take_descriptors(life_fd, out_fd, err_fd)
        process.report_crashes()
        process.go_first()
        confinement = os.environ.pop(CONFINEMENT_VARIABLE, None)
        if command.inherited is not None:
            for name in os.environ.keys() - set(command.inherited):
                del os.environ[name]
        os.environ.update(command.environment)
        time.tzset()
        os.chdir(command.working_directory)
        process.set_rlimits(command.rlimits)
        process.reseed()
        if confinement is not None:
            confine(command.arguments.worker, confinement)
    except BaseException:
        os.write(2, traceback.format_exc().encode())
        os._exit(process.EXIT_PROTOCOL)
    worker_main(command.arguments, _LIFE_FD)


def _take_descriptors(life_fd: int, out_fd: int, err_fd: int) -> None:
    """Keeps open null, the outputs and the life pipe only: a sibling's pipe kept here would never end."""
    null = os.open(os.devnull, os.O_RDONLY)
    for fd, place in ((null, 0), (out_fd, 1), (err_fd, 2)):
        os.dup2(fd, place)
    os.dup2(life_fd, _LIFE_FD, inheritable=False)
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    os.closerange(_LIFE_FD + 1, _MOST_DESCRIPTORS if limit == resource.RLIM_INFINITY else limit)
