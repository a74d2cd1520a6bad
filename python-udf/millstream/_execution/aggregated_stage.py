"""A stage that answers with aggregates of its rows, in the place of the rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from .._types import parse_type, to_schema
from .answer import Answer
from .failed_rows import FailedRow
from .instruction import PartialAggregate
from .partial_values import partial_type, partial_values
from .progress import Timing

if TYPE_CHECKING:
    from .stage import FunctionStage


class AggregatedStage:
    """Another stage, whose answers become one row or few with a column for each aggregate; those of all
    answers are put together by who reads them."""

    def __init__(self, stage: FunctionStage, aggregates: Sequence[PartialAggregate]) -> None:
        self._stage = stage
        self._aggregates = aggregates
        types = [parse_type(text) for _, text in stage.output]
        made = [
            (f"r{i}", partial_type(each.function, None if each.column is None else types[each.column]))
            for i, each in enumerate(aggregates)
        ]
        self.output = [(name, str(data_type)) for name, data_type in made]
        self.output_schema: pa.Schema = to_schema(made)

    @property
    def running(self) -> str | None:
        """As of the stage."""
        return self._stage.running

    @property
    def running_rows(self) -> int:
        """As of the stage."""
        return self._stage.running_rows

    @property
    def not_called(self) -> str | None:
        """As of the stage."""
        return self._stage.not_called

    @not_called.setter
    def not_called(self, name: str | None) -> None:
        self._stage.not_called = name

    def process(self, columns: Sequence[pa.Array], rows: int, continued: bool = False) -> Iterator[Answer]:
        """The aggregates of each answer of the stage; none of an answer without rows."""
        for answer in self._stage.process(columns, rows, continued):
            if answer.rows > 0:
                yield self._of(answer)

    def take_timing(self) -> Timing:
        """As of the stage."""
        return self._stage.take_timing()

    def take_failed_rows(self) -> list[FailedRow]:
        """As of the stage."""
        return self._stage.take_failed_rows()

    def take_metrics(self, gauges: bool = True) -> list[dict[str, Any]]:
        """As of the stage."""
        return self._stage.take_metrics(gauges)

    def close(self) -> None:
        """Closes the stage."""
        self._stage.close()

    def _of(self, answer: Answer) -> Answer:
        made = [
            partial_values(
                each.function,
                None if each.column is None or answer.columns is None else answer.columns.column(each.column),
                answer.rows,
            )
            for each in self._aggregates
        ]
        rows = max(map(len, made))
        columns = [pa.concat_arrays([each, pa.nulls(rows - len(each), each.type)]) for each in made]
        return Answer(rows, pa.RecordBatch.from_arrays(columns, schema=self.output_schema), None)
