"""Calls of functions as a worker makes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa

from .._types import DataType
from .harness import FunctionHarness

__all__ = ["call_batch", "call_rows"]


def call_rows(
    function: object,
    rows: Iterable[Sequence[Any]],
    input_types: Sequence[DataType | str] | None = None,
    **context: Any,
) -> list[Any]:
    """Calls a function for rows of arguments, with the conversions and NULL rules of the engine.

    Gives one value for each row for a scalar function, all rows as tuples for a table function, and one
    value for an aggregate, of all rows as one group. `input_types` are needed where the function does not
    declare them; `context` is what `FunctionContext` takes (`job_parameters={"model": "small"}`).

    >>> from millstream import udf
    >>> @udf
    ... def half(x: int) -> float:
    ...     return x / 2
    >>> call_rows(half, [(1,), (None,), (4,)])
    [0.5, None, 2.0]

    Raises:
        UdfError: as in a job; UDF_NO_TYPES where the type of an argument is not known.
    """
    with FunctionHarness(function, input_types, **context) as harness:
        return harness.call_rows(rows)


def call_batch(function: object, batch: pa.RecordBatch, **context: Any) -> pa.RecordBatch:
    """Calls a function with the columns of a batch as its arguments, in order.

    Gives one column (for table functions one for each of theirs) with a row for each row of the batch, for
    each result row of a table function, or one row for an aggregate. `context` as in `call_rows`.

    >>> from millstream import udf
    >>> @udf
    ... def shout(text: str) -> str:
    ...     return text.upper()
    >>> call_batch(shout, pa.record_batch([pa.array(["a", None])], ["text"])).column(0).to_pylist()
    ['A', None]

    Raises:
        UdfError: as in a job.
    """
    with FunctionHarness(function, **context) as harness:
        return harness.call_batch(batch)
