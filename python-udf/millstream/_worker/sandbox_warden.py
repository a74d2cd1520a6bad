"""The warden of a sandbox: passes on what core and zygote say, and stays outside to clean up.

The zygote sees process ids of its own namespace; the core, which moves workers into cgroups, is told the
host's. What only the host can remove (cgroups, sockets, unfinished files) the warden keeps, and removes when
the core has gone. No code of users, and none that it imports, runs in this process.
"""

from __future__ import annotations

import select
from typing import TYPE_CHECKING

import msgspec

from . import process, process_tree
from .event_writer import EventWriter
from .line_reader import LineReader
from .owned_paths import OwnedPaths
from .zygote_protocol import (
    Exited,
    Fork,
    Forked,
    ForkFailed,
    Guard,
    Own,
    Ready,
    Release,
    decode_command,
    decode_event,
    encode_command,
    encode_event,
)

if TYPE_CHECKING:
    from .sandbox import Sandbox


class Warden:
    """Runs until the end of `command_fd` or of the sandbox."""

    def __init__(self, command_fd: int, event_fd: int, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._from_core = LineReader(command_fd)
        self._from_zygote = LineReader(sandbox.events)
        self._to_core = EventWriter(event_fd)
        self._to_zygote = EventWriter(sandbox.commands)
        self._owned = OwnedPaths()
        self._host_pids: dict[str, int] = {}

    def run(self) -> int:
        """Serves; returns the exit code of the sandbox, 0 where the core ended it."""
        code = 0
        try:
            while self._serve_once():
                pass
            if self._from_zygote.has_ended:
                code = self._sandbox.wait()
        except BrokenPipeError:
            # Core or zygote has gone: what the core said last still counts.
            for line in self._from_core.read_to_end():
                self._owned.note(decode_command(line))
        self._sandbox.end()
        self._owned.remove()
        return code

    def _serve_once(self) -> bool:
        poll = select.poll()
        poll.register(self._from_core.fd, select.POLLIN)
        # A core that does not read must not fill this process: the sandbox waits then.
        if not self._to_core.is_full:
            poll.register(self._from_zygote.fd, select.POLLIN)
        writers = [writer for writer in (self._to_core, self._to_zygote) if writer.has_pending]
        for writer in writers:
            poll.register(writer.fd, select.POLLOUT)
        ready = {fd for fd, _ in poll.poll()}
        for writer in writers:
            if writer.fd in ready:
                writer.flush()
        if self._from_zygote.fd in ready:
            for line in self._from_zygote.read():
                self._to_core.write_line(self._translated(line))
        if self._from_core.fd in ready:
            for line in self._from_core.read():
                self._on_command(line)
        return not self._from_core.has_ended and not self._from_zygote.has_ended

    def _on_command(self, line: bytes) -> None:
        command = decode_command(line)
        self._owned.note(command)
        match command:
            case Own() | Guard() | Release():
                pass
            case Fork():
                # Not to be seen inside, and not the zygote's to clean up.
                inside = msgspec.structs.replace(command, cgroups=[])
                self._to_zygote.write_line(encode_command(inside))
            case _:
                self._to_zygote.write_line(line + b"\n")

    def _translated(self, line: bytes) -> bytes:
        """The line for the core. Output is most of all lines and holds no process ids."""
        if line.startswith(b'{"type":"output"'):
            return line + b"\n"
        event = decode_event(line)
        match event:
            case Ready():
                event.pid = self._sandbox.init
            case Forked(worker, inner):
                pid = process_tree.host_pid(self._sandbox.init, inner)
                if pid is None:
                    return encode_event(ForkFailed(worker, "it ended at once"))
                process.go_first(pid)
                self._host_pids[worker] = pid
                event = Forked(worker, pid, process_tree.start_time(pid))
            case Exited(worker):
                event.pid = self._host_pids.pop(worker, 0)
        return encode_event(event)


def clean_up_after(command_fd: int) -> None:
    """Removes what the core named to be removed, where it has gone; where it lives it does that itself."""
    reader = LineReader(command_fd)
    owned = OwnedPaths()
    for line in reader.read_to_end():
        owned.note(decode_command(line))
    if reader.has_ended:
        owned.remove()
