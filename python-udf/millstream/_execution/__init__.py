"""Runs user functions over Arrow columns. It knows no sockets, no graph and no processes.

A worker calls `load_functions`, then `open_stage` for each stage, `process` for each bundle, and `close`.
"""

from .analyze import analyze
from .answer import Answer
from .async_stage import AsyncStage, BundleRun
from .event_loop import close_event_loop, suspended_calls
from .failed_rows import FailedRow
from .instruction import (
    CallArgument,
    CallStep,
    ColumnArgument,
    ColumnSpec,
    LiteralArgument,
    StageContext,
    StageMode,
    StepArgument,
    TableArgument,
)
from .literal import plain_value
from .loaded_function import LoadedFunction, load_functions
from .stage import PARTITION_BYTES, FunctionStage, open_stage
from .stage_share import StageShare

__all__ = [
    "PARTITION_BYTES",
    "Answer",
    "AsyncStage",
    "BundleRun",
    "CallArgument",
    "CallStep",
    "ColumnArgument",
    "ColumnSpec",
    "FailedRow",
    "FunctionStage",
    "LiteralArgument",
    "LoadedFunction",
    "StageContext",
    "StageMode",
    "StageShare",
    "close_event_loop",
    "StepArgument",
    "TableArgument",
    "analyze",
    "load_functions",
    "open_stage",
    "plain_value",
    "suspended_calls",
]
