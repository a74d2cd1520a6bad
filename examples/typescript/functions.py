"""Functions of the TypeScript examples."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from millstream import udf


@udf
def rating(minutes_late: int | None, distance: int) -> str:
    """How late a flight was, for its length; flights that never arrived have no delay."""
    if minutes_late is None:
        return "unknown"
    return "late" if minutes_late > 15 + distance // 250 else "on time"


@udf(input_types=["DOUBLE"], result_type="DOUBLE", batch="arrow")
def fahrenheit(celsius: pa.Array) -> pa.Array:
    """Whole columns in and out, so there is no loop in Python."""
    return pc.add(pc.multiply(celsius, 1.8), 32.0)
