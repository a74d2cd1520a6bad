"""The states and timers of one key at a time, read from bytes and written back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Any

from ..errors import UdfError
from ..keyed_state import StateDescriptor
from ..time_window import TimeWindow

#: A value, and when it expires (milliseconds by the clock); None: never.
Held = tuple[Any, int | None]


class Timers:
    """Moments to come, each once; the first of them is known without a look at all of them."""

    def __init__(self, moments: Iterable[int] = ()) -> None:
        self.moments = set(moments)
        # Those that were discarded are passed over when they come first.
        self._heap = sorted(self.moments)

    def add(self, moment: int) -> None:
        """Nothing where it is there."""
        if moment not in self.moments:
            self.moments.add(moment)
            heappush(self._heap, moment)

    def discard(self, moment: int) -> None:
        """Nothing where it is not there."""
        self.moments.discard(moment)

    def first(self) -> int | None:
        """None: there is none."""
        heap = self._heap
        while heap and heap[0] not in self.moments:
            heappop(heap)
        return heap[0] if heap else None


@dataclass
class KeyState:
    """What is remembered of a key."""

    values: dict[str, Held] = field(default_factory=dict)
    event_timers: Timers = field(default_factory=Timers)
    processing_timers: Timers = field(default_factory=Timers)
    #: The window that the key is of; None: its states know no end.
    window: TimeWindow | None = None

    def remembered(self) -> tuple[Any, ...] | None:
        """What `restored` is given later; None: nothing has to be kept."""
        event, processing = self.event_timers.moments, self.processing_timers.moments
        if not (self.values or event or processing):
            return None
        held = self.values, event, processing
        return held if self.window is None else (*held, (self.window.start, self.window.end))

    @classmethod
    def restored(
        cls,
        values: dict[str, Held],
        event: set[int],
        processing: set[int],
        window: tuple[int, int] | None = None,
    ) -> KeyState:
        """As it was remembered."""
        return cls(values, Timers(event), Timers(processing), None if window is None else TimeWindow(*window))

    def end_window(self, watermark: int | None) -> None:
        """Forgets the states of a window that has passed, unless a timer is still to come."""
        timers = self.event_timers.first() is not None or self.processing_timers.first() is not None
        if self.has_passed(watermark) and not timers:
            self.values = {}

    def has_passed(self, watermark: int | None) -> bool:
        """True where its window has."""
        return self.window is not None and watermark is not None and self.window.max_timestamp() <= watermark

    def next_event(self, watermark: int | None) -> int | None:
        """When event time changes something of it."""
        first = self.event_timers.first()
        if self.window is None or self.has_passed(watermark):
            return first
        end = self.window.max_timestamp()
        return end if first is None else min(first, end)

    def expire(self, now: int) -> None:
        """Forgets what has expired."""
        self.values = {name: held for name, held in self.values.items() if held[1] is None or held[1] > now}

    def next_moment(self) -> int | None:
        """When the clock changes something of it."""
        expiries = [expires for _, expires in self.values.values() if expires is not None]
        first = self.processing_timers.first()
        return min(expiries if first is None else [first, *expiries], default=None)


class CurrentKey:
    """The key that a function is called for: its states are reached through this."""

    def __init__(self) -> None:
        self.state = KeyState()
        self.now = 0
        #: False while the function is opened, and while a row of a broadcast table is at hand.
        self.has_key = True

    def values(self) -> dict[str, Held]:
        """Its states by name.

        Raises:
            UdfError: UDF_STATE where there is no key.
        """
        if self.has_key:
            return self.state.values
        raise UdfError(
            "UDF_STATE",
            "State by key is touched where there is no key: in open, or at a row of a broadcast table.",
            hint="Read and change it in process_element and on_timer; in process_broadcast_element use "
            "ctx.get_broadcast_state(…).",
        )

    def cell(self, descriptor: StateDescriptor) -> StateCell:
        """One state of whatever key is current."""
        return StateCell(self, descriptor)


class StateCell:
    """A state by its name."""

    def __init__(self, current: CurrentKey, descriptor: StateDescriptor) -> None:
        self._current = current
        self._name = descriptor.name
        ttl = descriptor.ttl
        self._ttl = None if ttl is None else int(ttl.total_seconds() * 1000)

    def read(self) -> Any:
        """The value; None: there is none."""
        held = self._current.values().get(self._name)
        return None if held is None else held[0]

    def write(self, value: Any) -> None:
        """Sets the value; None removes it."""
        values = self._current.values()
        if value is None:
            values.pop(self._name, None)
        else:
            values[self._name] = (value, None if self._ttl is None else self._current.now + self._ttl)
