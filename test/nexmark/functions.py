"""Python functions in the place of expressions of the Nexmark queries."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import Annotated

from millstream import AggregateFunction, udaf, udf

EUROS = Decimal("0.908")
CHANNELS = {"apple": "0", "google": "1", "facebook": "2", "baidu": "3"}
CHANNEL_ID = re.compile("(?:&|^)channel_id=([^&]*)")


@udf
def to_euro(price: int) -> Annotated[Decimal, (23, 3)]:
    return EUROS * price


@udf
def time_class(at: datetime) -> str:
    if 8 <= at.hour <= 18:
        return "dayTime"
    return "nightTime" if at.hour <= 6 or at.hour >= 20 else "otherTime"


@udf
def count_char(text: str, letter: str) -> int:
    return text.count(letter)


@udf
def channel_id(channel: str, url: str) -> str | None:
    known = CHANNELS.get(channel.lower())
    if known is not None:
        return known
    found = CHANNEL_ID.search(url)
    return found[1] if found else None


class _Average(AggregateFunction):
    def create_accumulator(self) -> list[int]:
        return [0, 0]

    def accumulate(self, accumulator: list[int], value: int) -> None:
        accumulator[0] += value
        accumulator[1] += 1

    def retract(self, accumulator: list[int], value: int) -> None:
        accumulator[0] -= value
        accumulator[1] -= 1

    def get_value(self, accumulator: list[int]) -> int | None:
        total, count = accumulator
        return total // count if count > 0 else None


class _Highest(AggregateFunction):
    def create_accumulator(self) -> list[int | None]:
        return [None]

    def accumulate(self, accumulator: list[int | None], value: int) -> None:
        if accumulator[0] is None or value > accumulator[0]:
            accumulator[0] = value

    def get_value(self, accumulator: list[int | None]) -> int | None:
        return accumulator[0]


class _Occurrences(AggregateFunction):
    def create_accumulator(self) -> list[int]:
        return [0]

    def accumulate(self, accumulator: list[int], value: int) -> None:
        accumulator[0] += 1

    def get_value(self, accumulator: list[int]) -> int:
        return accumulator[0]


average = udaf(_Average())
highest = udaf(_Highest())
occurrences = udaf(_Occurrences())
