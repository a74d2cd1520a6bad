"""Kinds of scalar functions, for the SQL cases."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from millstream import Retry, udf


@udf(concurrency=8, rate="100000/s")
async def lookup(key: int, *, prefix: str = "value") -> str:
    await asyncio.sleep(0)
    return f"{prefix} {key}"


@udf
async def is_known(key: int) -> bool:
    return key < 3


@udf
async def fails_at_three(key: int) -> int:
    if key == 3:
        raise KeyError(key)
    return key


@udf(input_types=["BIGINT", "BIGINT"], result_type="BIGINT", batch="arrow", batch_rows=2)
def summed(batches: Iterator[tuple[pa.Array, pa.Array]]) -> Iterator[pa.Array]:
    for a, b in batches:
        yield pc.add(a, b)


_failures = {"left": 2}


@udf(retry=Retry(attempts=3, delay=0))
def unsteady(n: int) -> int:
    if _failures["left"] > 0:
        _failures["left"] -= 1
        raise ConnectionError("not yet")
    return n


@udf(result_type="BIGINT", batch="arrow")
def rows_of_call(n: pa.Array) -> pa.Array:
    return pa.array([len(n)] * len(n))
