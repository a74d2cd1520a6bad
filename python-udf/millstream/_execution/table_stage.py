"""Table stages: the last step is a table function; each of its rows carries the position of its parent."""

from __future__ import annotations

from array import array as packed_array
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain, repeat
from types import GeneratorType
from typing import Any, NamedTuple

import pyarrow as pa

from .._user_error import attempt_of
from ..errors import MillstreamError
from .answer import Answer
from .bundle import Bundle
from .call import Call, mapped
from .called_rows import CalledRows
from .codec import Mismatch
from .failed_rows import gives_rows_up
from .output_limit import OutputLimit
from .progress import Behind, Progress
from .stage_base import StageBase
from .table_loop import table_loop
from .table_output import TableOutput
from .table_parents import TableParents
from .table_rows import RowForm, row_codec
from .taken_rows import TakenRows
from .tolerant_calls import FAILURES
from .yielded_code import yields_rows
from .yielded_rows import YieldedRows

#: Rows of one answer at most: what a function yields for one row may be more than memory holds.
ROWS_OF_ANSWER = 65_536

#: Rows that are made one by one before they are converted; those of one more parent may come on top.
_ROWS_AT_ONCE = ROWS_OF_ANSWER // 2


class TableStage(StageBase):
    """Answers a bundle with batches of result rows, in the order of their parents and as they were yielded.

    `outer`: a parent without rows gives one row of NULLs.
    """

    def __init__(self, calls: Sequence[Call], progress: Progress, outer: bool, output: TableOutput) -> None:
        *scalar_calls, call = calls
        codec = row_codec(call)
        super().__init__(calls, progress, output.types(calls, codec))
        self._steps = self._sync_steps(scalar_calls)
        self._call = call
        self._function = call.bound.adapt(call.loaded.spec.call)
        self._codec = codec
        self._form = RowForm(call, codec)
        self._output = output
        self._outer = outer
        self._kept = output.fields_of(codec)
        #: One at least: it counts the rows.
        self._filled = self._kept or (0,)
        are_known = yields_rows(self._function, len(codec.children))
        self._loop = table_loop(len(codec.children), self._filled, outer, are_known)
        self._limit = OutputLimit.of(call.options)
        self._gives_rows_up = any(gives_rows_up(call) for call in calls)
        self._wants_parents = output.parents or len(output.steps) > 1
        counts_rows = self._wants_parents or outer or self._limit is not None
        self._is_yielded = are_known and not counts_rows and not self._gives_rows_up

    def process(self, columns: Sequence[pa.Array], rows: int, continued: bool = False) -> Iterator[Answer]:
        """Answers of at most `ROWS_OF_ANSWER` rows; none where there are no rows."""
        bundle = self._bundle(columns, rows)
        self._evaluate(self._steps, bundle, self._output.steps)
        if self._gives_rows_up:
            parts = self._tolerant_parts(bundle)
        else:
            parts = self._yielded_parts(bundle) if self._is_yielded else self._parts(bundle)
        while True:
            with self._progress.step(self._call.step, self._call.name):
                part = next(parts, None)
                answer = None if part is None else self._answer(bundle, part)
            if answer is None:
                return
            yield answer

    def _parts(self, bundle: Bundle) -> Iterator[_Part]:
        """Rows as the function gave them, with the positions of their parents."""
        call = self._call
        called = bundle.called_rows(call.bound.arguments, [call.guard])
        sequences = call.sequences(bundle, called)
        results = self._results(sequences, called.count)
        parents = TableParents(called, self._outer)
        if self._outer and called.keep is not None:
            results = _spread(results, called)
        rest: Iterator[Any] | None = None
        while True:
            taken = TakenRows(self._filled)
            call.progress.finished = Behind(parents.done, taken.ends)
            is_rest = rest is not None
            try:
                rest = self._loop(
                    results if rest is None else chain((rest,), results), self._form.rows,
                    taken.columns, taken.ends, taken.others, ROWS_OF_ANSWER, is_rest,
                )  # fmt: skip
            except Exception as error:
                raise self._failed(error, parents, sequences, parents.done + len(taken.ends)) from error
            if len(taken) > 0:
                arrays = partial(taken.arrays, self._form, self._codec)
                yield self._part(
                    len(taken), arrays, partial(parents.of, parents.done, taken.ends, len(taken))
                )
            parents.done += len(taken.ends)
            if rest is None:
                break
        if parents.done < parents.expected:
            stop = StopIteration("raised by the function itself")
            raise self._failed(stop, parents, sequences, parents.done)
        call.progress.count_calls(call.step, called.count)

    def _yielded_parts(self, bundle: Bundle) -> Iterator[_Part]:
        """As `_parts`, where nobody asks for parents and the function's code says what rows come."""
        call = self._call
        called = bundle.called_rows(call.bound.arguments, [call.guard])
        sequences = call.sequences(bundle, called)
        parents = TableParents(called, False)
        yielded = YieldedRows(self._function, sequences, called.count)
        fields = None if len(self._codec.children) == 1 else self._filled

        def origin(row: int) -> range:
            calls = yielded.calls_of(row)
            return range(parents.place(calls[0]), parents.place(calls[-1]) + 1)

        while True:
            call.progress.finished = yielded
            taken = TakenRows(self._filled)
            try:
                yielded.take(taken.columns, fields, ROWS_OF_ANSWER)
            except Exception as error:
                raise self._failed(error, parents, sequences, len(yielded)) from error
            if len(taken) == 0:
                break
            yield _Part(len(taken), partial(taken.arrays, self._form, self._codec), None, origin)
        call.progress.count_calls(call.step, called.count)

    def _results(self, sequences: Sequence[Any], count: int) -> Iterator[Any]:
        results = mapped(self._function, sequences, count)
        return results if self._limit is None else self._limit.each(results, self._form.rows)

    def _tolerant_parts(self, bundle: Bundle) -> Iterator[_Part]:
        """As `_parts`; rows of one parent are kept together, because they may have to be taken back."""
        call = self._call
        called = bundle.called_rows(call.bound.arguments, [call.guard], call.name)
        answered = bundle.failed.answered
        sequences = call.sequences(bundle, called)
        results = self._results(sequences, called.count)
        calls = iter(range(called.count))
        values: list[Any] = []
        parents = packed_array("i")
        for row in range(bundle.rows):
            call.progress.finished = range(row)
            rows: list[Any] = []
            if called.keep is None or called.flags()[row]:
                index = next(calls)
                try:
                    rows = self._rows_of_parent(results)
                except FAILURES as error:
                    if not gives_rows_up(call):
                        raise self._error_of(error, row, sequences, index) from error
                    bundle.failed.add(
                        call, row, self._error_of(error, row, sequences, index), attempt_of(error)
                    )
                    continue
            if not rows and self._outer and (answered is None or answered[row].as_py()):
                rows = [None]
            values += rows
            parents.extend(repeat(row, len(rows)))
            if len(values) >= _ROWS_AT_ONCE:
                yield self._tolerant_part(values, parents)
                values, parents = [], packed_array("i")
        call.progress.count_calls(call.step, called.count)
        if values:
            yield self._tolerant_part(values, parents)

    def _tolerant_part(self, values: list[Any], parents: packed_array[int]) -> _Part:
        def arrays() -> list[pa.Array]:
            columns = self._form.columns(values)
            return [columns[field] for field in self._kept]

        return self._part(len(values), arrays, lambda: pa.array(parents, pa.int32()))

    def _part(
        self, rows: int, arrays: Callable[[], list[pa.Array]], parents: Callable[[], pa.Int32Array]
    ) -> _Part:
        return _Part(
            rows, arrays, parents if self._wants_parents else None, lambda row: parents()[row].as_py()
        )

    def _rows_of_parent(self, results: Iterator[Any]) -> list[Any]:
        try:
            result = next(results)
        except StopIteration:
            raise RuntimeError("StopIteration was raised by the function itself") from None
        rows = list(result if type(result) is GeneratorType else self._form.rows(result))
        # Only to see whether they fit; with others they become columns later.
        self._form.columns(rows)
        return rows

    def _error_of(
        self, error: BaseException, row: int, sequences: Sequence[Any], index: int
    ) -> MillstreamError:
        if isinstance(error, Mismatch):
            return self._call.misfit(error, row)
        return self._call.row_failed(error, row, None, sequences, index)

    def _failed(
        self, error: Exception, parents: TableParents, sequences: Sequence[Any], parent: int
    ) -> MillstreamError:
        call = self._call
        return call.row_failed(error, parents.place(parent), None, sequences, parents.index(parent))

    def _answer(self, bundle: Bundle, part: _Part) -> Answer:
        try:
            table = part.arrays() if self._kept else []
        except Mismatch as mismatch:
            raise self._call.misfit(mismatch, part.origin(mismatch.index)) from None
        selection = None if part.parents is None else part.parents()
        arrays: list[pa.Array] = []
        for step in self._output.steps:
            arrays += table if step == self._call.step else [bundle.results[step].array.take(selection)]
        batch = pa.RecordBatch.from_arrays(arrays, schema=self.output_schema) if arrays else None
        return Answer(part.rows, batch, selection if self._output.parents else None)


class _Part(NamedTuple):
    """Rows of an answer, with what makes their columns and their parents, where they are wanted."""

    rows: int
    arrays: Callable[[], list[pa.Array]]
    parents: Callable[[], pa.Int32Array] | None
    #: The row of the bundle that gave one of the rows; a range: it was one of these.
    origin: Callable[[int], int | range]


def _spread(results: Iterator[Any], called: CalledRows) -> Iterator[Any]:
    """None for rows that the function is not called for: they are padded as those without rows."""
    return (next(results) if flag else None for flag in called.flags())
