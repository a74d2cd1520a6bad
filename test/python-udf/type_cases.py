"""A value of every SQL type, and what its edges are: the ground of the type matrix and of docs/types.md."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from millstream import Row

UTC = datetime.timezone.utc
MODES = ("row", "arrow", "pandas", "numpy", "polars")


@dataclass(frozen=True)
class TypeCase:
    """A type and values of it, as row functions see them. `hashable` ones are keys of maps as well."""

    sql: str
    values: tuple[Any, ...]
    hashable: bool = True


TYPES = (
    TypeCase("BOOLEAN", (True, False)),
    TypeCase("TINYINT", (-128, 127, 0)),
    TypeCase("SMALLINT", (-32768, 32767)),
    TypeCase("INT", (-(2**31), 2**31 - 1)),
    TypeCase("BIGINT", (-(2**63), 2**63 - 1, 2**53 + 1)),
    TypeCase("FLOAT", (0.5, -0.0, math.inf, math.nan), hashable=False),
    TypeCase("DOUBLE", (0.1, -0.0, -math.inf, math.nan, 5e-324), hashable=False),
    TypeCase("DECIMAL(10, 2)", (Decimal("-99999999.99"), Decimal("0.00"), Decimal("1.50"))),
    TypeCase("DECIMAL(38, 18)", (Decimal("12345678901234567890.123456789012345678"),)),
    TypeCase("CHAR(3)", ("abc",)),
    TypeCase("VARCHAR(5)", ("naïve", "")),
    TypeCase("STRING", ("", "\0", "🌊 naïve")),
    TypeCase("BINARY(2)", (b"\x00\xff",)),
    TypeCase("VARBINARY(3)", (b"", b"abc")),
    TypeCase("BYTES", (b"", b"\x00\xff")),
    TypeCase("DATE", (datetime.date(1, 1, 1), datetime.date(9999, 12, 31), datetime.date(1969, 12, 31))),
    TypeCase("TIME(0)", (datetime.time(0), datetime.time(23, 59, 59))),
    TypeCase("TIME(6)", (datetime.time(12, 34, 56, 789012),)),
    TypeCase("TIME(9)", (datetime.time(23, 59, 59, 999999),)),
    TypeCase("TIMESTAMP(0)", (datetime.datetime(1969, 12, 31, 23, 59, 59),)),
    TypeCase(
        "TIMESTAMP(3)", (datetime.datetime(1, 1, 1), datetime.datetime(9999, 12, 31, 23, 59, 59, 999000))
    ),
    TypeCase("TIMESTAMP(6)", (datetime.datetime(1969, 12, 31, 23, 59, 59, 999999),)),
    TypeCase("TIMESTAMP(9)", (datetime.datetime(1700, 1, 1), datetime.datetime(2262, 1, 1, 0, 0, 0, 1))),
    TypeCase("TIMESTAMP_LTZ(3)", (datetime.datetime(2020, 1, 2, 3, 4, 5, 678000, UTC),)),
    TypeCase("TIMESTAMP_LTZ(9)", (datetime.datetime(1900, 1, 1, tzinfo=UTC),)),
    TypeCase("INTERVAL YEAR TO MONTH", (-13, 0, 14)),
    TypeCase(
        "INTERVAL DAY TO SECOND(3)", (datetime.timedelta(days=-1, milliseconds=1), datetime.timedelta(0))
    ),
    TypeCase("NULL", ()),
)

NESTED = (
    TypeCase("ARRAY<ARRAY<INT>>", ([[1, None], [], None], []), hashable=False),
    TypeCase("MAP<STRING, ARRAY<DOUBLE>>", ({"a": [0.5, None], "b": None}, {}), hashable=False),
    TypeCase("MULTISET<STRING>", ({"a": 2, "b": 1}, {}), hashable=False),
    TypeCase(
        "ROW<`x` INT, `y` ROW<`z` STRING>>", (Row(x=1, y=Row(z=None)), Row(x=None, y=None)), hashable=False
    ),
    TypeCase(
        "ARRAY<ROW<`k` STRING, `m` MAP<INT, ROW<`d` DECIMAL(5, 1)>>>>",
        ([Row(k="a", m={1: Row(d=Decimal("1.5")), 2: None}), None, Row(k=None, m=None)], []),
        hashable=False,
    ),
)


def nestings(case: TypeCase) -> Iterator[TypeCase]:
    """The type itself, and as element, key, value and field of the nested types; NULL at every level."""
    values = (*case.values, None)
    yield TypeCase(case.sql, values)
    yield TypeCase(f"ARRAY<{case.sql}>", (list(values), [], [None], None))
    yield TypeCase(f"MAP<STRING, {case.sql}>", ({str(i): v for i, v in enumerate(values)}, {}, None))
    yield TypeCase(f"ROW<`x` {case.sql}, `y` INT>", (*(Row(x=v, y=1) for v in values), None))
    yield TypeCase(
        f"ARRAY<ROW<`m` MAP<INT, {case.sql}>>>",
        ([Row(m=dict(enumerate(values))), Row(m=None), None], [], None),
    )
    if case.hashable and case.values:
        yield TypeCase(f"MAP<{case.sql}, INT>", (dict.fromkeys(case.values, 1), {}, None))
        yield TypeCase(f"MULTISET<{case.sql}>", (dict.fromkeys(case.values, 2), {}, None))


def same(a: Any, b: Any) -> bool:
    """Equality that tells NaN, NULL, -0.0 and types apart."""
    if type(a) is not type(b) and not (isinstance(a, Row) and isinstance(b, Row)):
        return False
    if isinstance(a, float):
        return (math.isnan(a) and math.isnan(b)) or (a == b and math.copysign(1, a) == math.copysign(1, b))
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    return bool(a == b)
