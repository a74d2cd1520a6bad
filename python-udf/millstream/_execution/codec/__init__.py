"""Conversions between Arrow columns and lists of Python values, one codec for each type."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import lru_cache

from ..._types import DataType, Shape
from .base import Codec, Mismatch
from .converted import ConvertedCodec
from .decimals import DecimalCodec
from .nested import ArrayCodec, MapCodec, RowCodec
from .number import FORMATS, NumberCodec
from .simple import BooleanCodec, BytesCodec, NullCodec, TextCodec
from .temporal import DateCodec, InstantCodec, IntervalCodec, TimeCodec, TimestampCodec

__all__ = ["MILLSTREAM_DIALECT", "Codec", "Dialect", "Mismatch", "codec_for"]


@dataclass(frozen=True)
class Dialect:
    """Where functions differ by how they were declared.

    `zone`: the zone in which TIMESTAMP_LTZ values are handed over. `naive_zone`: the zone of naive
    datetimes given back for TIMESTAMP_LTZ; None refuses them. `pyflink`: vectors look as PyFlink's do, and
    those of floats are cut where integers are declared, not refused.
    """

    zone: datetime.tzinfo = datetime.timezone.utc
    naive_zone: datetime.tzinfo | None = None
    pyflink: bool = False


MILLSTREAM_DIALECT = Dialect()


@lru_cache(maxsize=4096)
def codec_for(
    data_type: DataType, dialect: Dialect = MILLSTREAM_DIALECT, shape: Shape | None = None
) -> Codec:
    """The codec of a type; equal arguments share one, so codecs can be compared by identity."""
    nullable = data_type.as_nullable()
    if shape is not None and shape.conversion is not None:
        return ConvertedCodec(codec_for(data_type, dialect), shape.conversion)
    inner = (*shape.inner, None, None) if shape is not None else (None, None)
    match nullable:
        case DataType(kind=kind) if kind in FORMATS:
            return NumberCodec(nullable)
        case DataType(kind="BOOLEAN"):
            return BooleanCodec(nullable)
        case DataType(kind="CHAR" | "VARCHAR" | "STRING"):
            return TextCodec(nullable)
        case DataType(kind="BINARY" | "VARBINARY" | "BYTES"):
            return BytesCodec(nullable)
        case DataType(kind="DATE"):
            return DateCodec(nullable)
        case DataType(kind="TIME"):
            return TimeCodec(nullable)
        case DataType(kind="TIMESTAMP"):
            return TimestampCodec(nullable)
        case DataType(kind="TIMESTAMP_LTZ"):
            return InstantCodec(nullable, dialect.zone, dialect.naive_zone)
        case DataType(kind="INTERVAL_DAY_TIME"):
            return IntervalCodec(nullable)
        case DataType(kind="DECIMAL"):
            return DecimalCodec(nullable)
        case DataType(kind="ARRAY", element=DataType() as element):
            return ArrayCodec(nullable, codec_for(element, dialect, inner[0]))
        case DataType(kind="MAP", key=DataType() as key, value=DataType() as value):
            return MapCodec(nullable, codec_for(key, dialect, inner[0]), codec_for(value, dialect, inner[1]))
        case DataType(kind="MULTISET", element=DataType() as element):
            return MapCodec(nullable, codec_for(element, dialect, inner[0]), codec_for(DataType("INT")))
        case DataType(kind="ROW", fields=fields):
            shapes = shape.inner if shape is not None and shape.make is not None else (None,) * len(fields)
            children = [codec_for(f.type, dialect, s) for f, s in zip(fields, shapes, strict=True)]
            return RowCodec(nullable, children, shape.make if shape is not None else None)
        case _:
            return NullCodec(nullable)
