"""Window stages: each row of key-aligned input with the values of aggregates over its frames."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from .._types import DataType
from ..errors import MillstreamError, UdfError
from .aggregate_stage import aggregate_call
from .answer import Answer
from .answer_rows import ROWS_OF_ANSWER
from .bundle import Bundle
from .call import Call
from .frame_calls import FrameCall
from .groups import KeyGroups
from .progress import Progress
from .row_frames import RowFrames
from .stage_base import StageBase
from .vector_aggregates import OverVectors
from .vector_frames import VectorFrames


class WindowStage(StageBase):
    """Answers with the rows whose frames are complete, in order, without a selection: the columns that were
    passed, then the results. A row whose frame reaches beyond its bundle comes with a later one.

    `partition_bytes`: what the rows may have that are held at once.
    """

    def __init__(
        self,
        calls: Sequence[Call],
        input_types: Sequence[DataType],
        result_steps: Sequence[int],
        progress: Progress,
        key_columns: Sequence[int],
        passed_columns: Sequence[int],
        partition_bytes: int,
    ) -> None:
        passed = [input_types[column] for column in passed_columns]
        super().__init__(calls, progress, [*passed, *(calls[step].type for step in result_steps)])
        self._calls = [_frame_call(call, partition_bytes) for call in calls]
        self._results = result_steps
        self._passed = passed_columns
        self._groups = KeyGroups(key_columns)
        self._limit = partition_bytes
        #: Passed columns of the rows that were not answered.
        self._waiting: list[list[pa.Array]] = []
        #: The open partition: rows so far, and where each bundle of it ends, with its bytes.
        self._rows = 0
        self._bundles: list[tuple[int, int]] = []

    def process(self, columns: Sequence[pa.Array], rows: int, continued: bool = False) -> Iterator[Answer]:
        """Answers of at most 65,536 rows."""
        try:
            self._take(columns, rows, continued)
            yield from self._answers()
        except MillstreamError:
            self._abandon()
            raise

    def _take(self, columns: Sequence[pa.Array], rows: int, continued: bool) -> None:
        ranges, finished = self._groups.divide(columns, rows, continued)
        bundle = Bundle(columns, rows)
        if rows > 0:
            self._waiting.append([columns[position] for position in self._passed])
        for position, frames in enumerate(self._calls):
            with self._progress.step(position, frames.call.name):
                self._progress.finished = frames.values
                frames.read(bundle)
                for i, (start, end) in enumerate(ranges):
                    frames.extend(start, end)
                    frames.advance(ended=i < finished)
        self._check_size(ranges, finished, sum(column.nbytes for column in columns))

    def _check_size(self, ranges: Sequence[tuple[int, int]], finished: int, size: int) -> None:
        """The open partition is bounded."""
        if finished > 0:
            self._rows, self._bundles = 0, []
        if finished == len(ranges):
            return
        start, end = ranges[-1]
        self._rows += end - start
        self._bundles.append((self._rows, size))
        first = min(frames.needed_from for frames in self._calls)
        self._bundles = [(last, held) for last, held in self._bundles if last > first]
        if sum(held for _, held in self._bundles) > self._limit:
            call = self._calls[0].call
            raise UdfError(
                "UDF_PARTITION_SIZE",
                f"The frames of function `{call.name}` over one partition need more than "
                f"{self._limit >> 20} MiB at once, after {self._rows} rows.",
                hint="Bound the frame (ROWS BETWEEN 100 PRECEDING AND CURRENT ROW), give the window a "
                "PARTITION BY, or give the workers more memory.",
                details=call.details(None),
            )

    def _answers(self) -> Iterator[Answer]:
        ready = min(len(frames.values) for frames in self._calls)
        for start in range(0, ready, ROWS_OF_ANSWER):
            rows = min(ROWS_OF_ANSWER, ready - start)
            results: list[pa.Array] = []
            for frames in self._calls:
                values = frames.values[:rows]
                del frames.values[:rows]
                with self._progress.step(frames.call.step, frames.call.name):
                    results.append(frames.call.column_of(values))
            columns = [*self._take_passed(rows), *(results[step] for step in self._results)]
            fitted = [
                column if column.type == field.type else column.cast(field.type)
                for column, field in zip(columns, self.output_schema, strict=True)
            ]
            yield Answer(rows, pa.RecordBatch.from_arrays(fitted, schema=self.output_schema), None)

    def _take_passed(self, rows: int) -> list[pa.Array]:
        if not self._passed:
            return []
        pieces: list[list[pa.Array]] = []
        while rows > 0:
            first = self._waiting[0]
            length = len(first[0])
            if length <= rows:
                pieces.append(self._waiting.pop(0))
            else:
                pieces.append([array.slice(0, rows) for array in first])
                self._waiting[0] = [array.slice(rows) for array in first]
            rows -= min(rows, length)
        return [
            arrays[0] if len(arrays) == 1 else pa.concat_arrays(arrays)
            for arrays in zip(*pieces, strict=True)
        ]

    def _abandon(self) -> None:
        for frames in self._calls:
            frames.abandon()
        self._groups.forget()
        self._waiting, self._rows, self._bundles = [], 0, []


def _frame_call(call: Call, partition_bytes: int) -> FrameCall:
    aggregate = aggregate_call(call, partition_bytes)
    return VectorFrames(aggregate) if isinstance(aggregate, OverVectors) else RowFrames(call)
