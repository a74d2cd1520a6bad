"""Scalar functions of several kinds over one table of readings."""

import asyncio
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from millstream import Retry, RetryAfter, udf


@udf(concurrency=50, rate="500/s", timeout="5 s", retry=Retry(attempts=3, on=ConnectionError))
async def station_name(station: int) -> str:
    """Stands for a call of a web service, which is busy the first time."""
    await asyncio.sleep(0.001)
    if station not in _asked:
        _asked.add(station)
        raise RetryAfter(0.01)
    return {1: "Oslo", 2: "Lima"}.get(station, "unknown")


_asked: set[int] = set()


@udf(result_type="DOUBLE", batch="arrow")
def celsius(fahrenheit: pa.Array) -> pa.Array:
    return pc.round(pc.divide(pc.subtract(fahrenheit, 32.0), 1.8), 1)


@dataclass
class Verdict:
    level: str
    alarm: bool


@udf
class Judge:
    """Constructed once in each worker: the place for a model."""

    def __init__(self, limit: float = 30.0) -> None:
        self.limit = limit

    def eval(self, degrees: float) -> Verdict:
        return Verdict("hot" if degrees > self.limit else "fine", degrees > self.limit)
