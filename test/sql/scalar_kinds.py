"""Kinds of scalar functions, for the SQL cases."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, TypedDict

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from millstream import Retry, Row, udf


@udf(concurrency=8, rate="100000/s")
async def lookup(key: int, *, prefix: str = "value") -> str:
    await asyncio.sleep(0)
    return f"{prefix} {key}"


@udf(ordered=False)
async def in_any_order(key: int) -> int:
    return key * 2


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


class Scorer:
    """A plain class with constructor arguments; `open` and `close` are optional."""

    def __init__(self, factor: int = 2) -> None:
        self.factor = factor
        self.offset = 0

    def open(self, context: object) -> None:
        self.offset = 100

    def __call__(self, n: int) -> int:
        return n * self.factor + self.offset


by_instance = udf(Scorer(3))
by_class = udf(Scorer)


@udf
class Greeter:
    def __init__(self, greeting: str = "Hello") -> None:
        self.greeting = greeting

    def eval(self, n: int) -> str:
        return f"{self.greeting} {n}"


casual = Greeter("Hi")


def _power(base: int, exponent: int) -> int:
    return base**exponent


cubed = udf(functools.partial(_power, exponent=3), input_types=["BIGINT"], result_type="BIGINT")


@udf
def join_all(first: str, *rest: str, sep: str = "-") -> str:
    return sep.join([first, *rest])


@dataclass
class Point:
    x: int
    label: str


class Pair(NamedTuple):
    x: int
    label: str


class Entry(TypedDict):
    x: int
    label: str


@udf(unnest=True)
def point(n: int) -> Point:
    return Point(n, f"p{n}")


@udf
def pair(n: int) -> Pair:
    return Pair(n, f"t{n}")


@udf
def entry(n: int) -> Entry:
    return {"x": n, "label": f"d{n}"}


@udf(result_type="ROW<x BIGINT, label STRING>")
def row(n: int) -> Row:
    return Row(x=n, label=f"r{n}")


@udf(result_type="ROW<x BIGINT, label STRING>", deterministic=False)
def numbered(n: int) -> tuple[int, str]:
    _calls.append(n)
    return len(_calls), f"n{n}"


_calls: list[int] = []


@udf(result_type="ROW<x BIGINT, label STRING>", batch="arrow")
def struct(n: pa.Array) -> pa.Array:
    return pa.StructArray.from_arrays([n, n.cast(pa.string())], names=["x", "label"])


@udf(result_type="ROW<x BIGINT, label STRING>", batch="pandas")
def frame(n: Any) -> Any:
    return pd.DataFrame({"x": n, "label": n.astype(str)})


@udf(result_type="STRING")
def class_of(value: Any) -> str:
    return f"{type(value).__name__} {value}"


@udf(result_type="STRING", batch="arrow")
def type_of(value: Any, n: pa.Array) -> pa.Array:
    return pa.array([f"{value.type} {value[0]}"] * len(n))
