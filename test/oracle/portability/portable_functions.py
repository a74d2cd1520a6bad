"""Functions of the portability corpus, declared as PyFlink wants them; both engines load this file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pyflink.common import Row
from pyflink.table import AggregateFunction, DataTypes, ScalarFunction
from pyflink.table.udf import udaf, udf, udtf


@udf(input_types=[DataTypes.BIGINT()], result_type=DataTypes.BIGINT())
def inc(x: Any) -> Any:
    return x + 1


@udf(input_types=[DataTypes.BIGINT()], result_type=DataTypes.BIGINT(), func_type="pandas")
def vinc(x: Any) -> Any:
    return x + 1


@udf(input_types=[DataTypes.BIGINT()], result_type=DataTypes.BOOLEAN())
def is_big(x: Any) -> bool:
    return x > 10


@udf(input_types=[DataTypes.BIGINT(), DataTypes.BIGINT()], result_type=DataTypes.BOOLEAN())
def near(x: Any, y: Any) -> bool:
    return abs(x - y) < 3


@udf(
    input_types=[DataTypes.BIGINT(), DataTypes.BIGINT()], result_type=DataTypes.BOOLEAN(), func_type="pandas"
)
def vnear(x: Any, y: Any) -> Any:
    return (x - y).abs() < 3


@udf(
    input_types=[DataTypes.BIGINT()],
    result_type=DataTypes.ROW(
        [DataTypes.FIELD("a", DataTypes.BIGINT()), DataTypes.FIELD("b", DataTypes.STRING())]
    ),
)
def pair(x: Any) -> Row:
    return Row(x, str(x))


@udf(input_types=[DataTypes.BIGINT()], result_type=DataTypes.ARRAY(DataTypes.BIGINT()))
def twice(x: Any) -> list[Any]:
    return [x, x]


class Shout(ScalarFunction):
    def eval(self, text: Any) -> Any:
        return text.upper()


shout = udf(Shout(), input_types=[DataTypes.STRING()], result_type=DataTypes.STRING())


@udtf(input_types=[DataTypes.STRING()], result_types=[DataTypes.STRING(), DataTypes.INT()])
def spl(text: Any) -> Iterator[Any]:
    for word in text.split(","):
        yield Row(word, len(word))


@udtf(input_types=[DataTypes.BIGINT()], result_types=[DataTypes.BIGINT()])
def upto(n: Any) -> Iterator[Any]:
    yield from range(n)


class Wavg(AggregateFunction):
    def create_accumulator(self) -> Row:
        return Row(0, 0)

    def accumulate(self, accumulator: Any, value: Any, weight: Any) -> None:
        accumulator[0] += value * weight
        accumulator[1] += weight

    def retract(self, accumulator: Any, value: Any, weight: Any) -> None:
        accumulator[0] -= value * weight
        accumulator[1] -= weight

    def merge(self, accumulator: Any, accumulators: Any) -> None:
        for other in accumulators:
            accumulator[0] += other[0]
            accumulator[1] += other[1]

    def get_value(self, accumulator: Any) -> Any:
        return accumulator[0] / accumulator[1] if accumulator[1] else None


wavg = udaf(
    Wavg(),
    input_types=[DataTypes.BIGINT(), DataTypes.BIGINT()],
    result_type=DataTypes.DOUBLE(),
    accumulator_type=DataTypes.ROW(
        [DataTypes.FIELD("f0", DataTypes.BIGINT()), DataTypes.FIELD("f1", DataTypes.BIGINT())]
    ),
)


@udaf(input_types=[DataTypes.DOUBLE()], result_type=DataTypes.DOUBLE(), func_type="pandas")
def vmean(values: Any) -> Any:
    return values.mean()


@udaf(input_types=[DataTypes.DOUBLE()], result_type=DataTypes.DOUBLE(), func_type="pandas")
def vmax(values: Any) -> Any:
    return values.max()
