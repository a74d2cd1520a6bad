"""PERCENTILE of values that count as often as a number beside them says."""

from __future__ import annotations

import math
from typing import Any

from .sql_function import SqlFunction


def percentile_of(share: float, counted: list[dict[str, Any]] | None) -> float | None:
    """The value at one share."""
    found = percentiles_of([share], counted)
    return None if found is None else found[0]


def percentiles_of(shares: list[float], counted: list[dict[str, Any]] | None) -> list[float] | None:
    """The values at several shares; `counted` has each value, `v`, and its number, `n`."""
    counts: dict[float, int] = {}
    for item in counted or []:
        value, count = item["v"], item["n"]
        if value is not None and count is not None and count > 0:
            counts[value] = counts.get(value, 0) + count
    if not counts:
        return None
    values = sorted(counts.items(), key=lambda entry: (math.isnan(entry[0]), entry[0]))
    last = sum(counts.values()) - 1
    return [_at(values, last * share) for share in shares]


def _at(values: list[tuple[float, int]], place: float) -> float:
    below, above = _nth(values, math.floor(place)), _nth(values, math.ceil(place))
    part = place - math.floor(place)
    return below if below == above else below * (1 - part) + above * part


def _nth(values: list[tuple[float, int]], place: int) -> float:
    before = 0
    for value, count in values:
        before += count
        if before > place:
            return value
    return values[-1][0]


FUNCTIONS = {
    "flink_percentile_of": SqlFunction(percentile_of, "DOUBLE"),
    "flink_percentiles_of": SqlFunction(percentiles_of, "DOUBLE[]"),
}
