"""Functions of the SQL cases."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from millstream import AggregateFunction, DataTypes, udaf, udf, udtf


@udf
def plus_one(n: int) -> int:
    return n + 1


@udf
def add(a: int, b: int) -> int:
    return a + b


@udf
def describe(n: int | None) -> str:
    return "nothing" if n is None else f"<{n}>"


@udf
def is_even(n: int) -> bool:
    return n % 2 == 0


@udf
def only_even(n: int) -> int:
    """Fails for odd numbers: shows which rows it was called for."""
    if n % 2:
        raise ValueError(f"{n} is odd")
    return n * 10


@udf
def shout(s: str) -> str:
    return s.upper() + "!"


@udf(batch="arrow")
def doubled(n: int) -> int:
    return pc.multiply(n, pa.scalar(2, pa.int64()))


@udtf
def numbers_to(n: int) -> Iterator[tuple[int, str]]:
    for i in range(1, n + 1):
        yield i, "*" * i


class _WeightedMean(AggregateFunction):
    def create_accumulator(self) -> list[float]:
        return [0.0, 0.0]

    def accumulate(self, accumulator: list[float], value: float, weight: int) -> None:
        if value is not None and weight is not None:
            accumulator[0] += value * weight
            accumulator[1] += weight

    def get_value(self, accumulator: list[float]) -> float | None:
        return accumulator[0] / accumulator[1] if accumulator[1] else None


weighted_mean = udaf(
    _WeightedMean(),
    input_types=[DataTypes.DOUBLE(), DataTypes.BIGINT()],
    result_type=DataTypes.DOUBLE(),
    accumulator_type=DataTypes.ARRAY(DataTypes.DOUBLE()),
)
