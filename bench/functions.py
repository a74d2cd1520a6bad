"""The functions of the workloads, declared once: workers call them, and the reference in a plain loop."""

import math
from collections.abc import Iterable

import numpy as np

from millstream import AggregateFunction, udaf, udf, udtf


@udf
def w1(x: float, y: float) -> float:
    """W1: a row function on two doubles."""
    return x * 0.5 + y if x > y else x - y * 0.25


@udf(batch="numpy")
def w2(x: float, y: float) -> float:
    """W2: a vectorised function that is bound by memory."""
    return x * 0.5 + y


@udf
def w3(s: str) -> str:
    """W3: a row function on strings."""
    head, _, tail = s.partition("-")
    return tail + head.upper()


@udf(batch="numpy")
def w4(x: float, y: float) -> float:
    """W4: a vectorised function that is bound by the processor."""
    return np.sin(x) * np.cos(y) + np.sqrt(np.abs(x * y)) + np.log1p(np.abs(x)) * np.arctan(y)


class WeightedMeanOfWhole(AggregateFunction):
    """W5 of whole groups: a grouped aggregate, one call of ``accumulate`` for each row."""

    def create_accumulator(self) -> list[float]:
        return [0.0, 0.0]

    def accumulate(self, accumulator: list[float], value: float, weight: float) -> None:
        accumulator[0] += value * weight
        accumulator[1] += weight

    def get_value(self, accumulator: list[float]) -> float:
        return accumulator[0] / accumulator[1] if accumulator[1] else math.nan


class WeightedMean(WeightedMeanOfWhole):
    """W5: the same with ``merge``, so that it can begin where its rows are read."""

    def merge(self, accumulator: list[float], accumulators: Iterable[list[float]]) -> None:
        for other in accumulators:
            accumulator[0] += other[0]
            accumulator[1] += other[1]


def weighted_mean(values: Iterable[float], weights: Iterable[float]) -> float:
    """W5 over the rows of a group, for systems whose aggregates are not given one row at a time."""
    mean = WeightedMean()
    accumulator = mean.create_accumulator()
    for value, weight in zip(values, weights, strict=True):
        mean.accumulate(accumulator, value, weight)
    return mean.get_value(accumulator)


w5 = udaf(WeightedMean(), result_type="DOUBLE", accumulator_type="ARRAY<DOUBLE>", name="w5")
w5_whole = udaf(
    WeightedMeanOfWhole(), result_type="DOUBLE", accumulator_type="ARRAY<DOUBLE>", name="w5_whole"
)


@udaf(result_type="DOUBLE", batch="numpy")
def w5_vectors(values: np.ndarray, weights: np.ndarray) -> float:
    """W5 over vectors: one call for each group."""
    return float(np.dot(values, weights) / np.sum(weights))


@udf
def halve(x: float) -> float:
    """The first of a chain of three."""
    return x * 0.5 + 1.0


@udf
def toward_zero(x: float) -> float:
    """The second of a chain of three."""
    return x - 0.25 if x > 0 else x + 0.25


@udf
def square(x: float) -> float:
    """The third of a chain of three."""
    return x * x


@udf
def all_three(x: float) -> float:
    """The chain as one function that calls the three."""
    return square(toward_zero(halve(x)))


@udtf(result_types=["STRING", "INT"])
def w6(s: str):
    """W6: a table function, about three rows for each row."""
    for word in s.split("-"):
        yield word, len(word)
