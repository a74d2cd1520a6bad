"""Random types of any nesting and values of them, as row functions see them."""

from __future__ import annotations

import datetime
import math
from decimal import Context, Decimal
from typing import Any

from hypothesis import strategies as st

from millstream import Row
from millstream._types import DataType, RowField, parse_type

UTC = datetime.timezone.utc
WIDE = Context(prec=38)


def _int(bits: int) -> st.SearchStrategy[Any]:
    return st.integers(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


TIMES_OF_DAY = st.times()
DATETIMES = st.datetimes(datetime.datetime(1, 1, 2), datetime.datetime(9999, 12, 30))
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "BOOLEAN": st.booleans(),
    "TINYINT": _int(8),
    "SMALLINT": _int(16),
    "INT": _int(32),
    "BIGINT": _int(64),
    "FLOAT": st.floats(width=32),
    "DOUBLE": st.floats(),
    "STRING": st.text(st.characters(exclude_categories=["Cs"])),
    "BYTES": st.binary(),
    "DATE": st.dates(),
    "TIME(6)": TIMES_OF_DAY,
    "TIMESTAMP(6)": DATETIMES,
    "TIMESTAMP(9)": st.datetimes(datetime.datetime(1700, 1, 1), datetime.datetime(2200, 1, 1)),
    "TIMESTAMP_LTZ(6)": DATETIMES.map(lambda v: v.replace(tzinfo=UTC)),
    "DECIMAL(20, 4)": st.decimals(-(10**15), 10**15, places=4),
    "DECIMAL(38, 10)": st.integers(-(10**38) + 1, 10**38 - 1).map(lambda n: Decimal(n).scaleb(-10, WIDE)),
    "INTERVAL YEAR TO MONTH": _int(32),
    "INTERVAL DAY TO SECOND(3)": st.integers(-(10**13), 10**13).map(
        lambda millis: datetime.timedelta(milliseconds=millis)
    ),
    "MULTISET<STRING>": st.dictionaries(st.text("ab", max_size=2), st.integers(1, 9), max_size=3),
}
NAMES = ("f0", "count", "a b", "naïve", "select", "`")


def _typed(text: str) -> st.SearchStrategy[Any]:
    return _with_and_without_null(parse_type(text), VALUES[text])


def _with_and_without_null(data_type: DataType, values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.sampled_from([(data_type, st.none() | values)] * 3 + [(data_type.not_null(), values)])


def _nest(inner: Any) -> Any:
    def array(t: Any) -> Any:
        return _with_and_without_null(DataType("ARRAY", element=t[0]), st.lists(t[1], max_size=4))

    def mapping(t: Any) -> Any:
        values = st.dictionaries(VALUES["INT"], t[1], max_size=3)
        return _with_and_without_null(DataType("MAP", key=parse_type("INT NOT NULL"), value=t[0]), values)

    def row(ts: Any) -> Any:
        fields = tuple(RowField(name, t[0]) for name, t in zip(NAMES, ts, strict=False))
        names = [f.name for f in fields]
        values = st.tuples(*(t[1] for t in ts)).map(lambda vs: Row(**dict(zip(names, vs, strict=True))))
        return _with_and_without_null(DataType("ROW", fields=fields), values)

    return st.one_of(
        inner.flatmap(array), inner.flatmap(mapping), st.lists(inner, min_size=1, max_size=3).flatmap(row)
    )


#: A type, and the strategy of its values, None among them where the type has NULL.
TYPED = st.recursive(st.sampled_from(sorted(VALUES)).flatmap(_typed), _nest, max_leaves=4)


def same_values(a: Any, b: Any) -> bool:
    """Equality of values and of their Python types; NaN equals NaN."""
    if isinstance(a, float) and math.isnan(a):
        return isinstance(b, float) and math.isnan(b)
    if isinstance(a, Row):
        return isinstance(b, Row) and len(a) == len(b) and all(map(same_values, a, b))
    if isinstance(a, list):
        return type(a) is type(b) and len(a) == len(b) and all(map(same_values, a, b))
    if isinstance(a, dict):
        return type(a) is type(b) and a.keys() == b.keys() and all(same_values(a[k], b[k]) for k in a)
    return type(a) is type(b) and a == b
