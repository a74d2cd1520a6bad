"""Table stages whose function takes vectors: one call for a batch, whose rows say where they belong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from .._late import pc
from ..errors import MillstreamError
from .answer import Answer
from .bundle import Bundle
from .call import Call
from .called_rows import CalledRows
from .failed_rows import gives_rows_up
from .output_limit import OutputLimit, Spent, VectorExceeded, spend
from .progress import Progress
from .stage_base import StageBase
from .table_output import TableOutput
from .table_rows import row_codec
from .table_stage import ROWS_OF_ANSWER
from .table_vectors import Rows, TableVectors
from .vector import vectors_for
from .vector_call import Part, VectorCall


class VectorTableStage(StageBase):
    """As `TableStage`: batches of result rows in the order of their parents, and as they were given."""

    def __init__(self, calls: Sequence[Call], progress: Progress, outer: bool, output: TableOutput) -> None:
        *scalar_calls, call = calls
        codec = row_codec(call)
        super().__init__(calls, progress, output.types(calls, codec))
        self._steps = self._sync_steps(scalar_calls)
        self._call = call
        self._function = call.bound.adapt(call.loaded.spec.call)
        vectors = vectors_for(call.loaded.spec.definition.batch or "arrow", call.dialect)
        self._vectors = VectorCall(call, vectors)
        self._tables = TableVectors(call, codec, vectors)
        self._limit = OutputLimit.of(call.options)
        self._types = [child.arrow_type for child in codec.children]
        self._output = output
        self._fields = output.fields_of(codec)
        self._outer = outer

    def process(self, columns: Sequence[pa.Array], rows: int, continued: bool = False) -> Iterator[Answer]:
        """Answers of at most `ROWS_OF_ANSWER` rows; none where there are no rows."""
        bundle = self._bundle(columns, rows)
        self._evaluate(self._steps, bundle, self._output.steps)
        call = self._call
        called = bundle.called_rows(call.bound.arguments, [call.guard], call.name)
        pieces = self._placed(bundle, called)
        while True:
            with self._progress.step(self._call.step, self._call.name):
                piece = next(pieces, None)
            if piece is None:
                return
            piece = _answered(piece, bundle)
            for start in range(0, len(piece.parents), ROWS_OF_ANSWER):
                yield self._answer(bundle, piece, start)

    def _placed(self, bundle: Bundle, called: CalledRows) -> Iterator[Rows]:
        """Result rows with their parents as rows of the bundle, padded where the stage is outer."""
        positions = None if called.keep is None else pa.array(called.positions(), pa.int32())
        padded = 0
        give = self._tolerant if gives_rows_up(self._call) else self._called
        for rows in give(bundle, called):
            parents = rows.parents if positions is None else positions.take(rows.parents)
            if self._outer:
                end = parents[-1].as_py() + 1
                yield _padded(Rows(parents, rows.columns), padded, end)
                padded = max(padded, end)
            else:
                yield Rows(parents, rows.columns)
        if self._outer and padded < bundle.rows:
            nothing = Rows(pa.array([], pa.int32()), [pa.nulls(0, arrow_type) for arrow_type in self._types])
            yield _padded(nothing, padded, bundle.rows)

    def _called(self, bundle: Bundle, called: CalledRows) -> Iterator[Rows]:
        for part in self._vectors.parts(bundle, called):
            start = pa.scalar(part.start, pa.int32())
            for rows in self._limited(bundle, called, part):
                yield Rows(pc.add(rows.parents, start), rows.columns)
            self._progress.finished = range(part.start + part.rows)

    def _tolerant(self, bundle: Bundle, called: CalledRows) -> Iterator[Rows]:
        """As `_called`; a part that fails has given nothing, and is halved until its rows are found."""
        columns = self._vectors.columns(bundle, called)
        waiting = self._vectors.ranges(called)[::-1]
        while waiting:
            part = self._vectors.part(columns, *waiting.pop())
            try:
                items = list(self._limited(bundle, called, part))
            except SystemExit as error:
                failed = self._vectors.failed(error, called, part)
                waiting += self._vectors.split(failed, called, part, [], bundle)
            except MillstreamError as error:
                waiting += self._vectors.split(error, called, part, [], bundle)
            else:
                start = pa.scalar(part.start, pa.int32())
                for rows in items:
                    yield Rows(pc.add(rows.parents, start), rows.columns)
            self._progress.finished = range(part.start + part.rows)

    def _limited(self, bundle: Bundle, called: CalledRows, part: Part) -> Iterator[Rows]:
        items = self._items(called, part)
        if self._limit is None:
            return items
        return self._within(self._limit, items, bundle, called, part)

    def _within(
        self, limit: OutputLimit, items: Iterator[Rows], bundle: Bundle, called: CalledRows, part: Part
    ) -> Iterator[Rows]:
        spent = Spent()
        for rows in items:
            try:
                spent = spend(limit, rows, spent)
            except VectorExceeded as found:
                vectors = self._vectors
                index = part.start + found.parent
                values = vectors.values_of(vectors.part(vectors.columns(bundle, called), index, 1))
                raise found.exceeded.as_error(self._call.name, called.position(index), values) from None
            yield rows

    def _items(self, called: CalledRows, part: Part) -> Iterator[Rows]:
        previous = 0
        try:
            items = iter(self._tables.items(self._function(*part.arguments)))
        except Exception as error:
            raise self._vectors.failed(error, called, part) from error
        while True:
            try:
                item = next(items, _END)
            except Exception as error:
                raise self._vectors.failed(error, called, part) from error
            if item is _END:
                break
            rows = self._tables.rows(item, part.rows, previous)
            if len(rows.parents) > 0:
                previous = rows.parents[-1].as_py()
                yield rows
        self._call.progress.count_calls(self._call.step, 1)

    def _answer(self, bundle: Bundle, piece: Rows, start: int) -> Answer:
        parents = piece.parents.slice(start, ROWS_OF_ANSWER)
        arrays: list[pa.Array] = []
        for step in self._output.steps:
            if step == self._call.step:
                arrays += [piece.columns[field].slice(start, ROWS_OF_ANSWER) for field in self._fields]
            else:
                arrays.append(bundle.results[step].array.take(parents))
        batch = pa.RecordBatch.from_arrays(arrays, schema=self.output_schema) if arrays else None
        return Answer(len(parents), batch, parents if self._output.parents else None)


def _answered(rows: Rows, bundle: Bundle) -> Rows:
    """The rows of parents that were not given up."""
    answered = bundle.failed.answered
    if answered is None:
        return rows
    kept = answered.take(rows.parents)
    return Rows(rows.parents.filter(kept), [column.filter(kept) for column in rows.columns])


def _padded(rows: Rows, start: int, end: int) -> Rows:
    """The same rows, and one of NULLs for each parent from `start` to `end` that has none."""
    every = pa.array(range(start, end), pa.int32())
    missing = every.filter(pc.invert(pc.is_in(every, value_set=rows.parents)))
    if len(missing) == 0:
        return rows
    parents = pa.concat_arrays([rows.parents, missing])
    order = pc.sort_indices(parents)
    count = len(rows.parents)
    source = pa.concat_arrays([pa.array(range(count), pa.int32()), pa.nulls(len(missing), pa.int32())])
    places = source.take(order)
    return Rows(parents.take(order), [column.take(places) for column in rows.columns])


_END = object()
