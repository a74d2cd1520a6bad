"""Table aggregates: any number of rows for each key group of key-aligned input."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from ..errors import MillstreamError
from .aggregate_calls import RowAggregate
from .answer import Answer
from .answer_rows import AnswerRows
from .bundle import Bundle
from .call import Call
from .groups import KeyGroups
from .progress import Progress
from .stage_base import StageBase
from .table_rows import row_codec


class TableAggregateStage(StageBase):
    """Answers a bundle with the rows of the groups that ended in it; the selection is each group's last
    row. Without key columns there is one group, which also exists over no rows."""

    def __init__(self, call: Call, progress: Progress, key_columns: Sequence[int]) -> None:
        codec = row_codec(call)
        super().__init__([call], progress, [field.type for field in codec.data_type.fields])
        self._call = call
        self._groups = KeyGroups(key_columns)
        self._answers = AnswerRows(call, codec, self.output_schema)
        self._aggregate = _EmittedRows(call, self._answers)

    def process(self, columns: Sequence[pa.Array], rows: int, continued: bool = False) -> Iterator[Answer]:
        """Answers of at most 65,536 rows."""
        parts = self._parts(columns, rows, continued)
        try:
            while True:
                with self._progress.step(self._call.step, self._call.name):
                    answer = next(parts, None)
                if answer is None:
                    return
                yield answer
        except MillstreamError:
            self._aggregate.abandon()
            self._answers.forget()
            self._groups.forget()
            raise

    def _parts(self, columns: Sequence[pa.Array], rows: int, continued: bool) -> Iterator[Answer]:
        ranges, finished = self._groups.divide(columns, rows, continued)
        groups = self._aggregate.run(Bundle(columns, rows), ranges, finished)
        for (_, end), items in zip(ranges, groups, strict=False):
            yield from self._answers.add(items, end - 1, rows > 0)
        yield from self._answers.flush(rows > 0)


class _EmittedRows(RowAggregate):
    """The value of a group is the list of rows that `emit_value` gives."""

    def __init__(self, call: Call, answers: AnswerRows) -> None:
        super().__init__(call)
        self._answers = answers

    def _end(self) -> Any:
        self._type.check(self._accumulator)
        try:
            return list(self._answers.expand(self._instance.emit_value(self._accumulator)))
        except Exception as error:
            raise self._failed(error, "in `emit_value`") from error
