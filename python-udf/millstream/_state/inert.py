"""Reads pickles without importing their classes: what is not plain becomes a `Foreign`; nothing is called."""

from __future__ import annotations

import builtins
import collections
import datetime
import decimal
import io
import pickle
import zoneinfo
from collections.abc import Iterable, Mapping
from typing import Any

from .. import row, views

#: Classes whose values are made as they were: none of them runs what a pickle says.
_PLAIN: dict[tuple[str, str], Any] = {
    **{("builtins", name): getattr(builtins, name) for name in ("bytearray", "complex", "frozenset", "set")},
    **{
        ("collections", name): getattr(collections, name)
        for name in ("Counter", "OrderedDict", "defaultdict", "deque")
    },
    **{
        ("datetime", name): getattr(datetime, name)
        for name in ("date", "datetime", "time", "timedelta", "timezone")
    },
    ("decimal", "Decimal"): decimal.Decimal,
    ("zoneinfo", "ZoneInfo"): zoneinfo.ZoneInfo,
    ("millstream.row", "_restore"): row._restore,
    ("millstream.row", "RowKind"): row.RowKind,
    **{("millstream.views", name): getattr(views, name) for name in ("ListView", "MapView")},
}


class Foreign:
    """A value of a class that is not imported: what it was made of, and what it holds."""

    qualified = ""
    given: tuple[Any, ...]
    options: dict[str, Any]
    held: Any
    elements: list[Any]
    entries: list[tuple[Any, Any]]

    def __new__(cls, *args: Any, **options: Any) -> Foreign:
        """Takes whatever the class takes."""
        self = super().__new__(cls)
        self.given = args
        self.options = options
        self.held = None
        self.elements = []
        self.entries = []
        return self

    def __init__(self, *args: Any, **options: Any) -> None:
        """`__new__` has all of it."""

    def __setstate__(self, state: Any) -> None:
        """What `__reduce__` or `__getstate__` gave."""
        self.held = state

    def append(self, element: Any) -> None:
        """Of classes that are lists."""
        self.elements.append(element)

    def extend(self, elements: Iterable[Any]) -> None:
        """As `append`."""
        self.elements.extend(elements)

    def add(self, element: Any) -> None:
        """Of classes that are sets."""
        self.elements.append(element)

    def __setitem__(self, key: Any, value: Any) -> None:
        """Of classes that are dicts."""
        self.entries.append((key, value))

    @property
    def attributes(self) -> Mapping[str, Any]:
        """Its attributes by name, in `__dict__` and in slots; empty where it holds something else."""
        parts = self.held if isinstance(self.held, tuple) and len(self.held) == 2 else (self.held,)
        found: dict[str, Any] = {}
        for part in parts:
            if not isinstance(part, dict | None) or not all(isinstance(name, str) for name in part or ()):
                return {}
            found.update(part or {})
        return found


def _stand_in(module: str, name: str) -> type[Foreign]:
    return type(name, (Foreign,), {"qualified": f"{module}.{name}"})


def _attribute(owner: Any, name: str) -> Any:
    """A method that a pickle names: that of zones of time alone."""
    if owner is zoneinfo.ZoneInfo and name == "_unpickle":
        return lambda key, _: zoneinfo.ZoneInfo(key)
    return _stand_in(getattr(owner, "qualified", type(owner).__name__), name)


class _Inert(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """A plain class, or a stand-in of that name."""
        if (module, name) == ("builtins", "getattr"):
            return _attribute
        return _PLAIN.get((module, name)) or _stand_in(module, name)


def read(pickled: bytes) -> Any:
    """The value.

    Raises:
        Exception: any, the bytes are no pickle or one of a later Python.
    """
    return _Inert(io.BytesIO(pickled)).load()
