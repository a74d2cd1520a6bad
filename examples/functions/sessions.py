"""Functions over tables: sessions of visitors, the busiest of each, and how many orders fall into one."""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from millstream import BatchAggregateFunction, Row, TableAggregateFunction, udaf, udtaf, udtf


@udtf(result_types="ROW<began BIGINT, ended BIGINT, pages BIGINT>")
def sessions(visits: Iterator[Row], gap: int = 30) -> Iterator[tuple[int, int, int]]:
    """Visits that follow each other within `gap` minutes, for the visits of one visitor in order."""
    began = ended = None
    pages = 0
    for visit in visits:
        if ended is not None and visit.minute_no - ended > gap:
            yield began, ended, pages
            began, pages = None, 0
        began = visit.minute_no if began is None else began
        ended = visit.minute_no
        pages += 1
    if pages:
        yield began, ended, pages


class Longest(TableAggregateFunction):
    """The `count` longest sessions of a visitor."""

    def __init__(self, count: int) -> None:
        self.count = count

    def create_accumulator(self) -> list[tuple[int, int]]:
        return []

    def accumulate(self, longest: list[tuple[int, int]], began: int, ended: int) -> None:
        longest.append((ended - began, began))
        longest.sort(reverse=True)
        del longest[self.count :]

    def emit_value(self, longest: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        yield from longest


longest = udtaf(Longest(1), result_type="ROW<minutes BIGINT, began BIGINT>")


@udtf(result_types="ROW<visits BIGINT, orders BIGINT>")
def both(visits: pa.Table, orders: pa.Table) -> Iterator[tuple[int, int]]:
    """How often a visitor came and bought: one call for each, with the rows of both tables."""
    yield visits.num_rows, orders.num_rows


class Spread(BatchAggregateFunction):
    """The largest less the smallest value, from batches of a group of any size."""

    def partial(self, values: pa.Array) -> tuple[int | None, int | None]:
        bounds = pc.min_max(values)
        return bounds["min"].as_py(), bounds["max"].as_py()

    def merge(self, one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
        return min(one[0], other[0]), max(one[1], other[1])

    def finish(self, bounds: tuple[int | None, int | None]) -> int | None:
        return None if bounds[0] is None else bounds[1] - bounds[0]


spread = udaf(Spread())
