"""Filter stages: rows where the last step is TRUE stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from .._late import pc
from .answer import Answer
from .bundle import Bundle
from .call import Call
from .column import is_true
from .progress import Progress
from .stage_base import StageBase


class FilterStage(StageBase):
    """Answers each bundle with the results of the rows that stay, and their positions unless all stay."""

    def __init__(self, calls: Sequence[Call], result_steps: Sequence[int], progress: Progress) -> None:
        super().__init__(calls, progress, [calls[step].type for step in result_steps])
        self._predicate = len(calls) - 1
        self._steps = self._sync_steps(calls, [*result_steps, self._predicate])
        self._result_steps = result_steps

    def process(self, columns: Sequence[pa.Array], rows: int, continued: bool = False) -> Iterator[Answer]:
        """One answer, possibly of no rows."""
        bundle = self._bundle(columns, rows)
        self._evaluate(self._steps, bundle, [*self._result_steps, self._predicate])
        yield self.answer(bundle)

    def answer(self, bundle: Bundle) -> Answer:
        """The answer of a bundle whose steps have been evaluated."""
        keep = is_true(bundle.results[self._predicate])
        answered = bundle.failed.answered
        if answered is not None:
            keep = pc.and_(keep, answered)
        kept = pc.sum(keep).as_py() or 0
        arrays = [bundle.results[step].array for step in self._result_steps]
        selection = None
        if kept < bundle.rows:
            selection = pc.indices_nonzero(keep).cast(pa.int32())
            arrays = [array.filter(keep) for array in arrays]
        batch = pa.RecordBatch.from_arrays(arrays, schema=self.output_schema) if arrays else None
        return Answer(kept, batch, selection)
