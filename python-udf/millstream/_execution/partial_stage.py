"""Partial stages: the first of two phases of aggregates, over any share of the rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from .._types import parse_type
from ..errors import MillstreamError
from .aggregate_calls import AggregateCall, RowAggregate
from .aggregate_stage import aggregate_call
from .answer import Answer
from .bundle import Bundle
from .bundle_groups import BundleGroups
from .call import Call
from .failed_rows import gives_rows_up
from .packed import ACCUMULATOR
from .partial_rows import PartialRows
from .progress import Progress
from .stage_base import StageBase


class PartialStage(StageBase):
    """Answers a bundle with a row for each group in it: the accumulators, or NULL for one without rows to
    count. The selection is the first row of each group."""

    def __init__(
        self,
        calls: Sequence[Call],
        result_steps: Sequence[int],
        progress: Progress,
        key_columns: Sequence[int],
        group_bytes: int,
    ) -> None:
        super().__init__(calls, progress, [parse_type(ACCUMULATOR) for _ in result_steps])
        self._calls = [_partial_call(call, group_bytes) for call in calls]
        self._sorts = not all(isinstance(call, PartialRows) for call in self._calls)
        self._result_steps = result_steps
        self._keys = key_columns

    def process(self, columns: Sequence[pa.Array], rows: int, continued: bool = False) -> Iterator[Answer]:
        """One answer; none over no rows."""
        if rows == 0:
            return
        groups = BundleGroups([columns[key] for key in self._keys], rows)
        order, ranges = groups.together() if self._sorts else (None, [])
        sorted_columns = columns if order is None else [column.take(order) for column in columns]
        self._last = bundle = Bundle(sorted_columns, rows, order, self.not_called)
        results: list[pa.Array] = []
        for position, aggregate in enumerate(self._calls):
            with self._progress.step(position, aggregate.call.name):
                try:
                    if isinstance(aggregate, PartialRows) and not self._sorts:
                        packed = aggregate.states(bundle, groups)
                    else:
                        packed = aggregate.run(bundle, ranges, len(ranges), partial=True)
                except MillstreamError:
                    aggregate.abandon()
                    raise
                results.append(pa.array(packed, pa.binary()))
        batch = pa.RecordBatch.from_arrays(
            [results[step] for step in self._result_steps], schema=self.output_schema
        )
        yield Answer(len(groups.firsts), batch, groups.firsts)


def _partial_call(call: Call, group_bytes: int) -> AggregateCall:
    aggregate = aggregate_call(call, group_bytes)
    is_plain = isinstance(aggregate, RowAggregate) and not gives_rows_up(call)
    return PartialRows(call) if is_plain else aggregate
