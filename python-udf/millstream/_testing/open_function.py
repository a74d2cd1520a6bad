"""Opens the stage of one function, as the planner would have it opened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._execution import FunctionStage, LoadedFunction, StageMode, open_stage
from .._types import DataType
from .._worker.instructions import CallArgument, CallFrame, CallStep, ColumnArgument, ColumnSpec, StageContext
from ..context import Limits


def open_function(
    loaded: LoadedFunction,
    mode: StageMode,
    types: Sequence[DataType],
    context: StageContext,
    limits: Limits | None,
    *,
    arguments: Sequence[CallArgument] | None = None,
    argument_names: Sequence[str | None] | None = None,
    frame: CallFrame | None = None,
    **options: Any,
) -> FunctionStage:
    """A stage over columns of `types`; all of them are the arguments unless `arguments` says others."""
    given: list[CallArgument] = []
    given += [ColumnArgument(i) for i in range(len(types))] if arguments is None else arguments
    step = CallStep(
        function=loaded.name,
        arguments=given,
        argument_names=[None] * len(given) if argument_names is None else list(argument_names),
        guard=None,
        result_type=str(loaded.spec.result),
        distinct=False,
        filter=None,
        frame=frame,
    )
    return open_stage(
        mode=mode,
        input=[ColumnSpec(f"c{i}", str(data_type)) for i, data_type in enumerate(types)],
        steps=[step],
        result_steps=[0],
        outer=False,
        functions={loaded.name: loaded},
        context=context,
        stage="test",
        limits=limits,
        **{"key_columns": [], **options},
    )
