"""A function of each kind that Millstream and Flink both run, declared with Millstream's decorators."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from millstream import AggregateFunction, FunctionContext, ScalarFunction, udaf, udf, udtf


@dataclass
class Place:
    name: str
    rank: int


class Word(NamedTuple):
    word: str
    letters: int


@udf
def rating(minutes: int) -> str:
    return "late" if minutes > 1 else "on time"


@udf
def place(rank: int | None) -> Place:
    return Place("none" if rank is None else f"place {rank}", rank or 0)


@udtf
def words(text: str) -> Iterator[Word]:
    for word in text.split():
        yield Word(word, len(word))


@udf(batch="pandas", input_types=["DOUBLE"], result_type="DOUBLE")
def halved(values: Any) -> Any:
    return values / 2


@udaf(batch="pandas", input_types=["DOUBLE"], result_type="DOUBLE")
def mean(values: Any) -> Any:
    return values.mean()


class Shout(ScalarFunction):
    def open(self, context: FunctionContext) -> None:
        self.mark = "!"

    def eval(self, text: str) -> str:
        return text.upper() + self.mark


shout = udf(Shout())


@udf(on_error="null")
def risky(n: int) -> int:
    return 6 // (n - 1)


class Longest(AggregateFunction):
    def create_accumulator(self) -> dict[str, int]:
        return {}

    def accumulate(self, accumulator: dict[str, int], text: str) -> None:
        accumulator[text] = len(text)

    def get_value(self, accumulator: dict[str, int]) -> str | None:
        return max(accumulator, key=lambda text: (accumulator[text], text), default=None)


longest = udaf(Longest())


@udf
async def later(n: int) -> int:
    return n * 10
