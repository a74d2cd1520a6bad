"""Table stages: the last step is a table function; each of its rows carries the position of its parent."""

from __future__ import annotations

from array import array as packed_array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import islice, repeat
from types import GeneratorType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from .._types import DataType
from .._user_error import attempt_of
from ..errors import MillstreamError
from .answer import Answer
from .bundle import Bundle
from .call import Call, mapped
from .called_rows import CalledRows
from .codec import Mismatch
from .codec.nested import RowCodec
from .failed_rows import gives_rows_up
from .progress import Progress
from .stage_base import StageBase
from .table_rows import RowForm, row_codec
from .tolerant_calls import FAILURES

#: Rows of one answer at most: what a function yields for one row may be more than memory holds.
ROWS_OF_ANSWER = 65_536

#: Rows that are made before they are converted; those of one more parent may come on top.
_ROWS_AT_ONCE = ROWS_OF_ANSWER // 2


class TableStage(StageBase):
    """Answers a bundle with batches of result rows, in the order of their parents and as they were yielded.

    `outer`: a parent without rows gives one row of NULLs.
    """

    def __init__(
        self, calls: Sequence[Call], result_steps: Sequence[int], progress: Progress, outer: bool
    ) -> None:
        *scalar_calls, call = calls
        codec = row_codec(call)
        super().__init__(calls, progress, table_columns(calls, codec, result_steps))
        self._steps = self._sync_steps(scalar_calls)
        self._call = call
        self._function = call.bound.adapt(call.loaded.spec.call)
        self._form = RowForm(call, codec)
        self._result_steps = result_steps
        self._outer = outer
        self._gives_rows_up = any(gives_rows_up(call) for call in calls)

    def process(self, columns: Sequence[pa.Array], rows: int, continued: bool = False) -> Iterator[Answer]:
        """Answers of at most `ROWS_OF_ANSWER` rows; none where there are no rows."""
        bundle = self._bundle(columns, rows)
        self._evaluate(self._steps, bundle, self._result_steps)
        parts = self._tolerant_parts(bundle) if self._gives_rows_up else self._parts(bundle)
        while True:
            with self._progress.step(self._call.step, self._call.name):
                part = next(parts, None)
                answer = None if part is None else self._answer(bundle, *part)
            if answer is None:
                return
            yield answer

    def _parts(self, bundle: Bundle) -> Iterator[tuple[list[Any], pa.Int32Array]]:
        """Rows as the function gave them, with the positions of their parents."""
        call, outer, rows_of = self._call, self._outer, self._form.rows
        called = bundle.called_rows(call.bound.arguments, [call.guard])
        sequences = call.sequences(bundle, called)
        results = mapped(self._function, sequences, called.count)
        parents = _Parents(called, outer)
        if outer and called.keep is not None:
            results = _spread(results, called)
        values: list[Any] = []
        before, is_cut = 0, False
        try:
            for result in results:
                rows = result if type(result) is GeneratorType else iter(rows_of(result))
                values.extend(islice(rows, _ROWS_AT_ONCE))
                total = len(values)
                if total == before and outer:
                    values.append(None)
                    total += 1
                parents.ends.append(total)
                if total < _ROWS_AT_ONCE:
                    before = total
                    continue
                yield values, parents.take()
                is_cut = total - before == _ROWS_AT_ONCE
                while is_cut and (rest := list(islice(rows, _ROWS_AT_ONCE))):
                    yield rest, parents.of_last(len(rest))
                values, before, is_cut = [], 0, False
        except Exception as error:
            raise self._failed(error, parents, sequences, parents.done - is_cut) from error
        if parents.done < parents.expected:
            stop = StopIteration("raised by the function itself")
            raise self._failed(stop, parents, sequences, parents.done)
        call.progress.count_calls(call.step, called.count)
        if values:
            yield values, parents.take()

    def _tolerant_parts(self, bundle: Bundle) -> Iterator[tuple[list[Any], pa.Int32Array]]:
        """As `_parts`; rows of one parent are kept together, because they may have to be taken back."""
        call = self._call
        called = bundle.called_rows(call.bound.arguments, [call.guard], call.name)
        answered = bundle.failed.answered
        sequences = call.sequences(bundle, called)
        results = mapped(self._function, sequences, called.count)
        calls = iter(range(called.count))
        values: list[Any] = []
        parents = packed_array("i")
        for row in range(bundle.rows):
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
                yield values, pa.array(parents, pa.int32())
                values, parents = [], packed_array("i")
        call.progress.count_calls(call.step, called.count)
        if values:
            yield values, pa.array(parents, pa.int32())

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
        self, error: Exception, parents: _Parents, sequences: Sequence[Any], parent: int
    ) -> MillstreamError:
        call = self._call
        return call.row_failed(error, parents.place(parent), None, sequences, parents.index(parent))

    def _answer(self, bundle: Bundle, values: list[Any], selection: pa.Int32Array) -> Answer:
        try:
            table = self._form.columns(values)
        except Mismatch as mismatch:
            raise self._call.misfit(mismatch, selection[mismatch.index].as_py()) from None
        arrays: list[pa.Array] = []
        for step in self._result_steps:
            arrays += table if step == self._call.step else [bundle.results[step].array.take(selection)]
        batch = pa.RecordBatch.from_arrays(arrays, schema=self.output_schema) if arrays else None
        return Answer(len(values), batch, selection)


def table_columns(calls: Sequence[Call], codec: RowCodec, result_steps: Sequence[int]) -> list[DataType]:
    """The types of the result columns of a stage whose last call is a table function with the columns of
    `codec`."""
    types: list[DataType] = []
    for step in result_steps:
        is_table = step == calls[-1].step
        types += [f.type for f in codec.data_type.fields] if is_table else [calls[step].type]
    return types


def _spread(results: Iterator[Any], called: CalledRows) -> Iterator[Any]:
    """None for rows that the function is not called for: they are padded as those without rows."""
    return (next(results) if flag else None for flag in called.flags())


class _Parents:
    """Which row of the bundle each result row belongs to. `ends`: by parent, how many rows there are then."""

    def __init__(self, called: CalledRows, outer: bool) -> None:
        self._called = called
        #: The rows that parents are; None: they are counted from 0.
        self._rows = None if outer or called.keep is None else called.positions()
        self.expected = called.total if outer else called.count
        self.ends = packed_array("i")
        self._first = 0

    @property
    def done(self) -> int:
        """Parents whose rows were taken in."""
        return self._first + len(self.ends)

    def take(self) -> pa.Int32Array:
        """The parents of the rows so far; begins anew."""
        offsets = packed_array("i", (0,)) + self.ends
        buffer = pa.Array.from_buffers(pa.int32(), len(offsets), [None, pa.py_buffer(offsets)])
        lists = pa.ListArray.from_arrays(buffer, pa.nulls(offsets[-1]))
        parents = pc.add(pc.list_parent_indices(lists).cast(pa.int32()), pa.scalar(self._first, pa.int32()))
        self._first, self.ends = self.done, packed_array("i")
        return parents if self._rows is None else pa.array(self._rows, pa.int32()).take(parents)

    def of_last(self, rows: int) -> pa.Int32Array:
        """The last parent, repeated."""
        return pa.repeat(pa.scalar(self.place(self.done - 1), pa.int32()), rows)

    def place(self, parent: int) -> int:
        """The row of the bundle that a parent is."""
        return parent if self._rows is None else self._rows[parent]

    def index(self, parent: int) -> int:
        """The number of the call for a parent."""
        if self._called.keep is None or self._rows is not None:
            return parent
        return bisect_left(self._called.positions(), parent)
