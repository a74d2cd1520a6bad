"""Scalar stages: one row out for each row in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from .._late import pc
from .answer import Answer
from .bundle import Bundle
from .call import Call
from .progress import Progress
from .stage_base import StageBase


class ScalarStage(StageBase):
    """Answers each bundle with one batch of the same rows, in order."""

    def __init__(self, calls: Sequence[Call], result_steps: Sequence[int], progress: Progress) -> None:
        super().__init__(calls, progress, [calls[step].type for step in result_steps])
        self._steps = self._sync_steps(calls, result_steps)
        self._result_steps = result_steps

    def process(self, columns: Sequence[pa.Array], rows: int, continued: bool = False) -> Iterator[Answer]:
        """One answer, without a selection unless rows were given up."""
        bundle = self._bundle(columns, rows)
        self._evaluate(self._steps, bundle, self._result_steps)
        yield self.answer(bundle)

    def answer(self, bundle: Bundle) -> Answer:
        """The answer of a bundle whose steps have been evaluated."""
        arrays = [bundle.results[step].array for step in self._result_steps]
        batch = pa.RecordBatch.from_arrays(arrays, schema=self.output_schema) if arrays else None
        return without_failed(Answer(bundle.rows, batch, None), bundle)


def without_failed(answer: Answer, bundle: Bundle) -> Answer:
    """The answer without the rows that were given up."""
    answered = bundle.failed.answered
    if answered is None:
        return answer
    selection = pc.indices_nonzero(answered).cast(pa.int32())
    columns = None if answer.columns is None else answer.columns.filter(answered)
    return Answer(len(selection), columns, selection)
