"""Process stages: rows and timers of keys, whose states the job remembers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from .._types import DataType, parse_type
from .._user_error import user_error
from ..broadcast_functions import BroadcastProcessFunction, KeyedBroadcastProcessFunction
from ..context import FunctionContext
from ..time_window import TimeWindow
from .answer import Answer
from .arguments import FromTable
from .broadcast_context import BesideBroadcast, Broadcast, OfBroadcast
from .call import Call
from .codec import codec_for
from .groups import ranges, run_starts
from .instruction import ProcessColumns
from .key_state import CurrentKey, KeyState
from .packed import kept, kept_states, restored
from .process_context import CallContext
from .process_hints import process_hint
from .progress import Progress
from .side_rows import GivenRows
from .stage_base import StageBase
from .table_input import TableInput


class ProcessStage(StageBase):
    """Answers a bundle with the rows that its keys gave, and, as the last row of each key, what there is to
    remember: the state (NULL: nothing), and the first of its timers in event time and by the clock.

    The selection is the row that an answer belongs to; a row that only says that time has passed stands for a
    key without rows. A bundle has rows of keys, which see the broadcast state that comes with it, or rows of
    the broadcast table as if they were those of one key, which has the broadcast state to remember then.
    """

    def __init__(
        self,
        call: Call,
        input_types: Sequence[DataType],
        progress: Progress,
        key_columns: Sequence[int],
        process: ProcessColumns,
    ) -> None:
        own = [parse_type(text) for text in ("BOOLEAN", "BYTES", "BIGINT", "BIGINT")]
        self._given = GivenRows(call)
        super().__init__([call], progress, [*own, *self._given.types])
        self._call = call
        self._columns = process
        self._keys = [(key, codec_for(input_types[key], call.dialect)) for key in key_columns]
        instance = call.loaded.spec.instance
        tables = [argument for argument in call.bound.arguments if isinstance(argument, FromTable)]
        self._tables = [TableInput(table, input_types, call.dialect) for table in tables]
        self._methods = dict(zip((table.member for table in tables), instance.row_methods, strict=True))
        self._broadcast_member = tables[-1].member if instance.broadcasts else None
        self._broadcast = Broadcast(call)
        self._current = CurrentKey()
        self._context = self._made_context()
        self._parents: list[int] = []
        #: The clock of the machine.
        self.now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000

    def open(self, contexts: Mapping[str, FunctionContext]) -> None:
        """As of `StageBase`; the states that the function asks for are those of the current key."""
        if self._has_state:
            self._current.has_key = False
            for context in contexts.values():
                context.current_key = context.current_key or self._current
        super().open(contexts)
        # Another stage may have opened the function first.
        opened = self._call.loaded.context.current_key
        if isinstance(opened, CurrentKey):
            self._current = opened
            self._context = self._made_context()

    @property
    def _has_state(self) -> bool:
        """True for functions with states and timers by key."""
        instance = self._call.loaded.spec.instance
        return not isinstance(instance, BroadcastProcessFunction) or isinstance(
            instance, KeyedBroadcastProcessFunction
        )

    def _made_context(self) -> CallContext:
        if self._broadcast_member is None:
            return CallContext(self._current)
        return BesideBroadcast(self._current, self._broadcast, self._has_state)

    def process(self, columns: Sequence[pa.Array], rows: int, continued: bool = False) -> Iterator[Answer]:
        """One answer; none over no rows."""
        if rows == 0:
            return
        with self._progress.step(self._call.step, self._call.name):
            yield self._answer(columns, rows)

    def _answer(self, columns: Sequence[pa.Array], rows: int) -> Answer:
        at = self._columns
        starts = run_starts(columns[at.group])
        firsts = pa.array(starts, pa.int32())
        packed = columns[at.state].take(firsts).to_pylist()
        until = columns[at.until].take(firsts).to_pylist()
        keys = [codec.decode(columns[key].take(firsts)) for key, codec in self._keys]
        members = None if at.member is None else columns[at.member].to_pylist()
        elements = self._elements(columns, rows, members)
        is_row, clocks, times = (columns[c].to_pylist() for c in (at.is_row, at.clock, at.timestamp))
        self._restore_broadcast(None if at.broadcast is None else columns[at.broadcast][0].as_py())
        windows = self._windows(columns, rows)
        self._given.clear()
        self._parents = []
        ends: list[int] = []
        states: list[tuple[bytes | None, int | None, int | None]] = []
        for i, (start, end) in enumerate(ranges(starts, rows)):
            self._begin(packed[i], [values[i] for values in keys])
            member = None
            for row in range(start, end):
                self._progress.finished = range(row)
                if is_row[row]:
                    self._pass_time(clocks[row], row)
                    member = 0 if members is None else members[row]
                    self._enter_window(windows[row])
                    self._element(elements[row], member, times[row], row)
            self._pass_time(until[i], end - 1)
            ends.append(len(self._given))
            is_broadcast = member is not None and member == self._broadcast_member
            states.append(self._broadcast_end() if is_broadcast else self._end())
        return self._answered(ends, states, starts, rows)

    def _elements(self, columns: Sequence[pa.Array], rows: int, members: list[int] | None) -> Sequence[Any]:
        """Each row as its table has it."""
        if members is None:
            [table] = self._tables
            return table.rows(table.piece(columns, 0, rows))
        elements: list[Any] = [None] * rows
        for table in self._tables:
            places = [row for row, member in enumerate(members) if member == table.argument.member]
            chosen = table.piece(columns, 0, rows).take(pa.array(places, pa.int32()))
            for place, element in zip(places, table.rows(chosen), strict=True):
                elements[place] = element
        return elements

    def _windows(self, columns: Sequence[pa.Array], rows: int) -> list[TimeWindow | None]:
        at = self._columns.window
        if at is None:
            return [None] * rows
        edges = zip(columns[at.start].to_pylist(), columns[at.end].to_pylist(), strict=True)
        return [None if start is None else TimeWindow(start, end) for start, end in edges]

    def _enter_window(self, window: TimeWindow | None) -> None:
        self._context.time_window = window
        if self._columns.window is not None and self._columns.window.of_key:
            self._current.state.window = window

    def _restore_broadcast(self, packed: bytes | None) -> None:
        values = {} if packed is None else restored(self._call, packed)
        self._broadcast.current.state = KeyState(values)

    def _broadcast_end(self) -> tuple[bytes | None, None, None]:
        values = self._broadcast.current.state.values
        return kept(self._call, values, "broadcast state") if values else None, None, None

    def _begin(self, packed: bytes | None, key: list[Any]) -> None:
        current = self._current
        current.now = self.now_ms()
        current.has_key = True
        current.state = KeyState() if packed is None else KeyState.restored(*restored(self._call, packed))
        current.state.expire(current.now)
        self._context.key = key[0] if len(key) == 1 else tuple(key) or None
        self._context.watermark = None

    def _end(self) -> tuple[bytes | None, int | None, int | None]:
        state, watermark = self._current.state, self._context.watermark
        state.end_window(watermark)
        remembered = state.remembered()
        if remembered is None:
            return None, None, None
        values = {name: value for name, (value, _) in state.values.items()}
        packed = kept_states(self._call, remembered, values, self._context.key)
        return packed, state.next_event(watermark), state.next_moment()

    def _pass_time(self, watermark: int | None, row: int) -> None:
        """Timers of the clock, then those that the watermark passes; what they register may be among them."""
        state, context = self._current.state, self._context
        if watermark is not None:
            context.watermark = watermark
        for timers, now, domain in (
            (state.processing_timers, self._current.now, "processing_time"),
            (state.event_timers, watermark, "event_time"),
        ):
            while now is not None and (first := timers.first()) is not None and first <= now:
                timers.discard(first)
                context.domain, context.time, context.time_window = domain, first, state.window
                self._take("on_timer", first, row, context)

    def _element(self, element: Any, member: int, timestamp: int | None, row: int) -> None:
        self._context.domain, self._context.time = None, timestamp
        self._current.has_key = member != self._broadcast_member
        if member == self._broadcast_member:
            self._take(self._methods[member], element, row, OfBroadcast(self._context, self._broadcast))
        else:
            self._take(self._methods[member], element, row, self._context)
        self._progress.count_calls(self._call.step, 1)

    def _take(self, method: str, argument: Any, row: int, context: object) -> None:
        function = getattr(self._call.loaded.spec.instance, method)
        try:
            for item in self._given.form.rows(function(argument, context)):
                self._given.add(item)
                self._parents.append(row)
        except Exception as error:
            given = "timestamp" if method == "on_timer" else "row"
            values = {"key": self._context.key, given: argument}
            hint = process_hint(error, self._context)
            doing = f"in `{method}`"
            raise user_error(error, self._call.name, doing, row=row, values=values, hint=hint) from error

    def _answered(
        self,
        ends: Sequence[int],
        states: Sequence[tuple[bytes | None, int | None, int | None]],
        starts: Sequence[int],
        rows: int,
    ) -> Answer:
        """Given rows of each key, then its state."""
        from_given: list[int | None] = []
        from_states: list[int | None] = []
        parents: list[int] = []
        before = 0
        for i, end in enumerate(ends):
            from_given += [*range(before, end), None]
            from_states += [*([None] * (end - before)), i]
            parents += [*self._parents[before:end], (starts[i + 1] if i + 1 < len(starts) else rows) - 1]
            before = end
        held = pa.array(from_states, pa.int32())
        own = [
            held.is_valid(),
            *(
                pa.array([state[part] for state in states], kind).take(held)
                for part, kind in enumerate((pa.binary(), pa.int64(), pa.int64()))
            ),
        ]
        batch = pa.RecordBatch.from_arrays(
            [*own, *self._given.columns(from_given)], schema=self.output_schema
        )
        return Answer(len(parents), batch, pa.array(parents, pa.int32()))
