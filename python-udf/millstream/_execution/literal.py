"""Constants of a query: from the JSON encoding of results (DESIGN, "The command") to Python values."""

from __future__ import annotations

import base64
import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from .._types import DataType
from .codec import Codec, codec_for


def literal_value(encoded: object, codec: Codec) -> Any:
    """The Python value that a function reading by `codec` gets for a constant.

    Way through Arrow: a constant looks exactly like a column's value of the same type.
    """
    plain = codec_for(codec.data_type)
    return next(iter(codec.decode(plain.encode([plain_value(encoded, codec.data_type)]))))


def plain_value(encoded: Any, data_type: DataType) -> Any:
    """The value that pyarrow makes a constant of a type from."""
    if encoded is None:
        return None
    match data_type:
        case DataType(kind="ARRAY", element=DataType() as element):
            return [plain_value(item, element) for item in encoded]
        case DataType(kind="ROW", fields=fields):
            return tuple(plain_value(item, field.type) for item, field in zip(encoded, fields, strict=True))
        case DataType(kind="MAP", key=DataType() as key, value=DataType() as value):
            return {plain_value(k, key): plain_value(v, value) for k, v in encoded["$map"]}
        case DataType(kind="MULTISET", element=DataType() as element):
            return {plain_value(k, element): int(v) for k, v in encoded["$map"]}
        case _:
            return _SIMPLE.get(data_type.kind, _same)(encoded)


def _same(encoded: Any) -> Any:
    return encoded


def _float(encoded: Any) -> float:
    return float(encoded["$float"]) if isinstance(encoded, dict) else float(encoded)


def _bytes(encoded: Any) -> bytes:
    return base64.b64decode(encoded["$bytes"])


def _timestamp(encoded: str) -> datetime.datetime:
    day, _, time = encoded.rstrip("Z").replace("T", " ").partition(" ")
    return datetime.datetime.combine(datetime.date.fromisoformat(day), _time(time or "00:00:00"))


def _instant(encoded: str) -> datetime.datetime:
    return _timestamp(encoded).replace(tzinfo=datetime.timezone.utc)


def _time(encoded: str) -> datetime.time:
    # Fractions of one to nine digits: before Python 3.11 `fromisoformat` takes three or six.
    whole, _, fraction = encoded.partition(".")
    return datetime.time.fromisoformat(whole).replace(microsecond=int((fraction + "000000")[:6]))


def _interval(encoded: Any) -> datetime.timedelta:
    return datetime.timedelta(milliseconds=int(encoded))


_SIMPLE: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("TINYINT", "SMALLINT", "INT", "BIGINT", "INTERVAL_YEAR_MONTH"), int),
    "INTERVAL_DAY_TIME": _interval,
    "FLOAT": _float,
    "DOUBLE": _float,
    "DECIMAL": Decimal,
    "BINARY": _bytes,
    "VARBINARY": _bytes,
    "BYTES": _bytes,
    "DATE": datetime.date.fromisoformat,
    "TIME": _time,
    "TIMESTAMP": _timestamp,
    "TIMESTAMP_LTZ": _instant,
}
