"""What tells the types of Arrow apart, in every version of pyarrow."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

#: pyarrow reads columns of these two types, but has no Python object for their arrays.
MONTH_INTERVAL = "month_interval"
DAY_TIME_INTERVAL = "day_time_interval"
MONTH_DAY_NANO_INTERVAL = "month_day_nano_interval"


def is_list(arrow_type: pa.DataType) -> bool:
    """Lists of every layout: plain, large, of fixed size, views."""
    t = pa.types
    plain = t.is_list(arrow_type) or t.is_large_list(arrow_type) or t.is_fixed_size_list(arrow_type)
    return plain or _is(arrow_type, "is_list_view", "is_large_list_view")


def is_run_end_encoded(arrow_type: pa.DataType) -> bool:
    """Values, each with the row that its run ends at."""
    return _is(arrow_type, "is_run_end_encoded")


def is_narrow_decimal(arrow_type: pa.DataType) -> bool:
    """Decimals of 4 or 8 bytes."""
    return _is(arrow_type, "is_decimal32", "is_decimal64")


def fields_of(arrow_type: Any) -> list[pa.Field]:
    """Children of a struct or union."""
    return [arrow_type.field(i) for i in range(arrow_type.num_fields)]


def unique_names(names: Iterable[str]) -> list[str]:
    """Names that SQL can tell apart: one without text is named by its place, one that was there is numbered.

    >>> unique_names(["a", "a", ""])
    ['a', 'a_1', 'f2']
    """
    unique: list[str] = []
    for place, name in enumerate(names):
        wanted = name or f"f{place}"
        number = 0
        while (candidate := f"{wanted}_{number}" if number else wanted) in unique:
            number += 1
        unique.append(candidate)
    return unique


def _is(arrow_type: pa.DataType, *tests: str) -> bool:
    return any(hasattr(pa.types, test) and getattr(pa.types, test)(arrow_type) for test in tests)
