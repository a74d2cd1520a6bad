"""Functions of the flights example. Each is plain Python too: import it and call it in a test."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from millstream import AggregateFunction, udaf, udf, udtf

ON_TIME_MINUTES = 15
MILES_PER_MINUTE = 7.7
GROUND_MINUTES = 30.0


@udf
def rating(minutes_late: int | None, distance: int) -> str:
    """How late a flight was, for its length: each 250 miles allow one minute more.

    `int | None` asks for NULLs: without it the function would not be called for them, and the result be NULL.
    """
    if minutes_late is None:
        return "unknown"
    if minutes_late < 0:
        return "early"
    allowed = ON_TIME_MINUTES + distance // 250
    if minutes_late <= allowed:
        return "on time"
    return "late" if minutes_late <= 4 * allowed else "very late"


@udf(input_types=["BIGINT"], result_type="DOUBLE", batch="arrow")
def scheduled_minutes(distance: pa.Array) -> pa.Array:
    """About how long a flight takes from gate to gate. Gets whole columns, so it never loops in Python."""
    in_the_air = pc.divide(pc.cast(distance, pa.float64()), MILES_PER_MINUTE)
    return pc.round(pc.add(in_the_air, GROUND_MINUTES), 1)


@udtf
def movements(origin: str, destination: str) -> Iterator[tuple[str, str]]:
    """The two airports that a flight touches, a row for each: (airport, departure or arrival)."""
    yield origin, "departure"
    yield destination, "arrival"


class Percentile(AggregateFunction):
    """Exact nearest-rank percentile of whole numbers: the least value that `percent` of them do not pass."""

    def __init__(self, percent: int) -> None:
        self.percent = percent

    def create_accumulator(self) -> dict[int, int]:
        return {}

    def accumulate(self, counts: dict[int, int], value: int) -> None:
        counts[value] = counts.get(value, 0) + 1

    def merge(self, counts: dict[int, int], others: Iterable[dict[int, int]]) -> None:
        for other in others:
            for value, count in other.items():
                counts[value] = counts.get(value, 0) + count

    def get_value(self, counts: dict[int, int]) -> int | None:
        rank = -(-self.percent * sum(counts.values()) // 100)
        reached = 0
        for value in sorted(counts):
            reached += counts[value]
            if reached >= rank:
                return value
        return None


p90 = udaf(Percentile(90), result_type="BIGINT", accumulator_type="MAP<BIGINT, BIGINT>")
