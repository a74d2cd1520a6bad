"""Running user functions over Arrow columns: what the worker calls. It knows no sockets, no graph, no
process.

functions = load_functions(paths, [("f", "udfs.f")])           # reply to `load_functions`: f.declaration
stage = open_stage(mode="scalar", input=..., steps=..., ..., functions={f.name: f for f in functions})
for answer in stage.process(columns, rows, continued=False):   # once for each bundle, in order
    ...                                                        # answer.rows, answer.columns, answer.selection
step_ns, step_calls = stage.take_timing()                      # of the bundles since the last call
stage.close()
"""

from .answer import Answer
from .instruction import (
    CallArgument,
    CallStep,
    ColumnArgument,
    ColumnSpec,
    LiteralArgument,
    StageMode,
    StepArgument,
)
from .loaded_function import LoadedFunction, load_functions
from .stage import FunctionStage, open_stage

__all__ = [
    "Answer",
    "CallArgument",
    "CallStep",
    "ColumnArgument",
    "ColumnSpec",
    "FunctionStage",
    "LiteralArgument",
    "LoadedFunction",
    "StageMode",
    "StepArgument",
    "load_functions",
    "open_stage",
]
