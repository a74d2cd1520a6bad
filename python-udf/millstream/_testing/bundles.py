"""Rows cut into bundles, and bundles through a stage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import pyarrow as pa

from .._execution import Answer, FunctionStage


class Bundle(NamedTuple):
    """Columns of some rows; `continued`: the last group goes on in the next bundle."""

    columns: list[pa.Array]
    rows: int
    continued: bool


def cut(
    columns: Sequence[pa.Array], rows: int, batch_rows: int | None, goes_on: Callable[[int], bool]
) -> Iterator[Bundle]:
    """Bundles of `batch_rows` rows (None: one); `goes_on` says of a row whether it is of the group before it.
    No rows are one bundle."""
    size = max(1, rows if batch_rows is None else batch_rows)
    for start in range(0, max(1, rows), size):
        end = min(start + size, rows)
        part = [column.slice(start, end - start) for column in columns]
        yield Bundle(part, end - start, end < rows and goes_on(end))


def run_bundles(stage: FunctionStage, bundles: Iterable[Bundle]) -> Iterator[tuple[Bundle, Answer]]:
    """Each bundle through the stage, with its answers."""
    for bundle in bundles:
        for answer in stage.process(bundle.columns, bundle.rows, bundle.continued):
            yield bundle, answer
