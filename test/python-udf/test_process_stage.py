"""Process functions: rows, state and timers of keys, whatever comes together in a bundle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pyarrow as pa
import pytest
from execution_support import CallStep, Stage, Table, open_test_stage

from millstream import (
    AggregateFunction,
    AggregatingStateDescriptor,
    Context,
    KeyedProcessFunction,
    ListStateDescriptor,
    MapStateDescriptor,
    ReducingStateDescriptor,
    Row,
    ValueStateDescriptor,
    udf,
    udtf,
)
from millstream._describe import describe
from millstream.errors import UdfError


@dataclass(frozen=True)
class Window:
    start: int = 7
    end: int = 8
    of_key: bool = True


@dataclass(frozen=True)
class Columns:
    group: int = 0
    is_row: int = 1
    timestamp: int = 2
    clock: int = 3
    until: int = 4
    state: int = 5
    window: Window | None = None
    member: int | None = None
    broadcast: int | None = None


TYPES = ["INT NOT NULL", "BOOLEAN NOT NULL", "BIGINT", "BIGINT", "BIGINT", "BYTES", "STRING", "BIGINT"]


def opened(instance: KeyedProcessFunction) -> Stage:
    function = udtf(instance, result_types=["STRING", "BIGINT"])
    step = CallStep("f", [Table([7], ["v"])], "ROW<a STRING, b BIGINT>")
    return open_test_stage({"f": function}, TYPES, [step], mode="process", key_columns=[6], process=Columns())


@dataclass
class Key:
    """What comes to a key: rows of (value, time, watermark before), none for time alone."""

    name: str
    rows: list[tuple[int, int | None, int | None]]
    until: int | None = None
    state: bytes | None = None


def process(stage: Stage, *keys: Key) -> tuple[list[tuple[int, str, int]], list[tuple[Any, ...]]]:
    """What was given, with the row it belongs to, and for each key its state and first timers."""
    rows: list[tuple[Any, ...]] = []
    for number, key in enumerate(keys):
        for i, (value, time, clock) in enumerate(key.rows or [(None, None, None)]):
            head = (key.until, key.state) if i == 0 else (None, None)
            rows.append((number, bool(key.rows), time, clock, *head, key.name, value))
    [answer] = stage.answers(*(list(column) for column in zip(*rows, strict=True)))
    columns = [column.to_pylist() for column in answer.columns.columns]
    parents = answer.selection.to_pylist()
    table = list(zip(parents, *columns, strict=True))
    given = [(row[0], *row[5:]) for row in table if not row[1]]
    return given, [row[2:5] for row in table if row[1]]


class Quiet(KeyedProcessFunction):
    """Says how many rows a key had once it had none for ten milliseconds."""

    def open(self, context: Any) -> None:
        self.rows = context.get_state(ValueStateDescriptor("rows"))
        self.at = context.get_state(ValueStateDescriptor("at"))

    def process_element(self, row: Row, ctx: Context) -> Any:
        timers = ctx.timer_service()
        if self.at.value() is not None:
            timers.delete_event_time_timer(self.at.value())
        self.rows.update((self.rows.value() or 0) + 1)
        self.at.update(ctx.timestamp() + 10)
        timers.register_event_time_timer(ctx.timestamp() + 10)
        yield "row", row.v

    def on_timer(self, timestamp: int, ctx: Context) -> Any:
        yield f"{ctx.time_domain()} {ctx.get_current_key()} {timestamp}", self.rows.value()
        self.rows.clear()
        self.at.clear()


def test_a_timer_fires_between_the_rows_where_time_passes_it() -> None:
    given, states = process(opened(Quiet()), Key("a", [(1, 0, None), (2, 5, 3), (3, 30, 15)], until=20))

    assert given == [(0, "row", 1), (1, "row", 2), (2, "event_time a 15", 2), (2, "row", 3)]
    assert [state[1:] for state in states] == [(40, None)]


def test_a_key_goes_on_where_it_was_and_time_alone_comes_to_it() -> None:
    stage = opened(Quiet())
    _, [(state, timer, _)] = process(stage, Key("a", [(1, 0, None), (2, 4, None)], until=3))
    given, [(after, *_)] = process(stage, Key("a", [], until=timer, state=state))

    assert (timer, given) == (14, [(0, "event_time a 14", 2)])
    assert after is None, "a key without values and timers is forgotten"


def test_keys_of_a_bundle_know_nothing_of_each_other() -> None:
    given, states = process(
        opened(Quiet()), Key("a", [(1, 0, None)], until=5), Key("b", [(2, 1, None), (3, 2, None)], until=50)
    )

    assert given == [(0, "row", 1), (1, "row", 2), (2, "row", 3), (2, "event_time b 12", 2)]
    assert [state is None for state, *_ in states] == [False, True]


class Windowed(KeyedProcessFunction):
    """Says at each row and timer which window it is in and how many rows the state knows."""

    def open(self, context: Any) -> None:
        self.rows = context.get_state(ValueStateDescriptor("rows"))

    def process_element(self, row: Row, ctx: Context) -> Any:
        self.rows.update((self.rows.value() or 0) + 1)
        if row.v:
            ctx.timer_service().register_event_time_timer(row.v)
        yield str(ctx.window()), self.rows.value()

    def on_timer(self, timestamp: int, ctx: Context) -> Any:
        yield f"{timestamp} {ctx.window()}", self.rows.value()


def in_windows(of_key: bool) -> Stage:
    function = udtf(Windowed(), result_types=["STRING", "BIGINT"])
    step = CallStep("f", [Table([9], ["v"])], "ROW<a STRING, b BIGINT>")
    types = [*TYPES[:7], "BIGINT", "BIGINT", "BIGINT"]
    columns = Columns(window=Window(of_key=of_key))
    return open_test_stage({"f": function}, types, [step], mode="process", key_columns=[6], process=columns)


def window_rows(
    stage: Stage, *rows: tuple[Any, ...], until: int | None = None, state: bytes | None = None
) -> tuple[list[tuple[str, int]], tuple[bytes | None, int | None]]:
    """What a key gives, its state and its next moment; rows of (window start, window end, value), or none."""
    shipped = [
        (0, bool(rows), 0 if rows else None, None, until, state if i == 0 else None, "a", *row)
        for i, row in enumerate(rows or [(None, None, None)])
    ]
    [answer] = stage.answers(*(list(column) for column in zip(*shipped, strict=True)))
    table = list(zip(*(column.to_pylist() for column in answer.columns.columns), strict=True))
    [end] = [row for row in table if row[0]]
    return [row[4:] for row in table if not row[0]], (end[1], end[2])


def test_the_state_of_a_window_is_forgotten_when_the_window_has_passed() -> None:
    stage = in_windows(of_key=True)
    given, (state, moment) = window_rows(stage, (0, 100, None), (0, 100, None), until=50)

    assert given == [("TimeWindow(start=0, end=100)", 1), ("TimeWindow(start=0, end=100)", 2)]
    assert moment == 99, "the core asks at the end of the window"
    assert window_rows(stage, until=99, state=state) == ([], (None, None))


def test_a_timer_knows_the_window_of_its_key_and_one_behind_its_end_keeps_the_state() -> None:
    stage = in_windows(of_key=True)
    _, (state, moment) = window_rows(stage, (0, 100, 40), (0, 100, 120), until=10)
    assert moment == 40
    given, (state, moment) = window_rows(stage, until=110, state=state)

    assert (given, moment) == ([("40 TimeWindow(start=0, end=100)", 2)], 120)
    given, end = window_rows(stage, until=130, state=state)
    assert (given, end) == ([("120 TimeWindow(start=0, end=100)", 2)], (None, None))


def test_states_and_timers_of_a_key_alone_are_of_no_window() -> None:
    stage = in_windows(of_key=False)
    rows = (0, 100, 70), (100, 200, None), (None, None, None)
    given, (state, moment) = window_rows(stage, *rows, until=500)

    assert [what for what, _ in given] == [
        "TimeWindow(start=0, end=100)",
        "TimeWindow(start=100, end=200)",
        "None",
        "70 None",
    ]
    assert state is not None
    assert moment is None


class Late(KeyedProcessFunction):
    """Says the watermark at its rows and at its timers."""

    def process_element(self, row: Row, ctx: Context) -> Any:
        ctx.timer_service().register_processing_time_timer(0)
        ctx.timer_service().register_event_time_timer(row.v)
        yield "row", ctx.timer_service().current_watermark()

    def on_timer(self, timestamp: int, ctx: Context) -> Any:
        yield str(ctx.time_domain()), ctx.timer_service().current_watermark()


def test_timers_of_either_time_are_told_the_watermark() -> None:
    stage = opened(Late())
    given, [(state, timer, _)] = process(stage, Key("a", [(70, None, None), (80, None, 60)], until=75))

    assert given == [
        (0, "row", None),
        (1, "processing_time", 60),
        (1, "row", 60),
        (1, "processing_time", 75),
        (1, "event_time", 75),
    ]
    assert timer == 80

    stage.stage.now_ms = lambda: -1  # type: ignore[attr-defined]
    _, [(state, *_)] = process(stage, Key("b", [(90, None, None)], until=None))
    stage.stage.now_ms = lambda: 1  # type: ignore[attr-defined]
    woken, _ = process(stage, Key("b", [], until=85, state=state))
    assert woken == [(0, "processing_time", 85)]


class Total(AggregateFunction):
    def create_accumulator(self) -> list[int]:
        return [0]

    def accumulate(self, accumulator: list[int], value: int) -> None:
        accumulator[0] += value

    def get_value(self, accumulator: list[int]) -> int:
        return accumulator[0]


class AllKinds(KeyedProcessFunction):
    def open(self, context: Any) -> None:
        self.list = context.get_list_state(ListStateDescriptor("list"))
        self.map = context.get_map_state(MapStateDescriptor("map"))
        self.most = context.get_reducing_state(ReducingStateDescriptor("most", reduce=max))
        self.total = context.get_aggregating_state(AggregatingStateDescriptor("total", function=Total()))

    def process_element(self, row: Row, ctx: Context) -> Any:
        self.list.add(row.v)
        self.map.put(row.v % 2, row.v)
        self.most.add(row.v)
        self.total.add(row.v)
        yield str((self.list.get(), sorted(self.map.items()), self.most.get())), self.total.get()


def test_every_kind_of_state_is_kept_from_bundle_to_bundle() -> None:
    stage = opened(AllKinds())
    _, [(state, *_)] = process(stage, Key("a", [(3, None, None), (8, None, None)]))
    given, _ = process(stage, Key("a", [(5, None, None)], state=state))

    assert given == [(0, "([3, 8, 5], [(0, 8), (1, 5)], 8)", 16)]


class Forgetful(KeyedProcessFunction):
    def open(self, context: Any) -> None:
        self.seen = context.get_state(ValueStateDescriptor("seen", ttl=timedelta(milliseconds=5)))

    def process_element(self, row: Row, ctx: Context) -> Any:
        yield "before", self.seen.value()
        self.seen.update(row.v)


def test_a_state_is_forgotten_when_its_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1_000]
    monkeypatch.setattr("time.time_ns", lambda: now[0] * 1_000_000)
    stage = opened(Forgetful())
    _, [(state, _, wake)] = process(stage, Key("a", [(1, None, None)]))
    now[0] = 1_004
    still, _ = process(stage, Key("a", [(2, None, None)], state=state))
    now[0] = 1_005
    gone, _ = process(stage, Key("a", [(3, None, None)], state=state))
    _, [(forgotten, *_)] = process(stage, Key("a", [], state=state))

    assert (wake, still, gone, forgotten) == (1_005, [(0, "before", 1)], [(0, "before", None)], None)


class Ticking(KeyedProcessFunction):
    def process_element(self, row: Row, ctx: Context) -> Any:
        timers = ctx.timer_service()
        timers.register_processing_time_timer(timers.current_processing_time() + row.v)

    def on_timer(self, timestamp: int, ctx: Context) -> Any:
        return [(str(ctx.time_domain()), timestamp)]


def test_timers_of_the_clock_fire_when_it_has_come_to_them(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1_000]
    monkeypatch.setattr("time.time_ns", lambda: now[0] * 1_000_000)
    stage = opened(Ticking())
    _, [(state, event, clock)] = process(stage, Key("a", [(7, None, None)]))
    now[0] = 1_007
    given, [(after, *_)] = process(stage, Key("a", [], state=state))

    assert (event, clock, given, after) == (None, 1_007, [(0, "processing_time", 1_007)], None)


def test_a_failure_names_method_and_key_and_has_the_row() -> None:
    class Failing(KeyedProcessFunction):
        def process_element(self, row: Row, ctx: Context) -> Any:
            yield "x", 1 // row.v

    with pytest.raises(UdfError, match=r"in `process_element` for \(key='a', row=Row\(v=0\)\)") as error:
        process(opened(Failing()), Key("a", [(1, None, None), (0, None, None)]))

    assert (error.value.code, error.value.details.row) == ("UDF_EXCEPTION", 1)


def test_a_state_that_cannot_be_kept_is_told_by_its_name_and_key() -> None:
    class Open(KeyedProcessFunction):
        def open(self, context: Any) -> None:
            self.count = context.get_state(ValueStateDescriptor("count"))
            self.found = context.get_state(ValueStateDescriptor("found"))

        def process_element(self, row: Row, ctx: Context) -> Any:
            self.count.update(row.v)
            self.found.update(lambda: row.v)
            yield "x", 1

    with pytest.raises(UdfError, match="^The state 'found' of key 'a', <function .* cannot be") as error:
        process(opened(Open()), Key("a", [(1, None, None)]))

    assert (error.value.code, error.value.hint) == ("UDF_ACCUMULATOR", "Keep plain values in it.")


def test_only_a_process_function_has_state() -> None:
    class Plain(KeyedProcessFunction):
        def process_element(self, row: Row) -> Any: ...

    with pytest.raises(UdfError, match="takes row") as declared:
        describe("plain", udtf(Plain(), result_types="INT"))

    @udf
    def counted(x: int) -> int:
        from millstream import current_context

        current_context().get_state(ValueStateDescriptor("seen"))
        return x

    with pytest.raises(UdfError, match="asks for the state `seen`, and has no key") as asked:
        counted(1)

    assert (declared.value.code, asked.value.code) == ("UDF_DECLARATION", "UDF_STATE")
    assert describe("quiet", udtf(Quiet(), result_types="INT"))["stateful"] is True


def test_columns_are_pyarrow_arrays_of_the_answer() -> None:
    [answer] = opened(Quiet()).answers([0], [True], [1], [None], [None], [None], ["a"], [1])

    assert isinstance(answer.columns, pa.RecordBatch)
    answer.columns.validate(full=True)


class Beginner(KeyedProcessFunction):
    """Fails in the way that its row says."""

    def process_element(self, row: Row, ctx: Any) -> Any:
        if row.v == 1:
            ctx.timer_service().register_event_time_timer(ctx.timestamp() + 1)
        elif row.v == 2:
            self.later(ctx)
        elif row.v == 3:
            ctx.get_list_state(ListStateDescriptor("seen"))

    def later(self, ctx: Context) -> None:
        ctx.timer_service().register_event_time_timer(ctx.window().max_timestamp())  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        (1, "ctx.timestamp() is None: give the table a column with a WATERMARK"),
        (2, "ctx.window() is None: call the function over a table of TUMBLE"),
        (3, "Ask for state in open"),
    ],
)
def test_errors_of_rows_without_time_window_or_state_say_how_to_have_it(value: int, hint: str) -> None:
    with pytest.raises(UdfError) as caught:
        process(opened(Beginner()), Key("a", [(value, None, None)]))

    assert hint in str(caught.value.hint)


class ReadsEarly(Beginner):
    def open(self, context: Any) -> None:
        context.get_state(ValueStateDescriptor("seen")).value()


class ByName(Beginner):
    def open(self, context: Any) -> None:
        context.get_state("seen")


@pytest.mark.parametrize("instance", [ReadsEarly(), ByName()])
def test_state_is_asked_for_by_a_descriptor_and_read_where_there_is_a_key(
    instance: KeyedProcessFunction,
) -> None:
    with pytest.raises(UdfError) as caught:
        opened(instance)

    assert caught.value.code == "UDF_STATE"
