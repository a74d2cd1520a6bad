"""What all stages share: opening and closing of functions, the result schema, timing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from .._types import DataType, to_schema
from ..context import FunctionContext
from ..errors import MillstreamError
from .bundle import Bundle
from .call import Call
from .chained_rows import ChainedRows
from .failed_rows import FailedRow
from .iterator_step import IteratorStep
from .progress import Progress, Timing
from .scalar_step import RowStep, VectorStep
from .vector import vectors_for

ScalarStep = RowStep | VectorStep | IteratorStep


class StageBase:
    """Holds the functions of a stage open from `open` to `close`."""

    def __init__(self, calls: Sequence[Call], progress: Progress, output: Sequence[DataType]) -> None:
        self._functions = [call.loaded for call in calls]
        self._held: list[ScalarStep] = []
        self._opened = 0
        #: All steps as one loop; None where they run one by one.
        self._chain: ChainedRows | None = None
        #: A function that the next bundle does not call, as if it failed on all rows.
        self.not_called: str | None = None
        self._last: Bundle | None = None
        self._progress = progress
        columns = [(f"r{i}", data_type.as_nullable()) for i, data_type in enumerate(output)]
        self.output = [(name, str(data_type)) for name, data_type in columns]
        self.output_schema: pa.Schema = to_schema(columns)

    @property
    def running(self) -> str | None:
        """Name of the function whose code runs now."""
        return self._progress.running

    @property
    def running_rows(self) -> int:
        """Rows that it has finished in this bundle."""
        return len(self._progress.finished)

    def open(self, contexts: Mapping[str, FunctionContext]) -> None:
        """Opens the functions, each with its context; where one fails, those before it are closed again."""
        try:
            for function in self._functions:
                function.open(contexts[function.name])
                self._opened += 1
            self._progress.contexts = [function.context for function in self._functions]
        except MillstreamError:
            self.close()
            raise

    def take_timing(self) -> Timing:
        """What its steps did since the last time."""
        return self._progress.take({step.call.step: step.take_retries() for step in self._held})

    def take_failed_rows(self) -> list[FailedRow]:
        """Rows of the last bundle that were given up."""
        return [] if self._last is None else self._last.failed.take()

    def take_metrics(self, gauges: bool = True) -> list[dict[str, Any]]:
        """What the functions measured since the last time, as `MetricValue` of the protocol."""
        contexts = {id(function.context): function.context for function in self._functions}
        return [value for context in contexts.values() for value in context.take_metrics(gauges)]

    def close(self) -> None:
        """Closes the functions; all of them, the first error is raised at the end."""
        opened, self._opened = self._functions[: self._opened], 0
        held, self._held = self._held, []
        errors: list[MillstreamError] = []
        for closing in [*held, *opened]:
            try:
                closing.close()
            except MillstreamError as error:
                errors.append(error)
        if errors:
            raise errors[0]

    def _bundle(self, columns: Sequence[pa.Array], rows: int) -> Bundle:
        """A bundle whose rows may be given up."""
        self._last = Bundle(columns, rows, not_called=self.not_called)
        return self._last

    def _sync_steps(self, calls: Sequence[Call], results: Sequence[int] | None = None) -> list[ScalarStep]:
        """The steps of calls, closed with the stage; none for async calls, which an `AsyncStage` makes.
        `results`: the steps whose columns are read, where only they are."""
        self._held = [scalar_step(call) for call in calls if not call.loaded.spec.form.is_async]
        if results is not None and len(self._held) == len(calls):
            self._chain = ChainedRows.of(self._held, results)
        return self._held

    def _evaluate(self, steps: Sequence[ScalarStep], bundle: Bundle, results: Sequence[int]) -> None:
        """Runs scalar steps in order; the Arrow form of `results` is made within their time."""
        if self._chain is not None and self._chain.evaluates(bundle):
            self._chain.evaluate(bundle)
            return
        for position, step in enumerate(steps):
            with self._progress.step(position, step.call.name):
                column = step.evaluate(bundle)
                bundle.results.append(column)
                if position in results:
                    _ = column.array


def scalar_step(call: Call) -> ScalarStep:
    """How a scalar call is evaluated: by rows, by vectors, or as one iterator over vectors."""
    batch = call.loaded.spec.definition.batch
    if batch is None:
        return RowStep(call)
    vectors = vectors_for(batch, call.dialect)
    return (
        VectorStep(call, vectors) if call.loaded.spec.form.iterator is None else IteratorStep(call, vectors)
    )
