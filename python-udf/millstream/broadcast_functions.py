"""Functions over the rows of keys and a second table that all keys see. Names are PyFlink's (DataStream)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from .keyed_state import BroadcastState, MapStateDescriptor, ReadOnlyBroadcastState
from .process_functions import Context, StatefulFunction, TimerService
from .row import Row
from .time_window import TimeWindow

__all__ = [
    "BroadcastContext",
    "BroadcastProcessFunction",
    "KeyedBroadcastProcessFunction",
    "ReadOnlyContext",
]


class BroadcastContext(ABC):
    """What `process_broadcast_element` is told; valid during the call. Times are milliseconds since
    1970-01-01 00:00 UTC.

    >>> def remember(rule: Row, ctx: BroadcastContext) -> None:
    ...     ctx.get_broadcast_state(MapStateDescriptor("rules")).put(rule.name, rule.limit)
    """

    @abstractmethod
    def timestamp(self) -> int | None:
        """The event time of the row; None: the rows have none."""

    @abstractmethod
    def window(self) -> TimeWindow | None:
        """The window of time that the row is in; None: the rows have none."""

    @abstractmethod
    def current_watermark(self) -> int | None:
        """The watermark before this row; None: no time has passed yet."""

    @abstractmethod
    def current_processing_time(self) -> int:
        """The clock of the machine."""

    @abstractmethod
    def get_broadcast_state(self, state_descriptor: MapStateDescriptor) -> BroadcastState[Any, Any]:
        """The dict of that name, which all keys see.

        Raises:
            UdfError: UDF_STATE, the descriptor has a `ttl`.
        """


class ReadOnlyContext(Context):
    """What `process_element` and `on_timer` are told beside a broadcast table.

    >>> def limit_of(name: str, ctx: ReadOnlyContext) -> int:
    ...     return ctx.get_broadcast_state(MapStateDescriptor("rules")).get(name)
    """

    @abstractmethod
    def timer_service(self) -> TimerService:
        """Time and timers of the key.

        Raises:
            UdfError: UDF_STATE in a `BroadcastProcessFunction`.
        """

    @abstractmethod
    def get_broadcast_state(self, state_descriptor: MapStateDescriptor) -> ReadOnlyBroadcastState[Any, Any]:
        """The dict of that name as the rows of the broadcast table have made it; it cannot be changed here.

        Raises:
            UdfError: UDF_STATE, the descriptor has a `ttl`.
        """


class BroadcastProcessFunction(StatefulFunction):
    """Rows of a table beside what rows of a second one, which is broadcast, have told; without state by key.

    >>> from millstream import udtf
    >>> class Named(BroadcastProcessFunction):
    ...     names = MapStateDescriptor("names")
    ...     def process_element(self, row: Row, ctx: ReadOnlyContext):
    ...         yield row.id, ctx.get_broadcast_state(self.names).get(row.id)
    ...     def process_broadcast_element(self, name: Row, ctx: BroadcastContext):
    ...         ctx.get_broadcast_state(self.names).put(name.id, name.name)
    >>> named = udtf(Named(), result_types=["INT", "STRING"])
    """

    row_methods = ("process_element", "process_broadcast_element")
    broadcasts = True

    def process_element(self, row: Row, ctx: ReadOnlyContext) -> Any:
        """The rows for a row of the first table."""
        raise NotImplementedError(f"{type(self).__name__} defines no process_element().")

    def process_broadcast_element(self, row: Row, ctx: BroadcastContext) -> Any:
        """The rows for a row of the broadcast table, which alone changes broadcast state."""
        raise NotImplementedError(f"{type(self).__name__} defines no process_broadcast_element().")


class KeyedBroadcastProcessFunction(BroadcastProcessFunction):
    """As `KeyedProcessFunction`, beside a table whose rows all keys see.

    >>> from millstream import ValueStateDescriptor, udtf
    >>> class OverLimit(KeyedBroadcastProcessFunction):
    ...     limits = MapStateDescriptor("limits")
    ...     def open(self, context):
    ...         self.spent = context.get_state(ValueStateDescriptor("spent"))
    ...     def process_element(self, row: Row, ctx: ReadOnlyContext):
    ...         self.spent.update((self.spent.value() or 0) + row.amount)
    ...         if self.spent.value() > (ctx.get_broadcast_state(self.limits).get(row.kind) or 100):
    ...             yield self.spent.value()
    ...     def process_broadcast_element(self, limit: Row, ctx: BroadcastContext):
    ...         ctx.get_broadcast_state(self.limits).put(limit.kind, limit.amount)
    >>> over_limit = udtf(OverLimit(), result_types="INT")
    """

    def on_timer(self, timestamp: int, ctx: ReadOnlyContext) -> Any:
        """The rows for a timer that was registered for `timestamp`."""
