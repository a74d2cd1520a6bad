"""What a sandbox is made from: the struct that `bridge/isolation/sandbox-command.ts` writes, same names."""

from __future__ import annotations

from typing import Literal

import msgspec

CONFINEMENT_VARIABLE = "MILLSTREAM_SANDBOX"
"""Set for a zygote in a sandbox: a `Confinement` as JSON, taken out before a worker runs anything."""


class SandboxSpec(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """One sandbox: a zygote and its workers.

    `folders` are those of the job, sockets and shared memory. `environment` names the variables of the core
    that are let in; None: all. `temporary_bytes` bounds each of /tmp and /dev/shm.
    """

    level: Literal["standard", "strict"]
    kind: str
    python: str
    working_directory: str
    network: bool
    readable: list[str]
    granted: list[str]
    writable: list[str]
    folders: list[str]
    environment: list[str] | None
    temporary_bytes: int


class Confinement(msgspec.Struct):
    """What a worker inside may still do with files: the rest of what the sandbox shows is read-only to it."""

    readable: list[str]
    writable: list[str]
    folders: list[str]


decode_spec = msgspec.json.Decoder(SandboxSpec).decode
"""JSON → spec. Raises `msgspec.ValidationError`."""
decode_confinement = msgspec.json.Decoder(Confinement).decode
"""JSON → confinement. Raises `msgspec.ValidationError`."""
