"""Opens what `open_function_stage` says, in a worker or in a replay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import _execution

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._execution import FunctionStage, LoadedFunction
    from ..context import Limits
    from .instructions import OpenFunctionStage


def open_function_stage(
    body: OpenFunctionStage,
    functions: Mapping[str, LoadedFunction],
    time_zone: str,
    limits: Limits,
    partition_bytes: int = _execution.PARTITION_BYTES,
) -> FunctionStage:
    """Raises what `_execution.open_stage` raises."""
    return _execution.open_stage(
        mode=body.mode,
        input=body.input,
        steps=body.steps,
        result_steps=body.result_steps,
        result_fields=body.result_fields,
        row_selection=body.row_selection,
        partial_aggregates=body.partial_aggregates,
        outer=body.outer,
        key_columns=body.key_columns,
        tag_column=body.tag_column,
        passed_columns=body.passed_columns,
        state=body.state,
        process=body.process,
        partition_bytes=partition_bytes,
        functions=functions,
        time_zone=time_zone,
        context=body.context,
        stage=body.stage,
        limits=limits,
        share=_execution.StageShare(
            body.context.subtask,
            body.context.parallelism,
            body.shared_folder,
            {override.function: override.options for override in body.overrides},
        ),
    )
