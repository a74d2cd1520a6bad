"""Functions over the rows of a key, in a stream: with state and timers. Names are PyFlink's (DataStream)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from .functions import TableFunction
from .row import Row
from .time_window import TimeWindow

__all__ = ["Context", "KeyedCoProcessFunction", "KeyedProcessFunction", "StatefulFunction", "TimerService"]


class TimerService(ABC):
    """Time as the key sees it, and its timers. All times are milliseconds since 1970-01-01 00:00 UTC.

    >>> def in_a_minute(timers: TimerService) -> None:
    ...     timers.register_processing_time_timer(timers.current_processing_time() + 60_000)
    """

    @abstractmethod
    def current_watermark(self) -> int | None:
        """The watermark before this row or timer; None: no time has passed yet."""

    @abstractmethod
    def current_processing_time(self) -> int:
        """The clock of the machine."""

    @abstractmethod
    def register_event_time_timer(self, timestamp: int) -> None:
        """`on_timer` is called once when the watermark has reached `timestamp`."""

    @abstractmethod
    def delete_event_time_timer(self, timestamp: int) -> None:
        """Takes such a timer back; nothing where there is none."""

    @abstractmethod
    def register_processing_time_timer(self, timestamp: int) -> None:
        """`on_timer` is called once the clock reaches `timestamp`, unless the input has ended by then."""

    @abstractmethod
    def delete_processing_time_timer(self, timestamp: int) -> None:
        """Takes such a timer back; nothing where there is none."""


class Context(ABC):
    """What a process function is told of a row or timer; valid during the call.

    >>> def shown(ctx: Context) -> str:
    ...     return f"{ctx.get_current_key()} at {ctx.timestamp()}"
    """

    @abstractmethod
    def timestamp(self) -> int | None:
        """The event time of the row, or the time of the timer, in milliseconds; None: the rows have none."""

    @abstractmethod
    def get_current_key(self) -> Any:
        """The value of PARTITION BY; a tuple where it has several columns, None where there is none."""

    @abstractmethod
    def window(self) -> TimeWindow | None:
        """The window of time that the row is in; in `on_timer` that of the key, where PARTITION BY has both
        of its edges. None: there is none.
        """

    @abstractmethod
    def current_watermark(self) -> int | None:
        """The watermark before this row or timer; None: no time has passed yet."""

    @abstractmethod
    def current_processing_time(self) -> int:
        """The clock of the machine."""

    @abstractmethod
    def timer_service(self) -> TimerService:
        """Time and timers of the key."""

    @abstractmethod
    def time_domain(self) -> str | None:
        """In `on_timer` what reached its time: `event_time` or `processing_time`; None for a row."""


class StatefulFunction(TableFunction):
    """What process functions have in common; functions derive from the classes for one table or two."""

    #: The method that takes the rows of each table.
    row_methods: ClassVar[tuple[str, ...]] = ()
    #: True where all keys see the rows of the last table.
    broadcasts: ClassVar[bool] = False

    def eval(self, *args: Any) -> Any:
        """Not called: a process function is given rows one by one, with their context."""
        raise NotImplementedError("A process function is called over a table.")


class KeyedProcessFunction(StatefulFunction):
    """Any number of rows for each row and each timer of a key: define `process_element`, and `on_timer`.

    State belongs to the key of the call and is declared in `open`. What is yielded are rows, as those of a
    `TableFunction`. Declare it with `udtf` and its result types.

    >>> from millstream import ValueStateDescriptor, udtf
    >>> class Count(KeyedProcessFunction):
    ...     def open(self, context):
    ...         self.seen = context.get_state(ValueStateDescriptor("seen"))
    ...     def process_element(self, row: Row, ctx: Context):
    ...         self.seen.update((self.seen.value() or 0) + 1)
    ...         ctx.timer_service().register_event_time_timer(ctx.timestamp() + 1000)
    ...     def on_timer(self, timestamp: int, ctx: Context):
    ...         yield timestamp, self.seen.value()
    >>> count = udtf(Count(), result_types=["BIGINT", "INT"])
    """

    row_methods = ("process_element",)

    def process_element(self, row: Row, ctx: Context) -> Any:
        """The rows for one row."""
        raise NotImplementedError(f"{type(self).__name__} defines no process_element().")

    def on_timer(self, timestamp: int, ctx: Context) -> Any:
        """The rows for a timer that was registered for `timestamp`."""


class KeyedCoProcessFunction(StatefulFunction):
    """As `KeyedProcessFunction` over two tables with the same keys: rows of both reach the same
    state and timers.

    Define `process_element1` for the rows of the first table and `process_element2` for those of the second.

    >>> from millstream import ValueStateDescriptor, udtf
    >>> class Paid(KeyedCoProcessFunction):
    ...     def open(self, context):
    ...         self.order = context.get_state(ValueStateDescriptor("order"))
    ...     def process_element1(self, order: Row, ctx: Context):
    ...         self.order.update(order.item)
    ...     def process_element2(self, payment: Row, ctx: Context):
    ...         yield self.order.value(), payment.amount
    >>> paid = udtf(Paid(), result_types=["STRING", "INT"])
    """

    row_methods = ("process_element1", "process_element2")

    def process_element1(self, row: Row, ctx: Context) -> Any:
        """The rows for a row of the first table."""
        raise NotImplementedError(f"{type(self).__name__} defines no process_element1().")

    def process_element2(self, row: Row, ctx: Context) -> Any:
        """The rows for a row of the second table."""
        raise NotImplementedError(f"{type(self).__name__} defines no process_element2().")

    def on_timer(self, timestamp: int, ctx: Context) -> Any:
        """The rows for a timer that was registered for `timestamp`."""
