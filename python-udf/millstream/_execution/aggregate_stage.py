"""Aggregate stages: one row for each key group of key-aligned input."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from ..errors import MillstreamError
from ..functions import BatchAggregateFunction
from .aggregate_calls import AggregateCall, RowAggregate
from .answer import Answer
from .call import Call
from .groups import KeyGroups
from .progress import Progress
from .stage_base import StageBase
from .vector import vectors_for
from .vector_aggregates import BatchAggregate, IteratorAggregate, VectorAggregate


class AggregateStage(StageBase):
    """Answers a bundle with the groups that ended in it; the selection is each group's last row.

    A bundle that is `continued` leaves its last group open for the next one. Without key columns there is one
    group, which also exists over no rows: its answer then has one row and no selection.
    """

    def __init__(
        self,
        calls: Sequence[AggregateCall],
        result_steps: Sequence[int],
        progress: Progress,
        key_columns: Sequence[int],
    ) -> None:
        of_functions = [aggregate.call for aggregate in calls]
        super().__init__(of_functions, progress, [of_functions[step].type for step in result_steps])
        self._calls = calls
        self._result_steps = result_steps
        self._groups = KeyGroups(key_columns)

    def process(self, columns: Sequence[pa.Array], rows: int, continued: bool = False) -> Iterator[Answer]:
        """One answer; of no rows where no group ended."""
        try:
            yield self._answer(columns, rows, continued)
        except MillstreamError:
            for call in self._calls:
                call.abandon()
            self._groups.forget()
            raise

    def _answer(self, columns: Sequence[pa.Array], rows: int, continued: bool) -> Answer:
        ranges, finished = self._groups.divide(columns, rows, continued)
        bundle = self._bundle(columns, rows)
        results: list[pa.Array] = []
        for position, aggregate in enumerate(self._calls):
            with self._progress.step(position, aggregate.call.name):
                values = aggregate.run(bundle, ranges, finished)
                results.append(aggregate.call.column_of(values))
        arrays = [results[step] for step in self._result_steps]
        batch = pa.RecordBatch.from_arrays(arrays, schema=self.output_schema) if arrays else None
        selection = pa.array([end - 1 for _, end in ranges[:finished]], pa.int32()) if rows > 0 else None
        return Answer(finished, batch, selection)


def aggregate_call(call: Call, group_bytes: int) -> AggregateCall:
    """How an aggregate is evaluated: by rows, by whole groups, by their batches, or by partial results."""
    spec = call.loaded.spec
    batch = spec.definition.batch
    if isinstance(spec.instance, BatchAggregateFunction):
        return BatchAggregate(call, vectors_for(batch or "arrow", call.dialect))
    if batch is None:
        return RowAggregate(call)
    vectors = vectors_for(batch, call.dialect)
    return (
        IteratorAggregate(call, vectors)
        if spec.form.iterator is not None
        else VectorAggregate(call, vectors, group_bytes)
    )
