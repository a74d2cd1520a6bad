"""JSON lines between core and zygote: the structs of `bridge/protocol/zygote.ts`, same names, same order."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from .protocol import WorkerArguments


class _Line(msgspec.Struct, rename="camel", tag_field="type", forbid_unknown_fields=True):
    pass


class Own(_Line, tag="own"):
    """What the zygote removes when it ends: cgroups once they are empty, folders with all in them."""

    cgroups: list[str]
    folders: list[str]


class Guard(_Line, tag="guard"):
    """Unfinished output, removed when the zygote ends unless released; folders, deepest first, if empty."""

    name: str
    files: list[str]
    folders: list[str]


class Release(_Line, tag="release"):
    """What was guarded under that name is finished, or gone."""

    name: str


class Fork(_Line, tag="fork"):
    """Forks a worker that waits at its pipe. `inherited` names the variables that stay; None: all."""

    worker: str
    arguments: WorkerArguments
    cgroups: list[str]
    inherited: list[str] | None
    environment: dict[str, str]
    working_directory: str
    rlimits: dict[str, int]


class Go(_Line, tag="go"):
    """Lets a forked worker run."""

    worker: str


class Kill(_Line, tag="kill"):
    """Sends a signal, by name, to the worker's whole group."""

    worker: str
    signal: str


class Ready(_Line, tag="ready"):
    """Imports are done; `threads` of this process exist now."""

    pid: int
    threads: int
    import_ms: float


class Forked(_Line, tag="forked"):
    """The worker exists; `start_time` is field 22 of /proc/PID/stat (clock ticks since boot; 0 elsewhere)."""

    worker: str
    pid: int
    start_time: int


class ForkFailed(_Line, tag="fork_failed"):
    """No worker was made."""

    worker: str
    message: str


class Exited(_Line, tag="exited"):
    """`wait4` reported it; exactly one of `exit_code` and `signal` is not None."""

    worker: str
    pid: int
    exit_code: int | None
    signal: str | None
    max_rss_bytes: int
    user_seconds: float
    system_seconds: float


class Output(_Line, tag="output"):
    """Text written to file descriptors 1 and 2; `dropped` lines were left out before it."""

    worker: str
    source: Literal["stdout", "stderr"]
    text: str
    dropped: int


Command: TypeAlias = Own | Guard | Release | Fork | Go | Kill
Event: TypeAlias = Ready | Forked | ForkFailed | Exited | Output

decode_command = msgspec.json.Decoder(Command).decode
"""One line → command. Raises `msgspec.ValidationError`."""

decode_event = msgspec.json.Decoder(Event).decode
"""One line → event. Raises `msgspec.ValidationError`."""


def encode_command(command: Command) -> bytes:
    """A command as one line."""
    return msgspec.json.encode(command) + b"\n"


def encode_event(event: Event) -> bytes:
    """An event as one line."""
    return msgspec.json.encode(event) + b"\n"
