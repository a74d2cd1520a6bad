"""The context that a stage opens a function with."""

from __future__ import annotations

from ..context import FunctionContext, Limits
from .instruction import StageContext


def function_context(
    function: str, context: StageContext | None, stage: str, limits: Limits | None
) -> FunctionContext:
    """What the function `function` is told; `context` None: it runs outside of a job."""
    if context is None:
        return FunctionContext(function=function, limits=limits)
    return FunctionContext(
        context.job_parameters,
        function=function,
        job_id=context.job_id,
        task_name=stage.partition("#")[0],
        subtask=context.subtask,
        parallelism=context.parallelism,
        attempt=context.attempt,
        cached_files=context.cached_files,
        limits=limits,
    )
