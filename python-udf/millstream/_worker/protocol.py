"""Worker protocol, version 1: what is sent either way (`bridge/protocol/messages.ts`), and its coders.

Decoding is strict: unknown, missing and mistyped properties raise `msgspec.ValidationError`.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from .control_messages import Heartbeat, Hello, Instruction, Log, Metrics, Reply, Welcome
from .data_messages import Arena, BatchMessage, Credit, Done, End, Failed, FailedRows, Release, SchemaMessage
from .message_structs import Struct

PROTOCOL_VERSION = 1


class WorkerArguments(Struct):
    """What a worker is started with, on the command line (cold start) or through the zygote (`zygote.ts`)."""

    kind: Literal["function", "relational"]
    worker: str
    epoch: int
    control_endpoint: str
    data_endpoint: str
    token: str


ControlFromWorker: TypeAlias = Hello | Reply | Heartbeat | Log | Metrics
ControlToWorker: TypeAlias = Welcome | Instruction
DataMessage: TypeAlias = (
    SchemaMessage | Arena | Release | BatchMessage | End | Credit | Done | FailedRows | Failed
)

encode = msgspec.json.Encoder().encode
"""Any message → JSON bytes."""

decode_control = msgspec.json.Decoder(ControlToWorker).decode
"""JSON bytes → message of the core on the control channel. Raises `msgspec.ValidationError`."""

decode_data = msgspec.json.Decoder(DataMessage).decode
"""JSON bytes → message on the data channel. Raises `msgspec.ValidationError`."""

decode_arguments = msgspec.json.Decoder(WorkerArguments).decode
"""JSON bytes → `WorkerArguments`. Raises `msgspec.ValidationError`."""
