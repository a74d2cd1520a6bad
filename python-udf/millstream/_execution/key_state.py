"""The states and timers of one key at a time, read from bytes and written back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..keyed_state import StateDescriptor

#: A value, and when it expires (milliseconds by the clock); None: never.
Held = tuple[Any, int | None]


@dataclass
class KeyState:
    """What is remembered of a key."""

    values: dict[str, Held] = field(default_factory=dict)
    event_timers: set[int] = field(default_factory=set)
    processing_timers: set[int] = field(default_factory=set)

    def is_empty(self) -> bool:
        """True where nothing has to be kept."""
        return not (self.values or self.event_timers or self.processing_timers)

    def expire(self, now: int) -> None:
        """Forgets what has expired."""
        self.values = {name: held for name, held in self.values.items() if held[1] is None or held[1] > now}

    def next_moment(self) -> int | None:
        """When the clock changes something of it."""
        expiries = [expires for _, expires in self.values.values() if expires is not None]
        return min([*self.processing_timers, *expiries], default=None)


class CurrentKey:
    """The key that a function is called for: its states are reached through this."""

    def __init__(self) -> None:
        self.state = KeyState()
        self.now = 0

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
        held = self._current.state.values.get(self._name)
        return None if held is None else held[0]

    def write(self, value: Any) -> None:
        """Sets the value; None removes it."""
        values = self._current.state.values
        if value is None:
            values.pop(self._name, None)
        else:
            values[self._name] = (value, None if self._ttl is None else self._current.now + self._ttl)
