"""State of a key, by name. Names are those of PyFlink's DataStream API."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from .functions import AggregateFunction

__all__ = [
    "AggregatingState",
    "AggregatingStateDescriptor",
    "BroadcastState",
    "ListState",
    "ListStateDescriptor",
    "MapState",
    "MapStateDescriptor",
    "ReadOnlyBroadcastState",
    "ReducingState",
    "ReducingStateDescriptor",
    "ValueState",
    "ValueStateDescriptor",
]

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True)
class StateDescriptor:
    """A state by its name, unique in the function. Values are pickled between batches.

    `ttl`: how long after its last change it is forgotten, by the clock of the machine; None: never.
    """

    name: str
    ttl: timedelta | None = None


class ValueStateDescriptor(StateDescriptor):
    """One value for each key.

    >>> ValueStateDescriptor("seen", ttl=timedelta(hours=1)).name
    'seen'
    """


class ListStateDescriptor(StateDescriptor):
    """A list for each key.

    >>> ListStateDescriptor("amounts").name
    'amounts'
    """


class MapStateDescriptor(StateDescriptor):
    """A dict for each key.

    >>> MapStateDescriptor("by_city").name
    'by_city'
    """


@dataclass(frozen=True)
class ReducingStateDescriptor(StateDescriptor):
    """One value for each key, to which `reduce` adds another.

    >>> ReducingStateDescriptor("most", reduce=max).name
    'most'
    """

    reduce: Callable[[Any, Any], Any] = max


@dataclass(frozen=True)
class AggregatingStateDescriptor(StateDescriptor):
    """An accumulator of `function` for each key.

    >>> from millstream import AggregateFunction
    >>> AggregatingStateDescriptor("mean", function=AggregateFunction()).name
    'mean'
    """

    function: AggregateFunction | None = None


class Cell(Protocol):
    """Where one state of the current key lies."""

    def read(self) -> Any:
        """The value; None: there is none."""

    def write(self, value: Any) -> None:
        """Sets the value; None removes it."""


class _State:
    def __init__(self, cell: Cell) -> None:
        self._cell = cell

    def clear(self) -> None:
        """Removes the state of the key."""
        self._cell.write(None)


class ValueState(_State, Generic[T]):
    """One value of the key.

    >>> from millstream._execution.key_state import CurrentKey
    >>> seen = ValueState(CurrentKey().cell(ValueStateDescriptor("seen")))
    >>> seen.update(3); seen.value()
    3
    """

    def value(self) -> T | None:
        """The value; None: there is none."""
        found: T | None = self._cell.read()
        return found

    def update(self, value: T) -> None:
        """Sets the value; None removes it."""
        self._cell.write(value)


class ListState(_State, Generic[T]):
    """A list of the key.

    >>> from millstream._execution.key_state import CurrentKey
    >>> amounts = ListState(CurrentKey().cell(ListStateDescriptor("amounts")))
    >>> amounts.add(1); amounts.add_all([2, 3]); amounts.get()
    [1, 2, 3]
    """

    def get(self) -> list[T]:
        """The elements in order: a list of its own."""
        return list(self._cell.read() or ())

    def add(self, value: T) -> None:
        """Appends an element."""
        self.add_all([value])

    def add_all(self, values: Iterable[T]) -> None:
        """Appends elements."""
        held: list[T] = self._cell.read() or []
        held.extend(values)
        self._cell.write(held or None)

    def update(self, values: Iterable[T]) -> None:
        """Replaces all elements."""
        self._cell.write(list(values) or None)


class _Entries(Generic[K, V]):
    """What can be read of a dict in a state."""

    _cell: Cell

    def get(self, key: K) -> V | None:
        """The value under `key`, or None."""
        return self._held().get(key)

    def contains(self, key: K) -> bool:
        """True where `key` is there."""
        return key in self._held()

    def items(self) -> Iterable[tuple[K, V]]:
        """Keys with their values, in the order in which they came."""
        return list(self._held().items())

    def keys(self) -> Iterable[K]:
        """The keys."""
        return list(self._held())

    def values(self) -> Iterable[V]:
        """The values."""
        return list(self._held().values())

    def is_empty(self) -> bool:
        """True where there is no key."""
        return not self._held()

    def _held(self) -> dict[K, V]:
        return self._cell.read() or {}


class MapState(_State, _Entries[K, V]):
    """A dict of the key.

    >>> from millstream._execution.key_state import CurrentKey
    >>> by_city = MapState(CurrentKey().cell(MapStateDescriptor("by_city")))
    >>> by_city.put("Bern", 2); by_city.get("Bern"), by_city.contains("Rome")
    (2, False)
    """

    def put(self, key: K, value: V) -> None:
        """Sets the value under `key`."""
        self.put_all({key: value})

    def put_all(self, entries: Mapping[K, V]) -> None:
        """Sets several values."""
        held = self._held()
        held.update(entries)
        self._cell.write(held or None)

    def remove(self, key: K) -> None:
        """Removes `key`; nothing where it is not there."""
        held = self._held()
        held.pop(key, None)
        self._cell.write(held or None)


class ReadOnlyBroadcastState(_Entries[K, V]):
    """A dict that all keys see and none can change.

    >>> from millstream._execution.key_state import CurrentKey
    >>> ReadOnlyBroadcastState(CurrentKey().cell(MapStateDescriptor("rules"))).is_empty()
    True
    """

    def __init__(self, cell: Cell) -> None:
        self._cell = cell


class BroadcastState(MapState[K, V]):
    """A dict that all keys see, as the rows of the broadcast table change it.

    >>> from millstream._execution.key_state import CurrentKey
    >>> rules = BroadcastState(CurrentKey().cell(MapStateDescriptor("rules")))
    >>> rules.put("limit", 10); rules.get("limit")
    10
    """


class ReducingState(_State, Generic[T]):
    """One value of the key, which grows by a function.

    >>> from millstream._execution.key_state import CurrentKey
    >>> most = ReducingState(CurrentKey().cell(ReducingStateDescriptor("most")), max)
    >>> most.add(3); most.add(1); most.get()
    3
    """

    def __init__(self, cell: Cell, reduce: Callable[[T, T], T]) -> None:
        super().__init__(cell)
        self._reduce = reduce

    def get(self) -> T | None:
        """The value; None: nothing was added."""
        found: T | None = self._cell.read()
        return found

    def add(self, value: T) -> None:
        """Puts a value to the one that is there."""
        held = self._cell.read()
        self._cell.write(value if held is None else self._reduce(held, value))


class AggregatingState(_State):
    """An accumulator of the key.

    >>> from millstream import AggregateFunction
    >>> from millstream._execution.key_state import CurrentKey
    >>> class Total(AggregateFunction):
    ...     def create_accumulator(self): return [0]
    ...     def accumulate(self, accumulator, value): accumulator[0] += value
    ...     def get_value(self, accumulator): return accumulator[0]
    >>> total = AggregatingState(CurrentKey().cell(AggregatingStateDescriptor("total")), Total())
    >>> total.add(2); total.add(40); total.get()
    42
    """

    def __init__(self, cell: Cell, function: AggregateFunction) -> None:
        super().__init__(cell)
        self._function = function

    def get(self) -> Any:
        """The value of what was added; None: nothing was."""
        held = self._cell.read()
        return None if held is None else self._function.get_value(held)

    def add(self, *values: Any) -> None:
        """Gives values to `accumulate`."""
        held = self._cell.read()
        if held is None:
            held = self._function.create_accumulator()
        self._function.accumulate(held, *values)
        self._cell.write(held)
