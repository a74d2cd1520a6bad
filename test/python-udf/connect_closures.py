"""Functions with variables of their own. Annotations are objects here: local classes have no other name."""

import functools
from dataclasses import dataclass
from typing import Any

import connect_functions

from millstream import AggregateFunction, ScalarFunction, udaf, udf


def closures(factor: int) -> dict[str, Any]:
    """By name, functions that exist only here."""
    names = {1: "one", 2: "two"}

    @dataclass
    class Named:
        number: int
        name: str | None

    @udf
    def times(x: int) -> int:
        return connect_functions.FACTOR * factor * x

    @udf
    def named(x: int) -> Named:
        return Named(x, names.get(x))

    class Shift(ScalarFunction):
        def __init__(self, by: int) -> None:
            self.by = by

        def eval(self, x: int) -> int:
            return x + self.by * factor

    class Longest(AggregateFunction):
        def create_accumulator(self) -> list[int]:
            return [0]

        def accumulate(self, accumulator: list[int], x: int) -> None:
            accumulator[0] = max(accumulator[0], x * factor)

        def get_value(self, accumulator: list[int]) -> int:
            return accumulator[0]

    return {
        "times": times,
        "named": named,
        "shifted": Shift(5),
        "longest": udaf(Longest()),
        "plus": udf(lambda x: x + factor, input_types=["BIGINT"], result_type="BIGINT"),
        "raised": udf(functools.partial(pow, exp=factor), input_types=["BIGINT"], result_type="BIGINT"),
    }
