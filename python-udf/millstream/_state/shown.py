"""Values of state as JSON, in the forms of results where they have one."""

from __future__ import annotations

import base64
import json
import math
from collections import deque
from collections.abc import Iterable, Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from ..row import Row, RowKind
from ..views import ListView, MapView
from .inert import Foreign, read

#: Values inside one value: a pickle may hold one thing many times.
_MOST_VALUES = 1_000_000


def shown_text(pickled: bytes) -> str | None:
    """The value of a pickle as JSON text; None: it cannot be read.

    >>> import pickle
    >>> shown_text(pickle.dumps({"seen": {1, 2}, "at": Decimal("1.50")}))
    '{"seen":{"$set":[1,2]},"at":"1.50"}'
    """
    try:
        value = read(pickled)
        shown = _key_state(value) or _Shown().of(value)
        return json.dumps(shown, allow_nan=False, separators=(",", ":"))
    except Exception:
        return None


def _key_state(value: Any) -> Any:
    """What a process function remembers of a key; None: it is something else."""
    if type(value) is not tuple or len(value) not in (3, 4) or [*map(type, value[:3])] != [dict, set, set]:
        return None
    values, event_timers, processing_timers, *window = value
    if not all(isinstance(held, tuple) and len(held) == 2 for held in values.values()):
        return None
    shown = _Shown()
    expiries = {name: expires for name, (_, expires) in values.items() if expires is not None}
    return {
        "states": {name: shown.of(held) for name, (held, _) in values.items()},
        **({"expires": expiries} if expiries else {}),
        "event_timers": sorted(event_timers),
        "processing_timers": sorted(processing_timers),
        **({"window": list(window[0])} if window else {}),
    }


class _Shown:
    def __init__(self) -> None:
        self._left = _MOST_VALUES

    def of(self, value: Any) -> Any:
        """What `json` can write.

        Raises:
            ValueError: there is too much of it, or it holds itself.
        """
        self._left -= 1
        if self._left < 0:
            raise ValueError("too many values")
        if value is None or isinstance(value, bool | int | str):
            return value
        if isinstance(value, float):
            return value if math.isfinite(value) else {"$float": _float_text(value)}
        if isinstance(value, bytes | bytearray):
            return {"$bytes": base64.b64encode(value).decode()}
        if isinstance(value, date | time | timedelta | Decimal | complex):
            return str(value)
        if isinstance(value, RowKind):
            return value.name
        return self._of_many(value)

    def _of_many(self, value: Any) -> Any:
        if isinstance(value, Row) and value._fields is not None:
            return self._entries(zip(value._fields, value, strict=True))
        if isinstance(value, Mapping):
            return self._entries(value.items())
        if isinstance(value, MapView):
            return self._entries(value.items())
        if isinstance(value, set | frozenset):
            return {"$set": sorted((self.of(element) for element in value), key=repr)}
        if isinstance(value, list | tuple | deque | ListView):
            return [self.of(element) for element in value]
        if isinstance(value, Foreign):
            return self._foreign(value)
        return {"$object": getattr(value, "qualified", repr(value))}

    def _entries(self, entries: Iterable[tuple[Any, Any]]) -> Any:
        pairs = list(entries)
        if all(isinstance(key, str) and not key.startswith("$") for key, _ in pairs):
            return {key: self.of(value) for key, value in pairs}
        return {"$map": [[self.of(key), self.of(value)] for key, value in pairs]}

    def _foreign(self, value: Foreign) -> Any:
        attributes = value.attributes
        parts = {
            "$given": [*value.given, *value.options.values()],
            "$elements": value.elements,
            "$entries": value.entries,
            "$state": None if attributes or value.held in (None, {}) else value.held,
        }
        return {
            "$object": value.qualified,
            **{name: self.of(part) for name, part in parts.items() if part},
            **{name: self.of(part) for name, part in attributes.items()},
        }


def _float_text(value: float) -> str:
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
