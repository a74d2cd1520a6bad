"""Worker protocol, version 1: the structs of `bridge/protocol/messages.ts`, same names, same order.

Decoding is strict: unknown, missing and mistyped properties raise `msgspec.ValidationError`.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal, TypeAlias

import msgspec

PROTOCOL_VERSION = 1


class _Struct(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    pass


class _Message(_Struct, tag_field="type"):
    pass


class _Body(_Struct, tag_field="kind"):
    pass


# ---------------------------------------------------------------- shared parts


class ErrorDetails(_Struct):
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


class WireError(_Struct):
    """One form for every failure."""

    kind: ErrorKind
    code: str
    message: str
    hint: str | None
    details: ErrorDetails


class Progress(_Struct):
    """What a worker runs now."""

    stage: str
    sequence: int | None
    function: str | None
    rows: int
    fraction: float | None


class Limits(_Struct):
    """Caps in force for the process tree; None where nothing is enforced."""

    memory_bytes: int | None
    cpus: float | None
    processes: int | None
    open_files: int | None


class ColumnSpec(_Struct):
    """A column by name and SQL type text."""

    name: str
    type: str


class ColumnArgument(_Struct, tag_field="kind", tag="column"):
    """Column of what is shipped."""

    kind: ClassVar[Literal["column"]] = "column"
    column: int


class StepArgument(_Struct, tag_field="kind", tag="step"):
    """Result of an earlier step of the same stage."""

    kind: ClassVar[Literal["step"]] = "step"
    step: int


class LiteralArgument(_Struct, tag_field="kind", tag="literal"):
    """A constant in the JSON encoding of results."""

    kind: ClassVar[Literal["literal"]] = "literal"
    value: Any
    type: str


class TableArgument(_Struct, tag_field="kind", tag="table"):
    """A table: shipped columns under the names that its rows have; tables of a call are numbered from 0."""

    kind: ClassVar[Literal["table"]] = "table"
    member: int
    columns: list[int]
    names: list[str]


CallArgument: TypeAlias = ColumnArgument | StepArgument | LiteralArgument | TableArgument


class CallFrame(_Struct):
    """Shipped columns with the first and the last row of a frame, by their numbers in the partition from 1;
    null: the first and the last row of the partition."""

    start: int | None
    end: int | None


class CallStep(_Struct):
    """One function call, evaluated for all rows of a batch (`core/graph/stage-graph.ts`)."""

    function: str
    arguments: list[CallArgument]
    argument_names: list[str | None]
    guard: int | None
    result_type: str
    distinct: bool
    filter: int | None
    frame: CallFrame | None


class KeptState(_Struct):
    """`accumulate`: shipped columns with the group of a row, whether it is taken back, and, in the first row
    of each group, whether it is the one before it again, and the accumulators of the calls."""

    group: int
    retracts: int | None
    continues: int
    accumulators: list[int]


class ProcessColumns(_Struct):
    """`process`: shipped columns with the key's number, whether there is a row or time alone has passed, the
    event time of a row and the watermark before it; in the first row of each key, the watermark behind its
    last row and its state; the number of the table that a row is of (None: there is one), and, in the first
    row of a bundle, the broadcast state (None: there is none)."""

    group: int
    is_row: int
    timestamp: int
    clock: int
    until: int
    state: int
    member: int | None
    broadcast: int | None


class StageContext(_Struct):
    """What functions of a stage are told of their job and task; `cached_files` are absolute paths by name."""

    job_id: str
    subtask: int
    parallelism: int
    attempt: int
    job_parameters: dict[str, str]
    cached_files: dict[str, str]


class MetricValue(_Struct):
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


class FunctionTarget(_Struct):
    """A function by the job's name and its `module.attribute`."""

    name: str
    target: str


class FunctionOverrides(_Struct):
    """Settings of the job for one function: text by option."""

    function: str
    options: dict[str, str]


class WireFileSink(_Struct):
    """A file that a relational stage writes; the core renames it on success."""

    temporary_path: str
    format: Literal["parquet", "csv", "json"]
    copy_options: str


# ---------------------------------------------------------------- control, worker → core


class Hello(_Message, tag="hello"):
    """First message of a worker."""

    protocol: int
    token: str
    worker: str
    epoch: int
    pid: int
    kind: Literal["function", "relational"]
    versions: dict[str, str]


class Reply(_Message, tag="reply"):
    """Answer to one instruction; `result` is None on error."""

    instruction: int
    error: WireError | None
    result: Any


class Heartbeat(_Message, tag="heartbeat"):
    """Sent from a thread that runs no user code; `time_ns` is CLOCK_MONOTONIC as decimal text."""

    time_ns: str
    rss_bytes: int
    running: Progress | None


class Log(_Message, tag="log"):
    """A line printed or logged inside the worker."""

    source: Literal["stdout", "stderr", "logging"]
    level: str
    function: str | None
    text: str
    dropped: int


class Metrics(_Message, tag="metrics"):
    """What the functions of a stage measured since the last message."""

    stage: str
    values: list[MetricValue]


# ---------------------------------------------------------------- control, core → worker


class Welcome(_Message, tag="welcome"):
    """Accepts the worker and provisions it."""

    limits: Limits
    heartbeat_ms: int
    log_level: str
    log_levels: dict[str, str]
    time_zone: str
    checksum: bool


class LoadFunctions(_Body, tag="load_functions"):
    """Imports functions; reply `{declarations, sources}`."""

    paths: list[str]
    functions: list[FunctionTarget]


class AnalyzedArgument(_Struct):
    """An argument as it is known before the job runs."""

    name: str | None
    type: str
    is_table: bool
    is_constant: bool
    value: Any


class AnalyzeFunction(_Body, tag="analyze_function"):
    """Asks a loaded function for its columns in a call; reply `{columns}`."""

    function: str
    arguments: list[AnalyzedArgument]


class SplitFile(_Struct):
    """A file as it was when its splits were made."""

    path: str
    bytes: int
    modified_ns: str


class RowGroup(_Struct):
    """Rows of a row group, and bytes of the columns asked for, decompressed."""

    rows: int
    bytes: int


class KeptGroup(_Struct):
    """A group that answers to splits have in front of the results: positions of the columns read."""

    columns: list[ColumnSpec]
    positions: list[int]


class BothHold(_Body, tag="and"):
    """All operands hold."""

    operands: list[SplitPredicate]


class EitherHolds(_Body, tag="or"):
    """One of the operands holds."""

    operands: list[SplitPredicate]


class HoldsNot(_Body, tag="not"):
    """The operand is FALSE."""

    operand: SplitPredicate


class IsNull(_Body, tag="is_null"):
    """The column is NULL."""

    column: int


class IsTrue(_Body, tag="is_true"):
    """The column is what is asked: a condition by itself."""

    column: int


class Compare(_Body, tag="compare"):
    """A column against a constant in the JSON encoding of results."""

    operator: Literal["=", "<>", "<", "<=", ">", ">="]
    column: int
    value: Any


class IsIn(_Body, tag="in"):
    """The column is one of the constants."""

    column: int
    values: list[Any]


SplitPredicate: TypeAlias = BothHold | EitherHolds | HoldsNot | IsNull | IsTrue | Compare | IsIn


class DescribeFiles(_Body, tag="describe_files"):
    """Asks what Parquet files have for which `predicate` may hold; reply `{misfit, files, rowGroups}`."""

    files: list[str]
    columns: list[ColumnSpec]
    predicate: SplitPredicate | None


class SplitSource(_Struct):
    """Parquet files that a function stage reads itself."""

    files: list[SplitFile]
    columns: list[ColumnSpec]
    shipped: list[int]
    kept: list[KeptGroup]
    predicate: SplitPredicate | None
    batch_rows: int
    answer_rows: int


class OpenFunctionStage(_Body, tag="open_function_stage"):
    """Prepares a function stage; reply `{output: ColumnSpec[]}`."""

    stage: str
    mode: Literal[
        "scalar", "filter", "table", "aggregate", "partial", "merge", "map", "window", "accumulate", "process"
    ]
    input: list[ColumnSpec]
    steps: list[CallStep]
    result_steps: list[int]
    result_fields: list[int] | None
    row_selection: bool
    outer: bool
    key_columns: list[int]
    tag_column: int | None
    passed_columns: list[int]
    state: KeptState | None
    process: ProcessColumns | None
    context: StageContext
    overrides: list[FunctionOverrides]
    shared_folder: str
    source: SplitSource | None


class OpenRelationalStage(_Body, tag="open_relational_stage"):
    """Prepares a DuckDB query; reply `{}` when it is accepted."""

    stage: str
    sql: str
    inputs: list[list[ColumnSpec]]
    output: list[ColumnSpec]
    groups: list[list[int]] | None
    key_columns: list[int] | None
    sink: WireFileSink | None
    per_batch: bool
    keeps_order: bool
    batch_rows: int
    memory_limit_bytes: int
    threads: int
    temporary_directory: str
    temporary_bytes: int | None


class CloseStage(_Body, tag="close_stage"):
    """Ends a stage and frees what it holds; reply `{}`."""

    stage: str


class Cancel(_Body, tag="cancel"):
    """Stops what runs for a stage; reply `{}`, the stage then answers `failed`."""

    stage: str


class DumpStack(_Body, tag="dump_stack"):
    """Reply `{text}`: the Python stacks of all threads."""


class Shutdown(_Body, tag="shutdown"):
    """Closes functions, then exits 0; reply `{}` before the exit."""


InstructionBody: TypeAlias = (
    LoadFunctions
    | AnalyzeFunction
    | DescribeFiles
    | OpenFunctionStage
    | OpenRelationalStage
    | CloseStage
    | Cancel
    | DumpStack
    | Shutdown
)


class Instruction(_Message, tag="instruction"):
    """Work to do; answered by one `Reply` with the same id."""

    id: int
    body: InstructionBody


# ---------------------------------------------------------------- data, both directions


class SchemaMessage(_Message, tag="schema"):
    """A schema of this connection and direction; one frame follows: the IPC schema message."""

    id: int


class Arena(_Message, tag="arena"):
    """Shared memory to map, a worker's own (`writable_bytes` above 0) or another's.

    `path` None: it is gone, and to be unmapped.
    """

    arena: int
    path: str | None
    file_bytes: int
    writable_bytes: int


class Release(_Message, tag="release"):
    """Blocks that are no longer held (worker → core), or are free again (core → worker)."""

    arena: int
    generations: list[int]


class Block(_Struct):
    """A part of an arena, in bytes; `generation` counts up with each block of the arena."""

    arena: int
    offset: int
    length: int
    generation: int


class WireGroup(_Struct):
    """A column group of a batch: schema id, rows of its message, whether a selection frame precedes it.

    `block`: where the whole message is in shared memory; its frame is then only prefix and metadata.
    """

    schema: int
    rows: int
    has_selection: bool
    block: Block | None


class Split(_Struct):
    """Rows of consecutive row groups of one file, from `offset` on; how many says the batch."""

    file: int
    first_row_group: int
    row_groups: int
    offset: int


class BundleTiming(_Struct):
    """Moments as CLOCK_MONOTONIC nanoseconds in decimal text, durations in nanoseconds."""

    received_ns: str
    sent_ns: str
    decode_ns: int
    step_ns: list[int]
    step_calls: list[int]
    step_retries: list[int]
    encode_ns: int


class BundleEnd(_Struct):
    """A bundle is complete: the totals of its answer."""

    batches: int
    rows: int
    timing: BundleTiming


class BatchMessage(_Message, tag="batch"):
    """Column groups of one row count; frames as `messages.ts` says."""

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


class RelationalStatistics(_Struct):
    """Totals of a relational stage; times in nanoseconds."""

    rows: int
    batches: int
    bytes: int
    query_ns: int
    encode_ns: int
    written: int


class End(_Message, tag="end"):
    """No more batches on this input (core → worker) or no more output (worker → core)."""

    stage: str
    epoch: int
    input: int
    statistics: RelationalStatistics | None


class Credit(_Message, tag="credit"):
    """Permits the receiver to send `bytes` more of a stage's batches."""

    stage: str
    epoch: int
    input: int
    bytes: int


class Done(_Message, tag="done"):
    """Bundle `sequence` is complete, though its last answer batch, if any, did not say so."""

    stage: str
    epoch: int
    sequence: int
    batches: int
    rows: int
    timing: BundleTiming


class FailedRow(_Struct):
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


class FailedRows(_Message, tag="failed_rows"):
    """Rows of a bundle that were given up; any number of times before its `Done`."""

    stage: str
    epoch: int
    sequence: int
    rows: list[FailedRow]


class Failed(_Message, tag="failed"):
    """The bundle (or the relational stage, sequence None) failed; nothing more of it follows."""

    stage: str
    epoch: int
    sequence: int | None
    error: WireError


# ---------------------------------------------------------------- what a worker is started with


class WorkerArguments(_Struct):
    """Given on the command line (cold start) as JSON, or through the zygote (`zygote.ts`)."""

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
