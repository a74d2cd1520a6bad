"""Process functions over two tables: both with keys, or the second one seen by all keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from execution_support import CallStep, Stage, Table, open_test_stage

from millstream import (
    BroadcastContext,
    BroadcastProcessFunction,
    Context,
    KeyedBroadcastProcessFunction,
    KeyedCoProcessFunction,
    MapStateDescriptor,
    ReadOnlyContext,
    Row,
    ValueStateDescriptor,
    udtf,
)
from millstream._describe import describe
from millstream.errors import UdfError


@dataclass(frozen=True)
class Columns:
    broadcast: int | None
    group: int = 0
    is_row: int = 1
    timestamp: int = 2
    clock: int = 3
    until: int = 4
    state: int = 5
    window: None = None
    member: int | None = 6


#: Those of `Columns`, the key, the column of the first table and that of the second.
TYPES = ["INT NOT NULL", "BOOLEAN NOT NULL", "BIGINT", "BIGINT", "BIGINT", "BYTES", "INT", "BYTES"]


def opened(instance: Any, reversed_arguments: bool = False) -> Stage:
    function = udtf(instance, result_types=["STRING", "BIGINT"])
    tables = [Table([9], ["v"], 0), Table([10], ["w"], 1)]
    names = [None, None]
    if reversed_arguments:
        tables = [Table([9], ["w"], 0), Table([10], ["v"], 1)]
        names = ["row2", "row1"]  # type: ignore[list-item]
    step = CallStep("f", tables, "ROW<a STRING, b BIGINT>", names)
    columns = Columns(7 if instance.broadcasts else None)
    types = [*TYPES, "STRING", "BIGINT", "BIGINT"]
    return open_test_stage({"f": function}, types, [step], mode="process", key_columns=[8], process=columns)


def process(
    stage: Stage,
    rows: list[tuple[str | None, int, int, int | None]],
    *,
    states: dict[str, bytes | None] | None = None,
    broadcast: bytes | None = None,
    until: int | None = None,
) -> tuple[list[tuple[Any, ...]], list[Any]]:
    """What rows of (key, table, value, time) give, and the states of their keys."""
    shipped: list[tuple[Any, ...]] = []
    keys: list[str | None] = []
    for key, member, value, time in rows:
        is_first = not keys or keys[-1] != key
        if is_first:
            keys.append(key)
        head = (until, (states or {}).get(str(key))) if is_first else (None, None)
        values = (value, None) if member == 0 else (None, value)
        last = broadcast if not shipped else None
        shipped.append((len(keys) - 1, True, time, None, *head, member, last, key, *values))
    [answer] = stage.answers(*(list(column) for column in zip(*shipped, strict=True)))
    table = list(zip(*(column.to_pylist() for column in answer.columns.columns), strict=True))
    return [row[4:] for row in table if not row[0]], [row[1] for row in table if row[0]]


class Pairs(KeyedCoProcessFunction):
    def open(self, context: Any) -> None:
        self.left = context.get_state(ValueStateDescriptor("left"))

    def process_element1(self, row: Row, ctx: Context) -> Any:
        self.left.update(row.v)
        ctx.timer_service().register_event_time_timer((ctx.timestamp() or 0) + 10)

    def process_element2(self, row: Row, ctx: Context) -> Any:
        yield f"{ctx.get_current_key()} {self.left.value()}", row.w

    def on_timer(self, timestamp: int, ctx: Context) -> Any:
        yield "unpaired", timestamp


def test_rows_of_both_tables_reach_the_state_and_the_timers_of_their_key() -> None:
    stage = opened(Pairs())
    given, [state, _] = process(stage, [("a", 0, 7, 100), ("a", 1, 8, 101), ("b", 1, 9, 102)])
    later, [_] = process(stage, [("a", 1, 1, 103)], states={"a": state}, until=110)

    assert given == [("a 7", 8), ("b None", 9)]
    assert later == [("a 7", 1), ("unpaired", 110)]


def test_tables_may_be_given_by_name_in_any_order() -> None:
    given, _ = process(opened(Pairs(), reversed_arguments=True), [("a", 1, 7, None), ("a", 0, 8, None)])

    assert given == [("a 7", 8)]


class Limited(KeyedBroadcastProcessFunction):
    limits = MapStateDescriptor("limits")

    def open(self, context: Any) -> None:
        self.spent = context.get_state(ValueStateDescriptor("spent"))

    def process_element(self, row: Row, ctx: ReadOnlyContext) -> Any:
        self.spent.update((self.spent.value() or 0) + row.v)
        limits = ctx.get_broadcast_state(self.limits)
        yield f"{ctx.get_current_key()} {limits.get('most')} {limits.is_empty()}", self.spent.value()

    def process_broadcast_element(self, row: Row, ctx: BroadcastContext) -> Any:
        ctx.get_broadcast_state(self.limits).put("most", row.w)
        return f"{ctx.timestamp()} {ctx.current_watermark()}", row.w


def test_what_broadcast_rows_tell_is_seen_by_all_keys() -> None:
    stage = opened(Limited())
    before, states = process(stage, [("a", 0, 1, None)])
    told, [broadcast] = process(stage, [(None, 1, 5, 40), (None, 1, 6, 41)])
    after, _ = process(
        stage, [("a", 0, 1, None), ("b", 0, 3, None)], states={"a": states[0]}, broadcast=broadcast
    )

    assert before == [("a None True", 1)]
    assert told == [("40 None", 5), ("41 None", 6)]
    assert after == [("a 6 False", 2), ("b 6 False", 3)]


class Told(Limited):
    def process_broadcast_element(self, row: Row, ctx: BroadcastContext) -> Any:
        self.spent.update(row.w)


class Asked(Limited):
    def process_broadcast_element(self, row: Row, ctx: BroadcastContext) -> Any:
        yield "spent", self.spent.value()


@pytest.mark.parametrize("function", [Told(), Asked()])
def test_rows_of_the_broadcast_table_have_no_state_by_key(function: Any) -> None:
    stage = opened(function)
    with pytest.raises(UdfError, match="or at a row of a broadcast table") as error:
        process(stage, [(None, 1, 5, None)])

    assert (error.value.code, error.value.details.function) == ("UDF_STATE", "f")
    assert process(stage, [("a", 0, 1, None)])[0] == [("a None True", 1)], "keys have it as before"


class Unkeyed(BroadcastProcessFunction):
    names = MapStateDescriptor("names")

    def process_element(self, row: Row, ctx: ReadOnlyContext) -> Any:
        return ctx.get_broadcast_state(self.names).get(row.v), row.v

    def process_broadcast_element(self, row: Row, ctx: BroadcastContext) -> Any:
        state = ctx.get_broadcast_state(self.names)
        state.put(row.w, "known")
        state.remove(-row.w)


def test_without_keys_there_is_broadcast_state_alone() -> None:
    stage = opened(Unkeyed())
    _, [broadcast] = process(stage, [(None, 1, 5, None), (None, 1, 6, None)])
    given, states = process(stage, [("", 0, 5, None), ("", 0, 7, None)], broadcast=broadcast)
    _, [emptied] = process(stage, [(None, 1, -5, None), (None, 1, -6, None)], broadcast=broadcast)
    _, [last] = process(stage, [(None, 1, 5, None)], broadcast=emptied)

    assert (given, states) == ([("known", 5), (None, 7)], [None])
    assert emptied is not None
    assert last is not None


class Timed(Unkeyed):
    def process_element(self, row: Row, ctx: ReadOnlyContext) -> Any:
        ctx.timer_service()


class Stateful(Unkeyed):
    def open(self, context: Any) -> None:
        context.get_state(ValueStateDescriptor("seen"))


class Expiring(Unkeyed):
    names = MapStateDescriptor("names", ttl=timedelta(seconds=1))


@pytest.mark.parametrize(
    ("function", "message"),
    [(Timed(), "timers, and has no key"), (Expiring(), "the broadcast state `names` with a `ttl`")],
)
def test_what_a_function_without_keys_cannot_have_is_refused(function: Any, message: str) -> None:
    with pytest.raises(UdfError, match=message) as error:
        process(opened(function), [("", 0, 5, None)])

    assert error.value.code == "UDF_STATE"


def test_a_function_without_keys_has_no_state() -> None:
    with pytest.raises(UdfError, match="asks for the state `seen`, and has no key"):
        opened(Stateful())


def test_the_result_type_is_of_the_method_that_gives_rows() -> None:
    class Typed(KeyedCoProcessFunction):
        def process_element1(self, row: Row, ctx: Context) -> Iterator[tuple[str, int]]: ...
        def process_element2(self, row: Row, ctx: Context) -> None: ...

    class Second(KeyedCoProcessFunction):
        def process_element1(self, row: Row, ctx: Context) -> None: ...
        def process_element2(self, row: Row, ctx: Context) -> Iterator[tuple[str, int]]: ...

    class Ruled(KeyedBroadcastProcessFunction):
        def process_element(self, row: Row, ctx: ReadOnlyContext) -> Iterator[tuple[str, int]]: ...
        def process_broadcast_element(self, row: Row, ctx: BroadcastContext) -> None: ...

    results = [describe("f", udtf(instance))["result"] for instance in (Typed(), Second(), Ruled())]
    assert len({str(result) for result in results}) == 1
    assert "BIGINT" in str(results[0])


def test_the_planner_is_told_which_tables_a_function_takes() -> None:
    class Named(KeyedCoProcessFunction):
        def process_element1(self, order: Row, ctx: Context) -> Any: ...
        def process_element2(self, payment: Row, ctx: Context) -> Any: ...

    class Half(KeyedCoProcessFunction):
        def process_element1(self, order: Row, ctx: Context) -> Any: ...

    def tables(instance: Any) -> list[tuple[str, str]]:
        declaration = describe("f", udtf(instance, result_types="INT"))
        return [(parameter["name"], parameter["table"]) for parameter in declaration["parameters"]]

    assert tables(Named()) == [("order", "set"), ("payment", "set")]
    assert tables(Pairs()) == [("row1", "set"), ("row2", "set")]
    assert tables(Limited()) == [("row1", "set"), ("row2", "broadcast")]
    with pytest.raises(UdfError, match=r"defines no process_element2\(\)"):
        tables(Half())
