"""Accumulate stages: groups that stay open, whose accumulators the job remembers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from .._types import parse_type
from .answer import Answer
from .call import Call
from .groups import ranges, run_starts
from .instruction import KeptState
from .kept_calls import KeptGroups, kept_call
from .packed import ACCUMULATOR
from .progress import Progress
from .stage_base import StageBase


class AccumulateStage(StageBase):
    """Answers a bundle with a row for each group in it, in their order: the values, then the accumulators.

    The selection is the first row of each group, which brought its accumulators; nothing is remembered here.
    """

    def __init__(self, calls: Sequence[Call], progress: Progress, state: KeptState, group_bytes: int) -> None:
        accumulators = [parse_type(ACCUMULATOR) for _ in calls]
        super().__init__(calls, progress, [*(call.type for call in calls), *accumulators])
        self._calls = [kept_call(call, group_bytes) for call in calls]
        self._state = state

    def process(self, columns: Sequence[pa.Array], rows: int, continued: bool = False) -> Iterator[Answer]:
        """One answer; none over no rows."""
        if rows == 0:
            return
        state = self._state
        starts = run_starts(columns[state.group])
        retracts = None if state.retracts is None else columns[state.retracts]
        firsts = pa.array(starts, pa.int32())
        continues = columns[state.continues].take(firsts).to_pylist()
        groups = KeptGroups(ranges(starts, rows), continues, retracts)
        bundle = self._bundle(columns, rows)
        values: list[pa.Array] = []
        accumulators: list[pa.Array] = []
        for position, aggregate in enumerate(self._calls):
            with self._progress.step(position, aggregate.call.name):
                packed = columns[state.accumulators[position]].take(firsts).to_pylist()
                updated = aggregate.update(bundle, groups, packed)
                values.append(aggregate.call.column_of(updated.values))
                accumulators.append(pa.array(updated.states, pa.binary()))
        batch = pa.RecordBatch.from_arrays([*values, *accumulators], schema=self.output_schema)
        yield Answer(len(starts), batch, firsts)
