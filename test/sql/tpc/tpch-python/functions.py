"""What stands in the queries of this folder in the place of built-in expressions and aggregates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Annotated

import pyarrow as pa
import pyarrow.compute as pc

from millstream import AggregateFunction, udaf, udf

Price = Annotated[Decimal, (15, 2)]
Amount = Annotated[Decimal, (38, 4)]


@udf
def discounted(price: Price, discount: Price) -> Amount:
    return price * (1 - discount)


@udf
def charge(price: Price, discount: Price, tax: Price) -> Annotated[Decimal, (38, 6)]:
    return price * (1 - discount) * (1 + tax)


@udf
def saved(price: Price, discount: Price) -> Amount:
    return price * discount


@udf
def profit(price: Price, discount: Price, cost: Price, quantity: Price) -> Amount:
    return price * (1 - discount) - cost * quantity


@udf
def stock_value(cost: Price, available: int) -> Annotated[Decimal, (38, 2)]:
    return cost * available


@udf
def ends_with(text: str, suffix: str) -> bool:
    return text.endswith(suffix)


@udf
def starts_with(text: str, prefix: str) -> bool:
    return text.startswith(prefix)


@udf
def has_words(text: str, *words: str) -> bool:
    """The words in this order, with anything around them."""
    at = 0
    for word in words:
        at = text.find(word, at)
        if at < 0:
            return False
        at += len(word)
    return True


@udf(input_types=["DATE", "DATE"], result_type="BOOLEAN", batch="arrow")
def is_late(commit: pa.Array, receipt: pa.Array) -> pa.Array:
    return pc.less(commit, receipt)


@udf
def year_of(day: date) -> int:
    return day.year


@udf
def is_urgent(priority: str) -> bool:
    return priority in ("1-URGENT", "2-HIGH")


@udf
def country_code(phone: str) -> str:
    return phone[:2]


SIZES = {"SM": (1, 5), "MED": (10, 10), "LG": (20, 15)}
PARTS = {"Brand#12": "SM", "Brand#23": "MED", "Brand#34": "LG"}
CONTAINERS = {
    "SM": {"SM CASE", "SM BOX", "SM PACK", "SM PKG"},
    "MED": {"MED BAG", "MED BOX", "MED PKG", "MED PACK"},
    "LG": {"LG CASE", "LG BOX", "LG PACK", "LG PKG"},
}


@udf
def is_wanted(brand: str, container: str, size: int, quantity: Price) -> bool:
    kind = PARTS.get(brand)
    if kind is None or container not in CONTAINERS[kind]:
        return False
    least, largest = SIZES[kind]
    return least <= quantity <= least + 10 and 1 <= size <= largest


@udf
def is_large(quantity: Amount) -> bool:
    return quantity > 300


class Total(AggregateFunction):
    """SUM of decimals: NULL where there is no value."""

    def create_accumulator(self) -> list[Decimal]:
        return []

    def accumulate(self, sums: list[Decimal], value: Amount | None) -> None:
        if value is not None:
            sums[:] = [sums[0] + value] if sums else [value]

    def merge(self, sums: list[Decimal], others: Iterable[list[Decimal]]) -> None:
        for other in others:
            for value in other:
                self.accumulate(sums, value)

    def get_value(self, sums: list[Decimal]) -> Decimal | None:
        return sums[0] if sums else None


class Mean(Total):
    """AVG of decimals."""

    def create_accumulator(self) -> list[Decimal]:
        return [Decimal(0), Decimal(0)]

    def accumulate(self, state: list[Decimal], value: Amount | None) -> None:
        if value is not None:
            state[0] += value
            state[1] += 1

    def merge(self, state: list[Decimal], others: Iterable[list[Decimal]]) -> None:
        for total, count in others:
            state[0] += total
            state[1] += count

    def get_value(self, state: list[Decimal]) -> Decimal | None:
        return state[0] / state[1] if state[1] else None


class HowMany(AggregateFunction):
    """COUNT of the values that are not NULL."""

    def create_accumulator(self) -> list[int]:
        return [0]

    def accumulate(self, state: list[int], value: int | None) -> None:
        if value is not None:
            state[0] += 1

    def merge(self, state: list[int], others: Iterable[list[int]]) -> None:
        state[0] += sum(count for (count,) in others)

    def get_value(self, state: list[int]) -> int:
        return state[0]


class Lowest(AggregateFunction):
    """MIN of decimals."""

    def create_accumulator(self) -> list[Decimal]:
        return []

    def accumulate(self, least: list[Decimal], value: Price) -> None:
        least[:] = [min([*least, value])]

    def get_value(self, least: list[Decimal]) -> Decimal | None:
        return least[0] if least else None


total = udaf(Total(), result_type="DECIMAL(38, 4)", accumulator_type="ARRAY<DECIMAL(38, 4)>")
mean = udaf(Mean(), result_type="DECIMAL(38, 8)", accumulator_type="ARRAY<DECIMAL(38, 4)>")
how_many = udaf(HowMany(), result_type="BIGINT", accumulator_type="ARRAY<BIGINT>")
lowest = udaf(Lowest(), result_type="DECIMAL(15, 2)", accumulator_type="ARRAY<DECIMAL(15, 2)>")
