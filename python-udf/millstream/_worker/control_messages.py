"""Messages of the control connection, as `bridge/protocol/control-messages.ts` has them."""

from __future__ import annotations

from typing import Any, Literal

from .data_messages import WireError
from .instructions import InstructionBody
from .message_structs import Message, Struct


class Progress(Struct):
    """What a worker runs now."""

    stage: str
    sequence: int | None
    function: str | None
    rows: int
    fraction: float | None


class Limits(Struct):
    """Caps in force for the process tree; None where nothing is enforced."""

    memory_bytes: int | None
    cpus: float | None
    processes: int | None
    open_files: int | None


class MetricValue(Struct):
    """What one metric of a function changed by; `buckets` are pairs of a value and how often it came."""

    function: str
    name: str
    kind: Literal["counter", "gauge", "meter", "distribution", "histogram"]
    labels: dict[str, str]
    value: float | None
    count: int
    sum: float | None
    min: float | None
    max: float | None
    buckets: list[tuple[float, int]]


class Hello(Message, tag="hello"):
    """First message of a worker."""

    protocol: int
    token: str
    worker: str
    epoch: int
    pid: int
    kind: Literal["function", "relational"]
    versions: dict[str, str]


class Reply(Message, tag="reply"):
    """Answer to one instruction; `result` is None on error."""

    instruction: int
    error: WireError | None
    result: Any


class Heartbeat(Message, tag="heartbeat"):
    """Sent from a thread that runs no user code; `time_ns` is CLOCK_MONOTONIC as decimal text."""

    time_ns: str
    rss_bytes: int
    running: Progress | None


class Log(Message, tag="log"):
    """A line printed or logged inside the worker."""

    source: Literal["stdout", "stderr", "logging"]
    level: str
    function: str | None
    text: str
    dropped: int


class Metrics(Message, tag="metrics"):
    """What the functions of a stage measured since the last message."""

    stage: str
    values: list[MetricValue]


class Welcome(Message, tag="welcome"):
    """Accepts the worker and provisions it."""

    limits: Limits
    heartbeat_ms: int
    log_level: str
    log_levels: dict[str, str]
    time_zone: str
    checksum: bool


class Instruction(Message, tag="instruction"):
    """Work to do; answered by one `Reply` with the same id."""

    id: int
    body: InstructionBody
