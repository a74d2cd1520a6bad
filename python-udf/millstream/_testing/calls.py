"""Calls of functions as a worker makes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa

from .._types import DataType
from .harness import FunctionHarness

__all__ = ["call_batch", "call_over", "call_rows", "call_table"]


def call_rows(
    function: object,
    rows: Iterable[Sequence[Any]],
    input_types: Sequence[DataType | str] | None = None,
    **context: Any,
) -> list[Any]:
    """Calls a function for rows of arguments, with the conversions and NULL rules of the engine.

    Gives one value for each row for a scalar function, all rows as tuples for a table function, one value for
    an aggregate, of all rows as one group, and that group's rows as tuples for a table aggregate.
    `input_types` are needed where the function does not declare them; `context` is what `FunctionContext`
    takes (`job_parameters={"model": "small"}`).

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


def call_over(
    function: object,
    rows: Iterable[Sequence[Any]],
    preceding: int | None = None,
    following: int | None = 0,
    input_types: Sequence[DataType | str] | None = None,
    **context: Any,
) -> list[Any]:
    """Calls an aggregate as `OVER (ORDER BY … ROWS BETWEEN … AND …)` does, for the rows of one partition in
    order: gives its value for each row.

    `preceding` and `following` are rows before and after the current one; None: all of them.

    >>> import pyarrow.compute as pc
    >>> from millstream import udaf
    >>> total = udaf(pc.sum, input_types=["BIGINT"], result_type="BIGINT", batch="arrow")
    >>> call_over(total, [(1,), (2,), (4,)]), call_over(total, [(1,), (2,), (4,)], preceding=1)
    ([1, 3, 7], [1, 3, 6])

    Raises:
        UdfError: as in a job; UDF_TEST_KIND for other kinds.
    """
    with FunctionHarness(function, input_types, **context) as harness:
        return harness.call_over(rows, preceding, following)


def call_table(
    function: object,
    *tables: Any,
    partition_by: str | Sequence[str] = (),
    order_by: str | Sequence[str] = (),
    batch_rows: int | None = None,
    **arguments: Any,
) -> list[tuple[Any, ...]]:
    """Calls a function over tables, or a table aggregate, as `FROM f(TABLE t PARTITION BY k ORDER BY o)`.

    Gives its rows as tuples, with the keys in front. A table is an Arrow table, a frame of pandas or polars,
    or a list of dicts; several tables are divided by columns of the same names. `order_by` is `"name"` or
    `"name DESC"`. `batch_rows` cuts the rows into batches, as a job does where it likes; `arguments` are the
    constants beside the tables.

    >>> from collections.abc import Iterator
    >>> from millstream import Row, udtf
    >>> @udtf
    ... def gaps(rows: Iterator[Row], least: int = 1) -> Iterator[tuple[int, int]]:
    ...     last = None
    ...     for row in rows:
    ...         if last is not None and row.seen - last > least:
    ...             yield last, row.seen
    ...         last = row.seen
    >>> visits = [{"who": "ada", "seen": 9}, {"who": "bob", "seen": 4}, {"who": "ada", "seen": 2}]
    >>> call_table(gaps, visits, partition_by="who", order_by="seen", least=3)
    [('ada', 2, 9)]

    Raises:
        UdfError: as in a job; UDF_TEST_KIND, UDF_TEST_TYPE for what the kit cannot call.
    """
    with FunctionHarness(function) as harness:
        return harness.call_table(
            *tables, partition_by=partition_by, order_by=order_by, batch_rows=batch_rows, **arguments
        )
