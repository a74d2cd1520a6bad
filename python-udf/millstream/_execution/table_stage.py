"""Table stages: the last step is a table function; each of its rows carries the position of its parent."""

from __future__ import annotations

from array import array as packed_array
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, repeat
from typing import Any

import pyarrow as pa

from .._types import DataType
from .answer import Answer
from .bundle import Bundle
from .call import Call, argument_rows
from .codec import Mismatch
from .map_stage import row_codec
from .progress import Progress
from .stage_base import StageBase, scalar_step
from .table_rows import RowForm

#: Rows of one answer at most: what a function yields for one row may be more than memory holds.
ROWS_OF_ANSWER = 65_536


class TableStage(StageBase):
    """Answers a bundle with batches of result rows, in the order of their parents and as they were yielded.

    `outer`: a parent without rows gives one row of NULLs.
    """

    def __init__(
        self, calls: Sequence[Call], result_steps: Sequence[int], progress: Progress, outer: bool
    ) -> None:
        *scalar_calls, call = calls
        codec = row_codec(call)
        types: list[DataType] = []
        for step in result_steps:
            types += [f.type for f in codec.data_type.fields] if step == call.step else [calls[step].type]
        super().__init__(calls, progress, types)
        self._steps = [scalar_step(scalar) for scalar in scalar_calls]
        self._call = call
        self._function = call.bound.adapt(call.loaded.spec.call)
        self._form = RowForm(codec)
        self._result_steps = result_steps
        self._outer = outer

    def process(self, columns: Sequence[pa.Array], rows: int, continued: bool = False) -> Iterator[Answer]:
        """Answers of at most `ROWS_OF_ANSWER` rows; none where there are no rows."""
        bundle = Bundle(columns, rows)
        self._evaluate(self._steps, bundle, self._result_steps)
        parts = self._parts(bundle)
        while True:
            with self._progress.step(self._call.step, self._call.name):
                part = next(parts, None)
                answer = None if part is None else self._answer(bundle, *part)
            if answer is None:
                return
            yield answer

    def _parts(self, bundle: Bundle) -> Iterator[tuple[list[Any], packed_array[int]]]:
        """Rows as the function gave them, with their parents."""
        call = self._call
        called = bundle.called_rows(call.bound.arguments, [call.guard])
        sequences = call.sequences(bundle, called)
        arguments = argument_rows(sequences, called.count)
        values: list[Any] = []
        parents: packed_array[int] = packed_array("i")
        next_parent = 0
        for index, (parent, row) in enumerate(zip(called.positions(), arguments, strict=True)):
            if self._outer:
                _pad(values, parents, range(next_parent, parent))
                next_parent = parent + 1
            if len(values) >= ROWS_OF_ANSWER:
                yield from _cut(values, parents)
                values, parents = [], packed_array("i")
            before = len(values)
            try:
                rows = iter(self._form.rows(self._function(*row)))
                values.extend(islice(rows, ROWS_OF_ANSWER - before))
                empty = len(values) == before
                while len(values) == ROWS_OF_ANSWER:
                    parents.extend(repeat(parent, ROWS_OF_ANSWER - len(parents)))
                    yield values, parents
                    values, parents = list(islice(rows, ROWS_OF_ANSWER)), packed_array("i")
            except Exception as error:
                raise call.row_failed(error, parent, None, sequences, index) from error
            parents.extend(repeat(parent, len(values) - len(parents)))
            if empty and self._outer:
                _pad(values, parents, (parent,))
        call.progress.count_calls(call.step, called.count)
        if self._outer:
            _pad(values, parents, range(next_parent, bundle.rows))
        yield from _cut(values, parents)

    def _answer(self, bundle: Bundle, values: list[Any], parents: packed_array[int]) -> Answer:
        selection = pa.Array.from_buffers(pa.int32(), len(parents), [None, pa.py_buffer(parents)])
        try:
            table = self._form.columns(values)
        except Mismatch as mismatch:
            raise self._call.misfit(mismatch, parents[mismatch.index]) from None
        arrays: list[pa.Array] = []
        for step in self._result_steps:
            arrays += table if step == self._call.step else [bundle.results[step].array.take(selection)]
        batch = pa.RecordBatch.from_arrays(arrays, schema=self.output_schema) if arrays else None
        return Answer(len(values), batch, selection)


def _pad(values: list[Any], parents: packed_array[int], without_rows: Iterable[int]) -> None:
    """Adds a row of NULLs for each of these parents."""
    for parent in without_rows:
        values.append(None)
        parents.append(parent)


def _cut(values: list[Any], parents: packed_array[int]) -> Iterator[tuple[list[Any], packed_array[int]]]:
    for start in range(0, len(values), ROWS_OF_ANSWER):
        end = start + ROWS_OF_ANSWER
        yield values[start:end], parents[start:end]
