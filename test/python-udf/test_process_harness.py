"""Process functions under test without an engine."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from millstream import (
    BroadcastContext,
    Context,
    KeyedBroadcastProcessFunction,
    KeyedCoProcessFunction,
    KeyedProcessFunction,
    MapStateDescriptor,
    OutputTag,
    ReadOnlyContext,
    Row,
    ValueStateDescriptor,
    udf,
    udtf,
)
from millstream.errors import UdfError
from millstream.testing import ProcessHarness


class Quiet(KeyedProcessFunction):
    """Says how often a key came once it was quiet, and each row that is small to the side."""

    small = OutputTag("small", "ROW<amount INT>")

    def open(self, context: Any) -> None:
        self.count = context.get_state(ValueStateDescriptor("count"))
        self.note = context.get_state(ValueStateDescriptor("note", ttl=timedelta(milliseconds=50)))

    def process_element(self, row: Row, ctx: Context) -> Any:
        timers = ctx.timer_service()
        self.count.update((self.count.value() or 0) + 1)
        self.note.update("seen")
        timers.register_event_time_timer((ctx.timestamp() or 0) + 10)
        timers.register_processing_time_timer(timers.current_processing_time() + 100)
        if row.amount < 5:
            yield self.small, row.amount

    def on_timer(self, timestamp: int, ctx: Context) -> Any:
        yield str(ctx.time_domain()), self.count.value(), self.note.value()
        if ctx.time_domain() == "processing_time":
            self.count.clear()


def opened() -> ProcessHarness:
    function = udtf(Quiet(), result_types=["STRING", "INT", "STRING"])
    return ProcessHarness(function, {"card": "STRING", "amount": "INT"}, partition_by="card")


def test_rows_reach_the_state_of_their_key_and_timers_fire_as_time_passes() -> None:
    with opened() as harness:
        assert harness.process_element({"card": "a", "amount": 7}, timestamp=0) == []
        harness.process_element({"card": "b", "amount": 3}, timestamp=5)
        harness.process_element({"card": "a", "amount": 4}, timestamp=5)

        assert harness.process_watermark(9) == []
        assert harness.process_watermark(12) == [("a", "event_time", 2, "seen")]
        assert harness.end_input() == [("a", "event_time", 2, "seen"), ("b", "event_time", 1, "seen")]
        assert harness.side_output("small") == [("b", 3), ("a", 4)]


def test_the_clock_fires_timers_and_lets_state_expire() -> None:
    with opened() as harness:
        harness.process_element({"card": "a", "amount": 7}, timestamp=0)

        assert harness.set_processing_time(99) == []
        assert harness.set_processing_time(100) == [("a", "processing_time", 1, None)]
        assert harness.keys == [("a",)], "the timer of event time is left"
        assert [row[1] for row in harness.end_input()] == ["event_time"]
        assert harness.keys == []


class Pairs(KeyedCoProcessFunction):
    def open(self, context: Any) -> None:
        self.left = context.get_state(ValueStateDescriptor("left"))

    def process_element1(self, row: Row, ctx: Context) -> Any:
        self.left.update(row.x)

    def process_element2(self, row: Row, ctx: Context) -> Any:
        yield self.left.value(), row.y


class Limited(KeyedBroadcastProcessFunction):
    limits = MapStateDescriptor("limits")

    def process_element(self, row: Row, ctx: ReadOnlyContext) -> Any:
        yield row.x, ctx.get_broadcast_state(self.limits).get("most")

    def process_broadcast_element(self, row: Row, ctx: BroadcastContext) -> Any:
        ctx.get_broadcast_state(self.limits).put("most", row.y)


def test_functions_of_two_tables_are_given_both() -> None:
    columns = ({"k": "INT", "x": "INT"}, {"k": "INT", "y": "INT"})
    with ProcessHarness(udtf(Pairs(), result_types=["INT", "INT"]), *columns, partition_by="k") as pairs:
        pairs.process_element({"k": 1, "x": 10})
        assert pairs.process_element({"k": 1, "y": 20}, table=1) == [(1, 10, 20)]
        assert pairs.process_element({"k": 2, "y": 30}, table=1) == [(2, None, 30)]

    limited = udtf(Limited(), result_types=["INT", "INT"])
    with ProcessHarness(limited, {"k": "INT", "x": "INT"}, {"y": "INT"}, partition_by="k") as harness:
        harness.process_element({"k": 1, "x": 10})
        harness.process_element({"y": 5}, table=1)
        harness.process_element({"k": 2, "x": 11})
        assert harness.rows == [(1, 10, None), (2, 11, 5)]


def test_keys_of_two_tables_may_have_different_names() -> None:
    function = udtf(Pairs(), result_types=["INT", "INT"])
    columns = ({"card": "INT", "x": "INT"}, {"y": "INT", "number": "INT"})
    with ProcessHarness(function, *columns, partition_by=[["card"], ["number"]]) as pairs:
        pairs.process_element({"card": 1, "x": 10})
        assert pairs.process_element({"number": 1, "y": 20}, table=1) == [(1, 10, 20)]
        assert pairs.keys == [(1,)]
    with pytest.raises(UdfError, match="`card` is no column of table 1") as error:
        ProcessHarness(function, *columns, partition_by="card")
    assert error.value.code == "UDF_TEST_NAME"
    for keys in ([["card"]], [["card"], []], [["card"], "number", "number"]):
        with pytest.raises(UdfError, match="not one key for each of 2 tables"):
            ProcessHarness(function, *columns, partition_by=keys)


def test_names_that_nothing_has_are_refused_with_near_ones() -> None:
    with opened() as harness:
        for call, message, hint in (
            (lambda: harness.process_element({"crad": "a"}), "`crad` is no column of table 0", "mean card?"),
            (lambda: harness.side_output("smal"), "`smal` is no side output of this", "mean small?"),
            (
                lambda: harness.process_element({"card": "a"}, table=1),
                "There is no table 1",
                "The first is 0",
            ),
        ):
            with pytest.raises(UdfError, match=message) as error:
                call()
            assert hint in str(error.value.hint)
        assert harness.rows == []


def test_timers_of_a_key_fire_together_the_key_with_the_earliest_first() -> None:
    class Twice(KeyedProcessFunction):
        def process_element(self, row: Row, ctx: Context) -> Any:
            ctx.timer_service().register_event_time_timer(row.at)

        def on_timer(self, timestamp: int, ctx: Context) -> Any:
            yield timestamp

    function = udtf(Twice(), result_types="INT")
    with ProcessHarness(function, {"k": "STRING", "at": "INT"}, partition_by="k") as harness:
        for key, at in (("a", 30), ("b", 20), ("a", 10)):
            harness.process_element({"k": key, "at": at})
        assert harness.process_watermark(40) == [("a", 10), ("a", 30), ("b", 20)]


def test_other_functions_and_other_numbers_of_tables_are_refused() -> None:
    @udf
    def plain(x: int) -> int:
        return x

    with pytest.raises(UdfError, match="is no process function"):
        ProcessHarness(plain, {"x": "INT"})
    with pytest.raises(UdfError, match="takes 2 tables, and 1 are given"):
        ProcessHarness(udtf(Pairs(), result_types=["INT", "INT"]), {"k": "INT"})


class PerWindow(KeyedProcessFunction):
    """How many rows a key had in a window, once that has passed."""

    def open(self, context: Any) -> None:
        self.count = context.get_state(ValueStateDescriptor("count"))

    def process_element(self, row: Row, ctx: Context) -> Any:
        window = ctx.window()
        assert window is not None
        self.count.update((self.count.value() or 0) + 1)
        ctx.timer_service().register_event_time_timer(window.max_timestamp())

    def on_timer(self, timestamp: int, ctx: Context) -> Any:
        yield self.count.value()


def test_rows_are_in_the_window_of_their_columns_and_late_ones_are_dropped() -> None:
    function = udtf(PerWindow(), result_types="INT")
    columns = {"card": "STRING", "window_start": "TIMESTAMP(3)", "window_end": "TIMESTAMP(3)"}
    first, second, third = (datetime(1970, 1, 1, 0, minute) for minute in (0, 1, 2))
    with ProcessHarness(function, columns, partition_by=["card", "window_start", "window_end"]) as harness:
        for start, end in [(first, second), (second, third), (first, second)]:
            harness.process_element({"card": "a", "window_start": start, "window_end": end})

        assert harness.process_watermark(59_999) == [("a", first, second, 2)]
        assert harness.process_element({"card": "a", "window_start": first, "window_end": second}) == []
        assert harness.late_rows == 1
        assert harness.end_input() == [("a", second, third, 1)]
        assert harness.keys == []
