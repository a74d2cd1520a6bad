"""What a stage gives back for a bundle."""

from __future__ import annotations

from typing import NamedTuple

import pyarrow as pa


class Answer(NamedTuple):
    """A part of the answer to one bundle.

    `columns` has one column for each of `FunctionStage.output`; it is None where the stage has no result
    columns (a filter that only selects). `selection` maps each row of the answer to a row of the bundle
    (int32, offset 0, no nulls, ascending, repeats allowed); None: rows match one to one.
    """

    rows: int
    columns: pa.RecordBatch | None
    selection: pa.Int32Array | None
