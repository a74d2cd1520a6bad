"""The zygote: the parent of its workers; `zygote_main` starts it.

Single-threaded: one loop over the core's commands, the ends of children and what workers write. At the end of
its stdin it kills all of them and cleans up.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
from typing import Literal

from . import process_tree
from .event_writer import EventWriter
from .line_reader import LineReader
from .output_relay import OutputPipe
from .owned_paths import OwnedPaths
from .zygote_child import Child, fork_child
from .zygote_protocol import (
    Exited,
    Fork,
    Forked,
    ForkFailed,
    Go,
    Kill,
    Output,
    Ready,
    decode_command,
)

_MAX_RSS_UNIT = 1 if sys.platform == "darwin" else 1024


class Zygote:
    """Runs until the end of `command_fd`; events go to `event_fd`."""

    def __init__(self, command_fd: int, event_fd: int) -> None:
        self._command_fd = command_fd
        self._events = EventWriter(event_fd)
        self._commands = LineReader(command_fd)
        self._children: dict[str, Child] = {}
        self._owned = OwnedPaths()
        self._child_fd = _child_signals()

    def run(self, import_ms: float) -> None:
        """Reports `ready` and serves; returns when the core has gone and everything is cleaned up."""
        # The core reads the events: its absence ends the loop as the end of its commands does.
        try:
            self._events.write(Ready(os.getpid(), _thread_count(), import_ms))
            while self._serve_once():
                pass
        except BrokenPipeError:
            self._read_what_is_owned()
        self._owned.remove([child.pid for child in self._children.values()], self._child_fd)

    def _serve_once(self) -> bool:
        """Waits for something to do and does it; False at the end of the commands."""
        poll = select.poll()
        poll.register(self._command_fd, select.POLLIN)
        poll.register(self._child_fd, select.POLLIN)
        if self._events.has_pending:
            poll.register(self._events.fd, select.POLLOUT)
        outputs: dict[int, tuple[Child, Literal["stdout", "stderr"], OutputPipe]] = {}
        for child in self._children.values():
            for source, pipe in _pipes(child):
                if pipe.is_open:
                    poll.register(pipe.fd, select.POLLIN)
                    outputs[pipe.fd] = child, source, pipe
        ready = [fd for fd, _ in poll.poll()]
        if self._events.fd in ready:
            self._events.flush()
        for fd in ready:
            if fd in outputs:
                child, source, pipe = outputs[fd]
                # A core that lags behind must not make the worker wait for it.
                self._report_output(child, source, pipe.read(keeps=not self._events.is_full))
        if self._child_fd in ready:
            self._reap()
        return self._command_fd not in ready or self._read_commands()

    def _read_commands(self) -> bool:
        for line in self._commands.read():
            command = decode_command(line)
            self._owned.note(command)
            match command:
                case Fork():
                    self._fork(command)
                case Go(worker):
                    if worker in self._children:
                        with contextlib.suppress(BrokenPipeError):
                            self._children[worker].go()
                case Kill(worker, name):
                    if worker in self._children:
                        self._signal(self._children[worker], signal.Signals[name])
        return not self._commands.has_ended

    def _read_what_is_owned(self) -> None:
        """Reads what a dead core had said last, without starting anything."""
        for line in self._commands.read_to_end():
            command = decode_command(line)
            if not isinstance(command, Fork):
                self._owned.note(command)

    def _fork(self, command: Fork) -> None:
        try:
            child = fork_child(command)
        except OSError as error:
            self._events.write(ForkFailed(command.worker, str(error)))
            return
        self._children[command.worker] = child
        self._events.write(Forked(command.worker, child.pid, process_tree.start_time(child.pid)))

    def _signal(self, child: Child, signal_number: signal.Signals) -> None:
        if signal_number == signal.SIGKILL:
            # Children of the worker may have left its group.
            process_tree.kill_all(
                [*process_tree.cgroup_members(child.cgroups), *process_tree.descendants(child.pid)]
            )
        if signal_number == signal.SIGUSR2:
            # For the worker itself: what user code has started would end by it.
            os.kill(child.pid, signal_number)
        else:
            process_tree.signal_group(child.pid, signal_number)

    def _reap(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._child_fd, 4096)
        by_pid = {child.pid: child for child in self._children.values()}
        while (pid := _ended_child()) is not None:
            child = by_pid.get(pid)
            if child is not None:
                # While the leader is not reaped its number cannot belong to another group.
                process_tree.signal_group(pid, signal.SIGKILL)
            _, status, usage = os.wait4(pid, 0)
            if child is None:
                continue
            del self._children[child.worker]
            os.close(child.life_fd)
            for source, pipe in _pipes(child):
                self._report_output(child, source, pipe.drain())
            code = os.waitstatus_to_exitcode(status)
            self._events.write(
                Exited(
                    child.worker,
                    pid,
                    code if code >= 0 else None,
                    _signal_name(-code) if code < 0 else None,
                    usage.ru_maxrss * _MAX_RSS_UNIT,
                    usage.ru_utime,
                    usage.ru_stime,
                )
            )

    def _report_output(
        self, child: Child, source: Literal["stdout", "stderr"], output: tuple[str, int] | None
    ) -> None:
        if output is not None:
            self._events.write(Output(child.worker, source, *output))


def _pipes(child: Child) -> tuple[tuple[Literal["stdout", "stderr"], OutputPipe], ...]:
    return ("stdout", child.stdout), ("stderr", child.stderr)


def _child_signals() -> int:
    """A descriptor that is readable when a child has ended."""
    read_fd, write_fd = os.pipe()
    os.set_blocking(read_fd, False)
    os.set_blocking(write_fd, False)
    signal.set_wakeup_fd(write_fd, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    return read_fd


def _ended_child() -> int | None:
    """A child that has ended and is not reaped; orphans that this process inherited included."""
    try:
        ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return None
    return None if ended is None else ended.si_pid


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"SIG{number}"


def _thread_count() -> int:
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return 1
