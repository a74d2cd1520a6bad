"""What a worker is asked to do, as `bridge/protocol/instructions.ts` has it: the bodies of instructions."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, TypeAlias

from .message_structs import Body, Struct


class ColumnSpec(Struct):
    """A column by name and SQL type text."""

    name: str
    type: str


class ColumnArgument(Struct, tag_field="kind", tag="column"):
    """Column of what is shipped."""

    kind: ClassVar[Literal["column"]] = "column"
    column: int


class StepArgument(Struct, tag_field="kind", tag="step"):
    """Result of an earlier step of the same stage."""

    kind: ClassVar[Literal["step"]] = "step"
    step: int


class LiteralArgument(Struct, tag_field="kind", tag="literal"):
    """A constant in the JSON encoding of results."""

    kind: ClassVar[Literal["literal"]] = "literal"
    value: Any
    type: str


class TableArgument(Struct, tag_field="kind", tag="table"):
    """A table: shipped columns under the names that its rows have; tables of a call are numbered from 0."""

    kind: ClassVar[Literal["table"]] = "table"
    member: int
    columns: list[int]
    names: list[str]


CallArgument: TypeAlias = ColumnArgument | StepArgument | LiteralArgument | TableArgument


class CallFrame(Struct):
    """Shipped columns with the first and the last row of a frame, by their numbers in the partition from 1;
    null: the first and the last row of the partition."""

    start: int | None
    end: int | None


class CallStep(Struct):
    """One function call, evaluated for all rows of a batch (`core/graph/stage-graph.ts`)."""

    function: str
    arguments: list[CallArgument]
    argument_names: list[str | None]
    guard: int | None
    result_type: str
    distinct: bool
    filter: int | None
    frame: CallFrame | None


class PartialAggregate(Struct):
    """A built-in aggregate of the results of a bundle; `column` None: COUNT of all rows."""

    function: Literal["COUNT", "SUM", "MIN", "MAX"]
    column: int | None


class KeptState(Struct):
    """`accumulate`: shipped columns with the group of a row, whether it is taken back, and, in the first row
    of each group, whether it is the one before it again, and the accumulators of the calls."""

    group: int
    retracts: int | None
    continues: int
    accumulators: list[int]


class WindowColumns(Struct):
    """Shipped columns with the first moment of a row's window and the first one after it; `of_key`: the key
    is over when the window has passed."""

    start: int
    end: int
    of_key: bool


class ProcessColumns(Struct):
    """`process`: shipped columns with the key's number, whether there is a row or time alone has passed, the
    event time of a row and the watermark before it; in the first row of each key, the watermark behind its
    last row and its state; the window of a row (None: no row has one); the number of the table that it is of
    (None: there is one), and, in the first row of a bundle, the broadcast state (None: there is none)."""

    group: int
    is_row: int
    timestamp: int
    clock: int
    until: int
    state: int
    window: WindowColumns | None
    member: int | None
    broadcast: int | None


class StageContext(Struct):
    """What functions of a stage are told of their job and task; `cached_files` are absolute paths by name."""

    job_id: str
    subtask: int
    parallelism: int
    attempt: int
    job_parameters: dict[str, str]
    cached_files: dict[str, str]


class FunctionTarget(Struct):
    """A function by the job's name and its `module.attribute`."""

    name: str
    target: str


class FunctionOverrides(Struct):
    """Settings of the job for one function: text by option."""

    function: str
    options: dict[str, str]


class WireFileSink(Struct):
    """A file that a relational stage writes; the core renames it on success."""

    temporary_path: str
    format: Literal["parquet", "csv", "json"]
    copy_options: str


class LoadFunctions(Body, tag="load_functions"):
    """Imports functions; reply `{declarations, sources}`."""

    paths: list[str]
    functions: list[FunctionTarget]


class AnalyzedArgument(Struct):
    """An argument as it is known before the job runs."""

    name: str | None
    type: str
    is_table: bool
    is_constant: bool
    value: Any


class AnalyzeFunction(Body, tag="analyze_function"):
    """Asks a loaded function for its columns in a call; reply `{columns}`."""

    function: str
    arguments: list[AnalyzedArgument]


class SplitFile(Struct):
    """A file as it was when its splits were made."""

    path: str
    bytes: int
    modified_ns: str


class RowGroup(Struct):
    """Rows of a row group, and bytes of the columns asked for, decompressed."""

    rows: int
    bytes: int


class KeptGroup(Struct):
    """A group that answers to splits have in front of the results: positions of the columns read."""

    columns: list[ColumnSpec]
    positions: list[int]


class BothHold(Body, tag="and"):
    """All operands hold."""

    operands: list[SplitPredicate]


class EitherHolds(Body, tag="or"):
    """One of the operands holds."""

    operands: list[SplitPredicate]


class HoldsNot(Body, tag="not"):
    """The operand is FALSE."""

    operand: SplitPredicate


class IsNull(Body, tag="is_null"):
    """The column is NULL."""

    column: int


class IsTrue(Body, tag="is_true"):
    """The column is what is asked: a condition by itself."""

    column: int


class Compare(Body, tag="compare"):
    """A column against a constant in the JSON encoding of results."""

    operator: Literal["=", "<>", "<", "<=", ">", ">="]
    column: int
    value: Any


class IsIn(Body, tag="in"):
    """The column is one of the constants."""

    column: int
    values: list[Any]


SplitPredicate: TypeAlias = BothHold | EitherHolds | HoldsNot | IsNull | IsTrue | Compare | IsIn


class DescribeFiles(Body, tag="describe_files"):
    """Asks what Parquet files have for which `predicate` may hold; `keys` are positions among `columns`.

    Reply `{misfit, files, rowGroups, mostGroups}`.
    """

    files: list[str]
    columns: list[ColumnSpec]
    predicate: SplitPredicate | None
    keys: list[int]


class SplitSource(Struct):
    """Parquet files that a function stage reads itself."""

    files: list[SplitFile]
    columns: list[ColumnSpec]
    shipped: list[int]
    kept: list[KeptGroup]
    predicate: SplitPredicate | None
    batch_rows: int
    answer_rows: int


class OpenFunctionStage(Body, tag="open_function_stage"):
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
    partial_aggregates: list[PartialAggregate]
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


class OpenRelationalStage(Body, tag="open_relational_stage"):
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


class CloseStage(Body, tag="close_stage"):
    """Ends a stage and frees what it holds; reply `{}`."""

    stage: str


class Cancel(Body, tag="cancel"):
    """Stops what runs for a stage; reply `{}`, the stage then answers `failed`."""

    stage: str


class DumpStack(Body, tag="dump_stack"):
    """Reply `{text}`: the Python stacks of all threads."""


class Shutdown(Body, tag="shutdown"):
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
