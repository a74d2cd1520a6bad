"""Days and microseconds to `datetime` objects: by numpy where it is installed (50 ns a value), else by
`timedelta` (540 ns); pyarrow's own `to_pylist` takes 1400 ns."""

from __future__ import annotations

import datetime
import importlib
from functools import cache
from itertools import repeat
from typing import Any

import pyarrow as pa

from ..._late import pc

EPOCH = datetime.datetime(1970, 1, 1)
_EPOCH_ORDINAL = EPOCH.toordinal()
_DAYS = (1 - _EPOCH_ORDINAL, datetime.date.max.toordinal() - _EPOCH_ORDINAL)
_DAY = 86_400_000_000
_MICROS = (_DAYS[0] * _DAY, (_DAYS[1] + 1) * _DAY - 1)


def datetimes(micros: pa.Array) -> list[Any]:
    """Naive datetimes for microseconds since the epoch, given as int64; None for NULL.

    Raises:
        OverflowError: a value is outside of the years 1 to 9999.
    """
    _check(micros, _MICROS)
    if _numpy() is not None:
        counts = micros.view(pa.timestamp("us")).to_numpy(zero_copy_only=False)
        return list(counts.astype("datetime64[us]").tolist())
    return _spread(
        micros, lambda counts: map(EPOCH.__add__, map(datetime.timedelta, repeat(0), repeat(0), counts))
    )


def dates(days: pa.Array) -> list[Any]:
    """Dates for days since the epoch, given as int32; None for NULL.

    Raises:
        OverflowError: a value is outside of the years 1 to 9999.
    """
    _check(days, _DAYS)
    if _numpy() is not None:
        return list(days.view(pa.date32()).to_numpy(zero_copy_only=False).astype("datetime64[D]").tolist())
    return _spread(days, lambda counts: map(datetime.date.fromordinal, map(_EPOCH_ORDINAL.__add__, counts)))


def _spread(counts: pa.Array, convert: Any) -> list[Any]:
    if counts.null_count == 0:
        return list(convert(counts.to_pylist()))
    converted = convert(counts.drop_null().to_pylist())
    return [next(converted) if valid else None for valid in counts.is_valid().to_pylist()]


def within_python(micros: pa.Array, bounds: tuple[int, int] = _MICROS) -> bool:
    """True where all counts are of the years that Python has."""
    found = pc.min_max(micros).as_py()
    return found["min"] is None or (found["min"] >= bounds[0] and found["max"] <= bounds[1])


def _check(counts: pa.Array, bounds: tuple[int, int]) -> None:
    if not within_python(counts, bounds):
        raise OverflowError("a date or timestamp is outside of the years 1 to 9999, which Python cannot hold")


@cache
def _numpy() -> Any:
    try:
        return importlib.import_module("numpy")
    except ImportError:
        return None
