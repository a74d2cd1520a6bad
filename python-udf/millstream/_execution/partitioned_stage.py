"""What stages have in common whose function gives any number of rows for each partition."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence

import pyarrow as pa

from ..errors import MillstreamError
from .answer import Answer
from .answer_rows import AnswerRows
from .call import Call
from .groups import KeyGroups
from .progress import Progress
from .stage_base import StageBase
from .table_rows import row_codec


class PartitionedStage(StageBase, ABC):
    """Answers a bundle with the rows given for the partitions in it; each row's selection is the last row of
    its partition in the bundle, so that keys can be placed beside it."""

    def __init__(self, call: Call, progress: Progress, key_columns: Sequence[int]) -> None:
        codec = row_codec(call)
        super().__init__([call], progress, [field.type for field in codec.data_type.fields])
        self._call = call
        self._groups = KeyGroups(key_columns)
        self._answers = AnswerRows(call, codec, self.output_schema)

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
            self._abandon()
            raise

    @abstractmethod
    def _parts(self, columns: Sequence[pa.Array], rows: int, continued: bool) -> Iterator[Answer]:
        """The answers; user code runs while the next one is asked for."""

    def _abandon(self) -> None:
        """Forgets the open partition."""
        self._groups.forget()
        self._answers.forget()
