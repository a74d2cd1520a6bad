"""Opens stages: what can be decided once for all bundles is decided here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol, cast
from zoneinfo import ZoneInfo

import pyarrow as pa

from .._near_names import did_you_mean
from .._types import DataType, parse_type
from ..context import Limits
from ..errors import UdfError
from .accumulate_stage import AccumulateStage
from .aggregate_stage import AggregateStage, aggregate_call
from .aggregated_stage import AggregatedStage
from .answer import Answer
from .arguments import bind_arguments
from .async_stage import AsyncStage
from .call import Call, FrameColumns
from .codec import MILLSTREAM_DIALECT, Dialect, codec_for
from .failed_rows import FailedRow, check_on_error
from .filter_stage import FilterStage
from .function_context import function_context
from .instruction import (
    CallStep,
    ColumnArgument,
    ColumnSpec,
    KeptState,
    PartialAggregate,
    ProcessColumns,
    StageContext,
    StageMode,
)
from .loaded_function import LoadedFunction
from .map_stage import MapStage
from .merge_calls import merge_call
from .output_limit import check_output_limit
from .partial_stage import PartialStage
from .process_stage import ProcessStage
from .progress import Progress, Timing
from .scalar_stage import ScalarStage
from .stage_share import ALONE, StageShare
from .table_aggregate_stage import TableAggregateStage
from .table_output import TableOutput
from .table_stage import TableStage
from .vector_table_stage import VectorTableStage
from .window_stage import WindowStage

#: What a partition or group that a function takes as a whole may have, where the worker has no cap.
PARTITION_BYTES = 256 << 20


class FunctionStage(Protocol):
    """Runs the calls of one stage. Not thread-safe: one bundle at a time, in order."""

    @property
    def output(self) -> Sequence[tuple[str, str]]:
        """Name and SQL type text of each result column: the reply to `open_function_stage`."""

    @property
    def output_schema(self) -> pa.Schema:
        """Arrow schema of `Answer.columns`."""

    @property
    def running(self) -> str | None:
        """Name of the function whose code runs now; may be read from another thread."""

    @property
    def running_rows(self) -> int:
        """Rows that the running function has finished in this bundle; may be read from another thread."""

    def process(self, columns: Sequence[pa.Array], rows: int, continued: bool = False) -> Iterator[Answer]:
        """Runs one bundle; the iterator must be exhausted. Answers come in row order, each of at most
        65,536 rows for table functions; zero or more answers.

        `columns` are the shipped columns in order, all of `rows` rows. `continued`: the last key group
        goes on in the next bundle (aggregates only).

        Raises:
            UdfError: the user's code failed or gave a result that does not fit; `details.row` is the row
            in the bundle. The stage stays usable, but an aggregate stage has lost its open group.
        """

    def take_timing(self) -> Timing:
        """What the steps did since the last `take_timing`."""

    #: A function that the next bundle does not call, as if it failed on all rows; None: none.
    not_called: str | None

    def take_failed_rows(self) -> list[FailedRow]:
        """Rows of the last bundle that functions failed on and that were given up, once."""

    def take_metrics(self, gauges: bool = True) -> list[dict[str, Any]]:
        """What the functions measured since the last time, as `MetricValue` of the protocol; `gauges` False:
        without those that are read."""

    def close(self) -> None:
        """Calls `close` of functions whose last stage this was. May be called twice."""


def open_stage(
    *,
    mode: StageMode,
    input: Sequence[ColumnSpec],
    steps: Sequence[CallStep],
    result_steps: Sequence[int],
    outer: bool,
    key_columns: Sequence[int],
    functions: Mapping[str, LoadedFunction],
    time_zone: str = "UTC",
    tag_column: int | None = None,
    passed_columns: Sequence[int] = (),
    result_fields: Sequence[int] | None = None,
    row_selection: bool = True,
    partial_aggregates: Sequence[PartialAggregate] = (),
    state: KeptState | None = None,
    process: ProcessColumns | None = None,
    partition_bytes: int = PARTITION_BYTES,
    context: StageContext | None = None,
    stage: str = "",
    limits: Limits | None = None,
    share: StageShare = ALONE,
) -> FunctionStage:
    """Compiles a stage and calls `open` of its functions; arguments as in `open_function_stage`.

    `partition_bytes` bounds what a function that takes whole partitions or groups is given at once.
    `context`, `stage` and `limits` are what the functions are told of their job; None: nothing.

    Raises:
        UdfError: `open` failed (UDF_EXCEPTION), a function is unknown (UDF_NOT_FOUND), its arguments do
        not fit (UDF_ARGUMENTS), or an option cannot act on it (UDF_OPTION).
    """
    progress = Progress(len(steps))
    calls = _bind(input, steps, functions, time_zone, progress, share, merges=mode == "merge")
    for call in calls:
        check_on_error(call, mode)
        check_output_limit(call.options, call.name, is_row_by_row=mode == "table")
    opened: (
        ScalarStage
        | FilterStage
        | TableStage
        | VectorTableStage
        | AggregateStage
        | AccumulateStage
        | PartialStage
        | ProcessStage
        | MapStage
        | TableAggregateStage
        | WindowStage
        | AsyncStage
    )
    match mode:
        case "scalar":
            opened = ScalarStage(calls, result_steps, progress)
        case "filter":
            opened = FilterStage(calls, result_steps, progress)
        case "table":
            vectorised = calls[-1].loaded.spec.definition.batch is not None
            table_stage = VectorTableStage if vectorised else TableStage
            output = TableOutput(result_steps, result_fields, row_selection)
            opened = table_stage(calls, progress, outer, output)
        case "aggregate":
            aggregates = [aggregate_call(call, partition_bytes) for call in calls]
            opened = AggregateStage(aggregates, result_steps, progress, key_columns)
        case "accumulate":
            assert state is not None
            opened = AccumulateStage(calls, progress, state, partition_bytes)
        case "process":
            assert process is not None
            types = [parse_type(column.type) for column in input]
            opened = ProcessStage(calls[0], types, progress, key_columns, process)
        case "partial":
            opened = PartialStage(calls, result_steps, progress, key_columns, partition_bytes)
        case "merge":
            merges = [merge_call(call) for call in calls]
            opened = AggregateStage(merges, result_steps, progress, key_columns)
        case "map" if calls[0].loaded.spec.definition.kind == "table_aggregate":
            opened = TableAggregateStage(calls[0], progress, key_columns)
        case "map":
            types = [parse_type(column.type) for column in input]
            opened = MapStage(calls[0], types, progress, key_columns, tag_column, partition_bytes)
        case "window":
            types = [parse_type(column.type) for column in input]
            opened = WindowStage(
                calls, types, result_steps, progress, key_columns, passed_columns, partition_bytes
            )
    if isinstance(opened, (ScalarStage, FilterStage)) and any(c.loaded.spec.form.is_async for c in calls):
        opened = AsyncStage(opened, calls)
    names = dict.fromkeys(step.function for step in steps)
    opened.open({name: function_context(name, context, stage, limits) for name in names})
    return AggregatedStage(opened, partial_aggregates) if partial_aggregates else opened


def _bind(
    columns: Sequence[ColumnSpec],
    steps: Sequence[CallStep],
    functions: Mapping[str, LoadedFunction],
    time_zone: str,
    progress: Progress,
    share: StageShare,
    merges: bool,
) -> list[Call]:
    input_types = [parse_type(column.type) for column in columns]
    step_types: list[DataType] = []
    calls: list[Call] = []
    for position, step in enumerate(steps):
        loaded = functions.get(step.function)
        if loaded is None:
            raise UdfError(
                "UDF_NOT_FOUND",
                f"There is no function `{step.function}`.",
                hint=did_you_mean(step.function, functions),
            )
        dialect = (
            _pyflink_dialect(time_zone) if loaded.spec.definition.called_with_none else MILLSTREAM_DIALECT
        )
        result = parse_type(step.result_type)
        calls.append(
            Call(
                step=position,
                loaded=loaded,
                bound=bind_arguments(step, loaded.spec, dialect, input_types, step_types, skip=int(merges)),
                accumulators=cast(ColumnArgument, step.arguments[0]).column if merges else None,
                result=codec_for(result, dialect, loaded.spec.result_shape),
                type=result,
                dialect=dialect,
                guard=step.guard,
                filter=step.filter,
                distinct=step.distinct,
                frame=None if step.frame is None else FrameColumns(step.frame.start, step.frame.end),
                progress=progress,
                options=loaded.spec.definition.options.overridden(share.overrides_of(step.function)),
                share=share,
            )
        )
        step_types.append(result)
    return calls


def _pyflink_dialect(time_zone: str) -> Dialect:
    zone = ZoneInfo(time_zone)
    return Dialect(zone=zone, naive_zone=zone, pyflink=True)
