"""Table aggregates: any number of rows for each key group of key-aligned input."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from .aggregate_calls import RowAggregate
from .answer import Answer
from .answer_rows import AnswerRows
from .call import Call
from .partitioned_stage import PartitionedStage
from .progress import Progress


class TableAggregateStage(PartitionedStage):
    """Feeds an aggregate group by group. Without key columns there is one group, which also exists over no
    rows."""

    def __init__(self, call: Call, progress: Progress, key_columns: Sequence[int]) -> None:
        super().__init__(call, progress, key_columns)
        self._aggregate = _EmittedRows(call, self._answers)

    def _parts(self, columns: Sequence[pa.Array], rows: int, continued: bool) -> Iterator[Answer]:
        ranges, finished = self._groups.divide(columns, rows, continued)
        groups = self._aggregate.run(self._bundle(columns, rows), ranges, finished)
        for (_, end), items in zip(ranges, groups, strict=False):
            yield from self._answers.add(items, end - 1, rows > 0)
        yield from self._answers.flush(rows > 0)

    def _abandon(self) -> None:
        super()._abandon()
        self._aggregate.abandon()


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
