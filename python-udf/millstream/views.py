"""Collections for accumulators, with PyFlink's names; in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Generic, TypeVar

__all__ = ["ListView", "MapView"]

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")


class DataView:
    """Base of the views."""

    def clear(self) -> None:
        """Removes all elements."""
        raise NotImplementedError


class ListView(DataView, Generic[T]):
    """A list inside an accumulator.

    >>> view = ListView([1])
    >>> view.add_all([2, 3]); list(view)
    [1, 2, 3]
    """

    def __init__(self, values: Iterable[T] = ()) -> None:
        self._list = list(values)

    def get(self) -> Iterable[T]:
        """The elements in order."""
        return self._list

    def add(self, value: T) -> None:
        """Appends one element."""
        self._list.append(value)

    def add_all(self, values: Iterable[T]) -> None:
        """Appends elements."""
        self._list.extend(values)

    def clear(self) -> None:
        """Removes all elements."""
        self._list.clear()

    def __iter__(self) -> Iterator[T]:
        return iter(self._list)

    def __len__(self) -> int:
        return len(self._list)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ListView) and self._list == other._list

    def __hash__(self) -> int:
        return hash(tuple(self._list))


class MapView(DataView, Generic[K, V]):
    """A dict inside an accumulator.

    >>> view = MapView({"a": 1})
    >>> view["b"] = 2
    >>> "b" in view, view.get("c"), sorted(view.items())
    (True, None, [('a', 1), ('b', 2)])
    """

    def __init__(self, entries: Mapping[K, V] | None = None) -> None:
        self._dict: dict[K, V] = dict(entries or {})

    def get(self, key: K) -> V | None:
        """The value of the key, or None."""
        return self._dict.get(key)

    def put(self, key: K, value: V) -> None:
        """Sets the value of the key."""
        self._dict[key] = value

    def put_all(self, entries: Mapping[K, V]) -> None:
        """Sets the values of several keys."""
        self._dict.update(entries)

    def remove(self, key: K) -> None:
        """Removes the key.

        Raises:
            KeyError: the key is not there.
        """
        del self._dict[key]

    def contains(self, key: K) -> bool:
        """True where the key is there."""
        return key in self._dict

    def items(self) -> Iterable[tuple[K, V]]:
        """Keys with their values."""
        return self._dict.items()

    def keys(self) -> Iterable[K]:
        """The keys."""
        return self._dict.keys()

    def values(self) -> Iterable[V]:
        """The values."""
        return self._dict.values()

    def is_empty(self) -> bool:
        """True where there is no key."""
        return not self._dict

    def clear(self) -> None:
        """Removes all keys."""
        self._dict.clear()

    def __getitem__(self, key: K) -> V:
        return self._dict[key]

    def __setitem__(self, key: K, value: V) -> None:
        self._dict[key] = value

    def __delitem__(self, key: K) -> None:
        del self._dict[key]

    def __contains__(self, key: Any) -> bool:
        return key in self._dict

    def __iter__(self) -> Iterator[K]:
        return iter(self._dict)

    def __len__(self) -> int:
        return len(self._dict)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MapView) and self._dict == other._dict

    def __hash__(self) -> int:
        return hash(frozenset(self._dict))
