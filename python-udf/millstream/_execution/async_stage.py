"""Stages of async functions: bundles overlap, each answers when all its rows are done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from ..context import FunctionContext
from .answer import Answer
from .async_step import AsyncRowStep, AsyncVectorStep
from .bundle import Bundle
from .call import Call
from .event_loop import Run, event_loop
from .failed_rows import FailedRow
from .filter_stage import FilterStage
from .progress import Progress, Timing
from .scalar_stage import ScalarStage
from .vector import vectors_for

AsyncStep = AsyncRowStep | AsyncVectorStep


class BundleRun:
    """A bundle on its way through an async stage."""

    def __init__(self, run: Run, progress: Progress, bundle: Bundle, steps: Sequence[AsyncStep]) -> None:
        self._run = run
        self._steps = steps
        self._bundle = bundle
        self._progress = progress

    @property
    def running(self) -> str | None:
        """Name of the function that is awaited now; any thread."""
        return self._progress.running

    @property
    def running_rows(self) -> int:
        """Rows that it has finished; any thread."""
        return len(self._progress.finished)

    def cancel(self) -> None:
        """Cancels its calls; any thread, returns at once."""
        self._run.cancel()

    def answer(self) -> Answer:
        """Its answer; waits for it.

        Raises:
            UdfError: as `FunctionStage.process`.
            asyncio.CancelledError: it was cancelled.
        """
        answer: Answer = self._run.done.result()
        return answer

    def take_timing(self) -> Timing:
        """What its steps did; retries are those of all bundles since the last answer."""
        return self._progress.take({step.call.step: step.take_retries() for step in self._steps})

    def take_failed_rows(self) -> list[FailedRow]:
        """Rows that were given up."""
        return self._bundle.failed.take()


class AsyncStage:
    """A scalar or filter stage whose steps are awaited. `start` is for workers, `process` for one bundle at a
    time."""

    def __init__(self, stage: ScalarStage | FilterStage, calls: Sequence[Call]) -> None:
        self._stage = stage
        self._steps = [async_step(call) for call in calls]
        self.output = stage.output
        self.output_schema = stage.output_schema
        self._last: BundleRun | None = None
        #: A function that the next bundle does not call, as if it failed on all rows.
        self.not_called: str | None = None

    @property
    def running(self) -> str | None:
        """Name of the function that `process` awaits now."""
        return None if self._last is None else self._last.running

    @property
    def running_rows(self) -> int:
        """Rows that it has finished."""
        return 0 if self._last is None else self._last.running_rows

    def open(self, contexts: Mapping[str, FunctionContext]) -> None:
        """Opens the functions, each with its context."""
        self._stage.open(contexts)

    def start(
        self, columns: Sequence[pa.Array], rows: int, on_done: Callable[[], None] | None = None
    ) -> BundleRun:
        """Starts a bundle; `on_done` is called in another thread when its answer is there."""
        bundle = Bundle(columns, rows, not_called=self.not_called)
        progress = Progress(len(self._steps))
        progress.contexts = [step.call.loaded.context for step in self._steps]
        run = event_loop().submit(
            self._evaluate(bundle, progress),
            None if on_done is None else lambda _: on_done(),
        )
        return BundleRun(run, progress, bundle, self._steps)

    def process(self, columns: Sequence[pa.Array], rows: int, continued: bool = False) -> Iterator[Answer]:
        """One answer."""
        self._last = self.start(columns, rows)
        try:
            yield self._last.answer()
        except BaseException:
            self._last.cancel()
            raise

    def take_timing(self) -> Timing:
        """What its steps did in the last bundle of `process`."""
        return Timing([], [], []) if self._last is None else self._last.take_timing()

    def take_failed_rows(self) -> list[FailedRow]:
        """Rows of the last bundle of `process` that were given up."""
        return [] if self._last is None else self._last.take_failed_rows()

    def take_metrics(self, gauges: bool = True) -> list[dict[str, Any]]:
        """What the functions measured since the last time."""
        return self._stage.take_metrics(gauges)

    def close(self) -> None:
        """Closes the functions."""
        for step in self._steps:
            step.close()
        self._stage.close()

    async def _evaluate(self, bundle: Bundle, progress: Progress) -> Answer:
        for position, step in enumerate(self._steps):
            with progress.step(position, step.call.name):
                column = await step.evaluate(bundle, progress)
                bundle.results.append(column)
                _ = column.array
        return self._stage.answer(bundle)


def async_step(call: Call) -> AsyncStep:
    """How an async call is evaluated."""
    batch = call.loaded.spec.definition.batch
    return AsyncRowStep(call) if batch is None else AsyncVectorStep(call, vectors_for(batch, call.dialect))
