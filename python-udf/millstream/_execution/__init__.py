"""Runs user functions over Arrow columns. It knows no sockets, no graph and no processes.

A worker calls `load_functions`, then `open_stage` for each stage, `process` for each bundle, and `close`.
"""

from .answer import Answer
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
from .loaded_function import LoadedFunction, load_functions
from .stage import PARTITION_BYTES, FunctionStage, open_stage

__all__ = [
    "PARTITION_BYTES",
    "Answer",
    "CallArgument",
    "CallStep",
    "ColumnArgument",
    "ColumnSpec",
    "FunctionStage",
    "LiteralArgument",
    "LoadedFunction",
    "StageContext",
    "StageMode",
    "StepArgument",
    "TableArgument",
    "load_functions",
    "open_stage",
]
