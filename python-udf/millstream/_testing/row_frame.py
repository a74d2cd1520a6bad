"""Frames of `OVER (ROWS BETWEEN …)`, as columns of row numbers."""

from __future__ import annotations

import pyarrow as pa

from .._types import DataType
from .._worker.instructions import CallFrame

BIGINT = DataType("BIGINT")


def row_frame(
    first_column: int, rows: int, preceding: int | None, following: int | None
) -> tuple[list[pa.Array], CallFrame]:
    """The first and the last row of each row's frame, counted from 1, and the frame over these two columns.

    None: all rows before, or after.
    """
    numbers = range(1, rows + 1)
    starts = [1 if preceding is None else max(1, n - preceding) for n in numbers]
    ends = [rows if following is None else min(rows, n + following) for n in numbers]
    frame = CallFrame(
        None if preceding is None else first_column, None if following is None else first_column + 1
    )
    return [pa.array(starts, pa.int64()), pa.array(ends, pa.int64())], frame
