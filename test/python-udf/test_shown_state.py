"""Pickled state as JSON."""

from __future__ import annotations

import collections
import enum
import json
import os
import pickle
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest

from millstream import ListView, MapView, Row
from millstream._execution.key_state import KeyState, Timers
from millstream._state.shown import shown_text
from millstream.time_window import TimeWindow


def shown(value: object) -> Any:
    text = shown_text(pickle.dumps(value, pickle.HIGHEST_PROTOCOL))
    return None if text is None else json.loads(text)


@dataclass
class Order:
    item: str
    prices: list[Decimal]


class Point(NamedTuple):
    x: int
    y: int


class Colour(enum.Enum):
    RED = 1


class Names(list[str]):
    pass


class Explosive:
    def __reduce__(self) -> Any:
        return os.system, ("exit 1",)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([1, 2.5, None, True, "ø"], [1, 2.5, None, True, "ø"]),
        (2**70, 2**70),
        (float("nan"), {"$float": "NaN"}),
        (b"\x00\x01", {"$bytes": "AAE="}),
        ((1, {"a": {3, 2}}), [1, {"a": {"$set": [2, 3]}}]),
        ({1: "x", (2, 3): "y"}, {"$map": [[1, "x"], [[2, 3], "y"]]}),
        ({"$set": 1}, {"$map": [["$set", 1]]}),
        (collections.deque([1, 2], maxlen=3), [1, 2]),
        (collections.Counter("aab"), {"a": 2, "b": 1}),
        (collections.defaultdict(list, {"a": [1]}), {"a": [1]}),
        (Decimal("1.50"), "1.50"),
        (date(2024, 5, 1), "2024-05-01"),
        (datetime(2024, 5, 1, 10), "2024-05-01 10:00:00"),
        (datetime(2024, 5, 1, 10, tzinfo=timezone.utc), "2024-05-01 10:00:00+00:00"),
        (datetime(2024, 5, 1, 10, tzinfo=ZoneInfo("Europe/Oslo")), "2024-05-01 10:00:00+02:00"),
        (timedelta(minutes=1), "0:01:00"),
        (Row(city="Oslo", n=1), {"city": "Oslo", "n": 1}),
        (Row(1, 2), [1, 2]),
        (ListView([1]), [1]),
        (MapView({"a": 1}), {"a": 1}),
    ],
)
def test_plain_values_are_shown_as_they_are(value: object, expected: object) -> None:
    assert shown(value) == expected


def test_objects_of_other_classes_are_shown_by_what_they_hold() -> None:
    place = __name__
    assert shown(Order("lamp", [Decimal("2.5")])) == {
        "$object": f"{place}.Order", "item": "lamp", "prices": ["2.5"]
    }  # fmt: skip
    assert shown(Point(1, 2)) == {"$object": f"{place}.Point", "$given": [1, 2]}
    assert shown(Colour.RED) == {"$object": f"{place}.Colour", "$given": [1]}
    assert shown(Names(["a"])) == {"$object": f"{place}.Names", "$elements": ["a"]}


def test_nothing_that_a_pickle_names_is_called(capfd: pytest.CaptureFixture[str]) -> None:
    assert shown(Explosive()) == {"$object": "posix.system", "$given": ["exit 1"]}
    assert capfd.readouterr().out == ""


def test_the_state_of_a_key_is_shown_by_name_with_its_timers_and_window() -> None:
    state = KeyState({"count": (3, None), "note": ("x", 500)}, Timers([9, 4]), Timers(), TimeWindow(0, 10))

    assert shown(state.remembered()) == {
        "states": {"count": 3, "note": "x"},
        "expires": {"note": 500},
        "event_timers": [4, 9],
        "processing_timers": [],
        "window": [0, 10],
    }


def test_what_cannot_be_read_is_left_alone() -> None:
    own: list[object] = []
    own.append(own)
    wide: object = 1
    for _ in range(30):
        wide = [wide, wide]

    assert shown_text(b"\x80\x05no pickle.") is None
    assert shown(own) is None
    assert shown(wide) is None
