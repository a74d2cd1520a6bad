"""A process function without an engine: rows, watermarks and the clock as a test gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from .._execution import LoadedFunction
from .._execution.codec import codec_for
from .._execution.process_stage import ProcessStage
from .._function_spec import specify
from .._types import DataType, parse_type
from .._worker.instructions import ProcessColumns, StageContext, TableArgument, WindowColumns
from ..errors import UdfError
from ..time_window import TimeWindow
from .known_names import check_names, keys_of_tables
from .open_function import open_function
from .row_window import has_window, window_of

#: What the core adds to a row: `ProcessColumns`.
_OWN = (
    *("INT NOT NULL", "BOOLEAN NOT NULL", "BIGINT", "BIGINT", "BIGINT", "BYTES"),
    *("INT", "BYTES", "BIGINT", "BIGINT"),
)
_END_OF_TIME = 2**63 - 1

Columns = Mapping[str, DataType | str]


@dataclass
class _Remembered:
    state: bytes | None = None
    event_timer: int | None = None
    clock_timer: int | None = None


class ProcessHarness:
    """Gives a `KeyedProcessFunction`, or one of two tables, its rows one by one, and fires its timers as time
    passes. State is pickled between calls, as in a job. Times are milliseconds.

    `tables` are the columns of each table with their types; `partition_by` the columns of the key, in every
    table that is not broadcast: where their names differ, a list for each table, by position. A row is in the
    window that its columns `window_start` and `window_end` say; with both in `partition_by` states are those
    of a window.

    >>> from millstream import KeyedProcessFunction, ValueStateDescriptor, udtf
    >>> class Count(KeyedProcessFunction):
    ...     def open(self, context):
    ...         self.seen = context.get_state(ValueStateDescriptor("seen"))
    ...     def process_element(self, row, ctx):
    ...         self.seen.update((self.seen.value() or 0) + 1)
    ...         ctx.timer_service().register_event_time_timer(1000)
    ...     def on_timer(self, timestamp, ctx):
    ...         yield self.seen.value()
    >>> count = udtf(Count(), result_types="INT")
    >>> with ProcessHarness(count, {"card": "STRING"}, partition_by="card") as harness:
    ...     harness.process_element({"card": "a"}), harness.process_element({"card": "a"})
    ...     harness.process_watermark(1000)
    ([], [])
    [('a', 2)]

    Raises:
        UdfError: UDF_TEST_KIND, the function is no process function, takes another number of tables, or the
            keys of two tables do not fit; UDF_TEST_NAME, a key is no column.
    """

    def __init__(
        self,
        function: object,
        *tables: Columns,
        partition_by: str | Sequence[str] | Sequence[Sequence[str]] = (),
    ) -> None:
        spec = specify("function", function)
        wanted = len(spec.parameters)
        if not spec.is_process_function or len(tables) != wanted:
            raise UdfError(
                "UDF_TEST_KIND",
                f"This function takes {wanted} tables, and {len(tables)} are given."
                if spec.is_process_function
                else f"This {spec.definition.kind} function is no process function.",
                hint="Give the columns of each: ProcessHarness(f, {'card': 'STRING'}, partition_by='card').",
            )
        self._tables = [{name: _type(t) for name, t in table.items()} for table in tables]
        self._broadcasts = spec.instance.broadcasts
        self._keys = keys_of_tables(partition_by, self._tables[:-1] if self._broadcasts else self._tables)
        self._per_window = has_window(self._keys[0])
        has_windows = any(has_window(table) for table in self._tables)
        key_types = [self._tables[0][key] for key in self._keys[0]]
        self._types = [parse_type(text) for text in _OWN] + key_types
        arguments: list[TableArgument] = []
        for member, table in enumerate(self._tables):
            places = list(range(len(self._types), len(self._types) + len(table)))
            arguments.append(TableArgument(member, places, list(table)))
            self._types += table.values()
        self._results = [field.type for field in spec.result.fields]
        self._sides = spec.side_outputs
        loaded = LoadedFunction(getattr(function, "__name__", None) or "function", "", spec)
        stage = open_function(
            loaded,
            "process",
            self._types,
            StageContext("test", 0, 1, 0, {}, {}),
            None,
            arguments=arguments,
            key_columns=list(range(len(_OWN), len(_OWN) + len(key_types))),
            process=ProcessColumns(
                group=0,
                is_row=1,
                timestamp=2,
                clock=3,
                until=4,
                state=5,
                window=WindowColumns(8, 9, self._per_window) if has_windows else None,
                member=6,
                broadcast=7 if self._broadcasts else None,
            ),
        )
        self._stage = cast(ProcessStage, stage)
        self._stage.now_ms = lambda: self._now
        self._now = 0
        self._watermark: int | None = None
        self._remembered: dict[tuple[Any, ...], _Remembered] = {}
        self._broadcast: bytes | None = None
        #: Rows of the result so far, with the key in front.
        self.rows: list[tuple[Any, ...]] = []
        #: Rows that came after the window they are in had passed, and were dropped.
        self.late_rows = 0
        self._side_rows: dict[str, list[tuple[Any, ...]]] = {tag.tag_id: [] for tag in self._sides}

    def process_element(
        self, row: Mapping[str, Any], timestamp: int | None = None, table: int = 0
    ) -> list[tuple[Any, ...]]:
        """The rows of the result for a row; `table` 1: of the second table, which may be a broadcast one.
        Columns that the row does not name are NULL.

        Raises:
            UdfError: UDF_TEST_KIND, there is no such table; UDF_TEST_NAME, it has no such column; what the
                function fails with.
        """
        if not 0 <= table < len(self._tables):
            raise UdfError(
                "UDF_TEST_KIND",
                f"There is no table {table}: this function takes {len(self._tables)}.",
                hint="The first is 0, the second 1.",
            )
        check_names(row, self._tables[table], f"column of table {table}")
        is_broadcast = self._broadcasts and table == 1
        key = tuple(
            None if is_broadcast else row.get(name) for name in self._keys[0 if is_broadcast else table]
        )
        values = [
            row.get(name) if member == table else None
            for member, columns in enumerate(self._tables)
            for name in columns
        ]
        window = window_of(row)
        if self._is_late(window, is_broadcast):
            self.late_rows += 1
            return []
        return self._call(key, True, timestamp, table, values, is_broadcast, window)

    def process_watermark(self, timestamp: int) -> list[tuple[Any, ...]]:
        """Moves event time on: the rows of the timers that it passes, key by key. The key whose timer is the
        earliest comes first, with all of its timers that are due, as in a job.
        """
        self._watermark = timestamp
        return self._fire(lambda key: key.event_timer, timestamp)

    def end_input(self) -> list[tuple[Any, ...]]:
        """The end of the input: all timers of event time fire, those of the clock do not."""
        return self.process_watermark(_END_OF_TIME)

    def set_processing_time(self, timestamp: int) -> list[tuple[Any, ...]]:
        """Moves the clock on, which begins at 0: the rows of the timers that it passes, in the same order;
        state expires.
        """
        self._now = timestamp
        return self._fire(lambda key: key.clock_timer, timestamp)

    def side_output(self, tag_id: str) -> list[tuple[Any, ...]]:
        """The rows of a side output so far, with the key in front.

        Raises:
            UdfError: UDF_TEST_NAME, the function has no such `OutputTag`.
        """
        check_names([tag_id], self._side_rows, "side output of this function")
        return self._side_rows[tag_id]

    @property
    def keys(self) -> list[tuple[Any, ...]]:
        """The keys that have a state or a timer."""
        return list(self._remembered)

    def close(self) -> None:
        """Calls `close` of the function."""
        self._stage.close()

    def __enter__(self) -> ProcessHarness:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _is_late(self, window: TimeWindow | None, is_broadcast: bool) -> bool:
        if not self._per_window or is_broadcast or window is None or self._watermark is None:
            return False
        return window.max_timestamp() <= self._watermark

    def _fire(self, timer: Any, until: int) -> list[tuple[Any, ...]]:
        given: list[tuple[Any, ...]] = []
        width = sum(len(table) for table in self._tables)
        while True:
            due = [(timer(held), i) for i, held in enumerate(self._remembered.values())]
            moments = [(at, i) for at, i in due if at is not None and at <= until]
            if not moments:
                return given
            key = list(self._remembered)[min(moments)[1]]
            given += self._call(key, False, None, 0, [None] * width, False)

    def _call(
        self,
        key: tuple[Any, ...],
        is_row: bool,
        timestamp: int | None,
        member: int,
        values: list[Any],
        is_broadcast: bool,
        window: TimeWindow | None = None,
    ) -> list[tuple[Any, ...]]:
        held = self._remembered.get(key, _Remembered()) if not is_broadcast else _Remembered()
        own = (0, is_row, timestamp, self._watermark, self._watermark, held.state, member, self._broadcast)
        edges = (None, None) if window is None else (window.start, window.end)
        cells = [*own, *edges, *key, *values]
        columns = [codec_for(t).encode([cell]) for t, cell in zip(self._types, cells, strict=True)]
        given: list[tuple[Any, ...]] = []
        for answer in self._stage.process(columns, 1):
            assert answer.columns is not None
            for row in self._rows(answer.columns.columns):
                if row[0]:
                    self._remember(key, row[1:4], is_broadcast)
                else:
                    given += self._taken(key, row[4:])
        self.rows += given
        return given

    def _rows(self, columns: Sequence[Any]) -> list[tuple[Any, ...]]:
        types = [parse_type(text) for text in ("BOOLEAN", "BYTES", "BIGINT", "BIGINT")] + self._results
        if self._sides:
            types.append(parse_type("STRING"))
            types += [field.type for tag in self._sides for field in tag.type.fields]
        decoded = [list(codec_for(t).decode(c)) for t, c in zip(types, columns, strict=True)]
        return list(zip(*decoded, strict=True))

    def _taken(self, key: tuple[Any, ...], fields: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        """The row where it is one of the result; others go to their side output."""
        width = len(self._results)
        if not self._sides or fields[width] is None:
            return [(*key, *fields[:width])]
        start = width + 1
        for tag in self._sides:
            end = start + len(tag.type.fields)
            if tag.tag_id == fields[width]:
                self._side_rows[tag.tag_id].append((*key, *fields[start:end]))
            start = end
        return []

    def _remember(self, key: tuple[Any, ...], held: tuple[Any, ...], is_broadcast: bool) -> None:
        if is_broadcast:
            self._broadcast = held[0]
        elif held[0] is None:
            self._remembered.pop(key, None)
        else:
            self._remembered[key] = _Remembered(*held)


def _type(given: DataType | str) -> DataType:
    return given if isinstance(given, DataType) else parse_type(given)
