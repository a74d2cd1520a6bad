"""Messages of the data connection, as `bridge/protocol/data-messages.ts` has them; how failures are told."""

from __future__ import annotations

from typing import Literal, TypeAlias

from .message_structs import Message, Struct


class ErrorDetails(Struct):
    """Facts about the place of a failure; None where they do not apply (`core/errors.ts`)."""

    function: str | None = None
    file: str | None = None
    line: int | None = None
    column: int | None = None
    length: int | None = None
    stage: str | None = None
    worker: str | None = None
    bundle: int | None = None
    row: int | None = None
    values: dict[str, str] | None = None
    traceback: str | None = None


ErrorKind: TypeAlias = Literal[
    "sql",
    "plan",
    "configuration",
    "source",
    "sink",
    "udf",
    "environment",
    "worker",
    "resource",
    "cancelled",
    "internal",
]


class WireError(Struct):
    """One form for every failure."""

    kind: ErrorKind
    code: str
    message: str
    hint: str | None
    details: ErrorDetails


class SchemaMessage(Message, tag="schema"):
    """A schema of this connection and direction; one frame follows: the IPC schema message."""

    id: int


class Arena(Message, tag="arena"):
    """Shared memory to map, a worker's own (`writable_bytes` above 0) or another's.

    `path` None: it is gone, and to be unmapped.
    """

    arena: int
    path: str | None
    file_bytes: int
    writable_bytes: int


class Release(Message, tag="release"):
    """Blocks that are no longer held (worker → core), or are free again (core → worker)."""

    arena: int
    generations: list[int]


class Block(Struct):
    """A part of an arena, in bytes; `generation` counts up with each block of the arena."""

    arena: int
    offset: int
    length: int
    generation: int


class WireGroup(Struct):
    """A column group of a batch: schema id, rows of its message, whether a selection frame precedes it.

    `block`: where the whole message is in shared memory; its frame is then only prefix and metadata.
    """

    schema: int
    rows: int
    has_selection: bool
    block: Block | None


class Split(Struct):
    """Rows of consecutive row groups of one file, from `offset` on; how many says the batch."""

    file: int
    first_row_group: int
    row_groups: int
    offset: int


class BundleTiming(Struct):
    """Moments as CLOCK_MONOTONIC nanoseconds in decimal text, durations in nanoseconds."""

    received_ns: str
    sent_ns: str
    decode_ns: int
    step_ns: list[int]
    step_calls: list[int]
    step_retries: list[int]
    encode_ns: int


class BundleEnd(Struct):
    """A bundle is complete: the totals of its answer."""

    batches: int
    rows: int
    timing: BundleTiming


class BatchMessage(Message, tag="batch"):
    """Column groups of one row count; frames as `data-messages.ts` says."""

    stage: str
    epoch: int
    sequence: int
    input: int
    rows: int
    groups: list[WireGroup]
    has_row_selection: bool
    continued: bool
    not_called: str | None
    split: Split | None
    done: BundleEnd | None
    may_join: bool


class RelationalStatistics(Struct):
    """Totals of a relational stage; times in nanoseconds."""

    rows: int
    batches: int
    bytes: int
    query_ns: int
    encode_ns: int
    written: int


class End(Message, tag="end"):
    """No more batches on this input (core → worker) or no more output (worker → core)."""

    stage: str
    epoch: int
    input: int
    statistics: RelationalStatistics | None


class Credit(Message, tag="credit"):
    """Permits the receiver to send `bytes` more of a stage's batches."""

    stage: str
    epoch: int
    input: int
    bytes: int


class Done(Message, tag="done"):
    """Bundle `sequence` is complete, though its last answer batch, if any, did not say so."""

    stage: str
    epoch: int
    sequence: int
    batches: int
    rows: int
    timing: BundleTiming


class FailedRow(Struct):
    """A row that a function failed on, and that was given up instead of the job."""

    row: int
    count: int
    function: str
    code: str
    exception: str | None
    message: str
    traceback: str | None
    values: dict[str, str] | None
    attempt: int


class FailedRows(Message, tag="failed_rows"):
    """Rows of a bundle that were given up; any number of times before its `Done`."""

    stage: str
    epoch: int
    sequence: int
    rows: list[FailedRow]


class Failed(Message, tag="failed"):
    """The bundle (or the relational stage, sequence None) failed; nothing more of it follows."""

    stage: str
    epoch: int
    sequence: int | None
    error: WireError
