"""Cuts a stream of sorted batches between key groups, so that only a group larger than a batch is split."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import pyarrow as pa

from .._late import pc


class KeyBatch(NamedTuple):
    """Whole key groups; or, where `continued`, a part of one group, which goes on in the next batch."""

    batch: pa.RecordBatch
    continued: bool


def cut_between_keys(
    batches: Iterable[pa.RecordBatch], key_columns: Sequence[int], schema: pa.Schema, batch_rows: int
) -> Iterator[KeyBatch]:
    """Batches of less than `batch_rows` and one incoming batch together, of which one is held back.

    NULL equals NULL and NaN equals NaN. Without key columns all rows are one group, and if there are no rows
    there is one empty batch: the group over no rows.
    """
    held: pa.RecordBatch | None = None
    for batch in batches:
        if batch.num_rows == 0:
            continue
        if held is None:
            held = batch
            continue
        if not _goes_on(held, batch, key_columns):
            yield KeyBatch(held, False)
            held = batch
            continue
        starts = _group_starts(held, key_columns)
        if len(starts) > 0:
            last = starts[-1].as_py()
            yield KeyBatch(held.slice(0, last), False)
            held = held.slice(last)
        if held.num_rows < batch_rows:
            held = _concatenate(held, batch)
        else:
            yield KeyBatch(held, True)
            held = batch
    if held is not None:
        yield KeyBatch(held, False)
    elif not key_columns:
        yield KeyBatch(pa.record_batch([pa.array([], field.type) for field in schema], schema=schema), False)


def _goes_on(before: pa.RecordBatch, after: pa.RecordBatch, key_columns: Sequence[int]) -> bool:
    """True where the last group of `before` is the first of `after`."""
    border = _concatenate(before.slice(before.num_rows - 1), after.slice(0, 1))
    return len(_group_starts(border, key_columns)) == 0


def _group_starts(batch: pa.RecordBatch, key_columns: Sequence[int]) -> pa.UInt64Array:
    """Positions where a group begins, but for the first row."""
    starts = pa.repeat(pa.scalar(False), batch.num_rows - 1)
    for position in key_columns:
        column = batch.column(position)
        starts = pc.or_(starts, _differ(column.slice(0, len(column) - 1), column.slice(1)))
    return pc.add(pc.indices_nonzero(starts), pa.scalar(1, pa.uint64()))


def _differ(left: pa.Array, right: pa.Array) -> pa.BooleanArray:
    if pa.types.is_nested(left.type):
        return pa.array(
            [a != b for a, b in zip(left.to_pylist(), right.to_pylist(), strict=True)], pa.bool_()
        )
    differ = pc.not_equal(left, right)
    if pa.types.is_floating(left.type):
        differ = pc.and_not(differ, pc.and_(pc.is_nan(left), pc.is_nan(right)))
    # `not_equal` is NULL where a value is NULL.
    return pc.coalesce(differ, pc.xor(left.is_null(), right.is_null()))


def _concatenate(first: pa.RecordBatch, second: pa.RecordBatch) -> pa.RecordBatch:
    return pa.Table.from_batches([first, second]).combine_chunks().to_batches()[0]
