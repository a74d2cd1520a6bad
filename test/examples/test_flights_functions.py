"""The functions of examples/flights, called as plain Python."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pyarrow as pa
import pytest

FILE = Path(__file__).parents[2] / "examples/flights/functions.py"
spec = importlib.util.spec_from_file_location("flights_functions", FILE)
assert spec is not None
assert spec.loader is not None
functions = importlib.util.module_from_spec(spec)
spec.loader.exec_module(functions)


@pytest.mark.parametrize(
    ("minutes_late", "distance", "expected"),
    [
        (None, 500, "unknown"),
        (-1, 500, "early"),
        (0, 500, "on time"),
        (17, 500, "on time"),
        (18, 500, "late"),
        (68, 500, "late"),
        (69, 500, "very late"),
        (25, 2500, "on time"),
    ],
)
def test_a_rating_allows_a_minute_more_for_each_250_miles(
    minutes_late: int | None, distance: int, expected: str
) -> None:
    assert functions.rating(minutes_late, distance) == expected


def test_scheduled_minutes_keeps_length_order_and_nulls() -> None:
    distance = pa.array([77, None, 770], pa.int64())

    minutes = functions.scheduled_minutes(distance)

    assert minutes.to_pylist() == [40.0, None, 130.0]


def test_a_flight_has_two_movements() -> None:
    assert list(functions.movements("ORD", "SFO")) == [("ORD", "departure"), ("SFO", "arrival")]


def test_the_90th_percentile_is_the_least_value_that_nine_of_ten_do_not_pass() -> None:
    p90 = functions.Percentile(90)
    accumulator = p90.create_accumulator()
    for value in range(1, 11):
        p90.accumulate(accumulator, value)

    assert p90.get_value(accumulator) == 9


def test_merged_accumulators_count_as_one_group() -> None:
    p90 = functions.Percentile(90)
    whole, left, right = (p90.create_accumulator() for _ in range(3))
    for value in (5, 1, 4, 4, 9, 2, 7, 7, 3, 8):
        p90.accumulate(whole, value)
        p90.accumulate(left if value % 2 else right, value)

    p90.merge(left, [right])

    assert left == whole
    assert p90.get_value(left) == p90.get_value(whole) == 8


def test_an_empty_group_has_no_percentile() -> None:
    p90 = functions.Percentile(90)
    assert p90.get_value(p90.create_accumulator()) is None
