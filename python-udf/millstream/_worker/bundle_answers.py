"""The answers to one bundle, whose columns came with it or are read from a split."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa

from ..errors import MillstreamError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._execution import Answer, FailedRow, FunctionStage
    from .data_messages import Split
    from .split_reader import SplitReader, SplitRows


class PlacedAnswer(NamedTuple):
    """A part of the answer, and the groups of the split's columns that go on beside it."""

    answer: Answer
    kept: Sequence[pa.RecordBatch]


_MOST_JOINED_BYTES = 4 << 20
"""Beyond it a message is large enough."""


class ColumnAnswers(Iterator[PlacedAnswer]):
    """Answers to columns that were received."""

    def __init__(
        self, stage: FunctionStage, columns: Sequence[pa.Array], rows: int, continued: bool, decode_ns: int
    ) -> None:
        self.decode_ns = decode_ns
        """Time until there were columns."""
        self._stage = stage
        self._answers = stage.process(columns, rows, continued)

    def __next__(self) -> PlacedAnswer:
        return PlacedAnswer(next(self._answers), ())

    def take_failed_rows(self) -> list[FailedRow]:
        """Rows of the bundle that were given up; once, after the last answer."""
        return self._stage.take_failed_rows()


class SplitAnswers(Iterator[PlacedAnswer]):
    """Answers to a split, read piece by piece. Failed rows are counted in the split; errors count only
    the rows that functions were given, as a saved bundle has no others.

    Selections are taken by the kept groups: each row of an answer is beside its columns. What functions give
    for several pieces is put together, as each answer costs the core as much as any other.
    """

    def __init__(self, stage: FunctionStage, reader: SplitReader, split: Split, rows: int) -> None:
        self.decode_ns = 0
        self._stage = stage
        self._reader = reader
        self._pieces = reader.read(split, rows)
        self._piece: SplitRows | None = None
        self._answers: Iterator[Answer] = iter(())
        self._failed: list[FailedRow] = []
        self._given = 0

    def __next__(self) -> PlacedAnswer:
        part = self._next_part()
        if part is None:
            raise StopIteration
        parts = [part]
        rows, size = part.answer.rows, _bytes_of(part)
        while self._reader.joins(rows) and size < _MOST_JOINED_BYTES:
            if (part := self._next_part()) is None:
                break
            parts.append(part)
            rows += part.answer.rows
            size += _bytes_of(part)
        return _together(parts)

    def _next_part(self) -> PlacedAnswer | None:
        while True:
            try:
                answer = next(self._answers, None)
            except MillstreamError as error:
                self._relocate(error)
                raise
            if answer is not None:
                assert self._piece is not None
                kept = self._reader.kept(self._piece, answer.selection)
                return PlacedAnswer(answer._replace(selection=None), kept)
            self._end_piece()
            began = time.monotonic_ns()
            self._piece = next(self._pieces, None)
            self.decode_ns += time.monotonic_ns() - began
            if self._piece is None:
                return None
            self._answers = self._stage.process(self._reader.shipped(self._piece), self._piece.rows)

    def take_failed_rows(self) -> list[FailedRow]:
        """As of `ColumnAnswers`."""
        failed, self._failed = self._failed, []
        return failed

    def _end_piece(self) -> None:
        if (piece := self._piece) is not None:
            failed = self._stage.take_failed_rows()
            self._failed += [replace(each, row=piece.row_of_split(each.row)) for each in failed]
            self._given += piece.rows

    def _relocate(self, error: MillstreamError) -> None:
        row = error.details.row
        if row is not None and self._given > 0:
            place = self._given + row
            error.message = error.message.replace(f"in row {row}", f"in row {place}", 1)
            error.details = replace(error.details, row=place)


def _together(parts: Sequence[PlacedAnswer]) -> PlacedAnswer:
    if len(parts) == 1:
        return parts[0]
    first = parts[0].answer
    columns = None if first.columns is None else _concatenated([part.answer.columns for part in parts])
    kept = [_concatenated(group) for group in zip(*(part.kept for part in parts), strict=True)]
    return PlacedAnswer(first._replace(rows=sum(part.answer.rows for part in parts), columns=columns), kept)


def _concatenated(batches: Sequence[pa.RecordBatch]) -> pa.RecordBatch:
    schema = batches[0].schema
    columns = [pa.concat_arrays([batch.column(i) for batch in batches]) for i in range(len(schema))]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _bytes_of(part: PlacedAnswer) -> int:
    own = 0 if part.answer.columns is None else part.answer.columns.nbytes
    return int(own + sum(batch.nbytes for batch in part.kept))
