"""Partial stages: the first of two phases of aggregates, over any share of the rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from .._late import pc
from .._types import parse_type
from ..errors import MillstreamError
from .aggregate_stage import aggregate_call
from .answer import Answer
from .bundle import Bundle
from .call import Call
from .groups import changes
from .packed import ACCUMULATOR
from .progress import Progress
from .stage_base import StageBase


class PartialStage(StageBase):
    """Answers a bundle with a row for each group in it: the accumulators, or NULL for one without rows to
    count. The selection is the first row of each group."""

    def __init__(
        self,
        calls: Sequence[Call],
        result_steps: Sequence[int],
        progress: Progress,
        key_columns: Sequence[int],
        group_bytes: int,
    ) -> None:
        super().__init__(calls, progress, [parse_type(ACCUMULATOR) for _ in result_steps])
        self._calls = [aggregate_call(call, group_bytes) for call in calls]
        self._result_steps = result_steps
        self._keys = key_columns

    def process(self, columns: Sequence[pa.Array], rows: int, continued: bool = False) -> Iterator[Answer]:
        """One answer; none over no rows."""
        if rows == 0:
            return
        order, firsts = _grouped([columns[key] for key in self._keys], rows)
        ends = [*firsts[1:], rows]
        sorted_columns = columns if order is None else [column.take(order) for column in columns]
        self._last = bundle = Bundle(sorted_columns, rows, order, self.not_called)
        ranges = list(zip(firsts, ends, strict=True))
        results: list[pa.Array] = []
        for position, aggregate in enumerate(self._calls):
            with self._progress.step(position, aggregate.call.name):
                try:
                    packed = aggregate.run(bundle, ranges, len(ranges), partial=True)
                except MillstreamError:
                    aggregate.abandon()
                    raise
                results.append(pa.array(packed, pa.binary()))
        batch = pa.RecordBatch.from_arrays(
            [results[step] for step in self._result_steps], schema=self.output_schema
        )
        starts = pa.array(firsts, pa.int32())
        yield Answer(len(ranges), batch, starts if order is None else order.take(starts).cast(pa.int32()))


def _grouped(keys: Sequence[pa.Array], rows: int) -> tuple[pa.Array | None, list[int]]:
    """The order in which rows of a group are together, groups by their first row, and where each begins."""
    if not keys:
        return None, [0]
    codes = _codes(keys[0])
    for key in keys[1:]:
        other = _codes(key)
        distinct = pc.max(other).as_py() + 1
        codes = _codes(pc.add(pc.multiply(codes, distinct), other))
    order = pc.array_sort_indices(codes)
    return order, [0, *(position + 1 for position in changes(codes.take(order)))]


def _codes(key: pa.Array) -> pa.Int64Array:
    """Numbers that are equal where the keys are; in the order of first appearance."""
    if pa.types.is_nested(key.type):
        key = pa.array([repr(value) for value in key.to_pylist()])
    return key.dictionary_encode(null_encoding="encode").indices.cast(pa.int64())
