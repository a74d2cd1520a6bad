"""SQL type ↔ Arrow type on the wire; the same table as core/types/arrow-type.ts."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from ..errors import UdfError
from .data_type import DataType, RowField

_SIMPLE: dict[str, pa.DataType] = {
    "NULL": pa.null(),
    "BOOLEAN": pa.bool_(),
    "TINYINT": pa.int8(),
    "SMALLINT": pa.int16(),
    "INT": pa.int32(),
    "BIGINT": pa.int64(),
    "FLOAT": pa.float32(),
    "DOUBLE": pa.float64(),
    "CHAR": pa.string(),
    "VARCHAR": pa.string(),
    "STRING": pa.string(),
    "BINARY": pa.binary(),
    "VARBINARY": pa.binary(),
    "BYTES": pa.binary(),
    "DATE": pa.date32(),
    "TIME": pa.time64("us"),
    "INTERVAL_YEAR_MONTH": pa.int32(),
}


def to_arrow(data_type: DataType) -> pa.DataType:
    """The wire type of a SQL type; fields below it are nullable, whatever the SQL type says.

    >>> to_arrow(DataType("TIMESTAMP_LTZ", precision=3))
    TimestampType(timestamp[us, tz=UTC])
    """
    return _arrow(data_type, pa.int64())


def to_vector(data_type: DataType) -> pa.DataType:
    """The type of the Arrow columns that functions see: the wire type, but INTERVAL DAY TO SECOND is a
    duration.

    >>> to_vector(DataType("ARRAY", element=DataType("INTERVAL_DAY_TIME"))).value_type
    DurationType(duration[ms])
    """
    return _arrow(data_type, pa.duration("ms"))


def _arrow(data_type: DataType, interval: pa.DataType) -> pa.DataType:
    match data_type:
        case DataType(kind="DECIMAL"):
            return pa.decimal128(data_type.precision, data_type.scale)
        case DataType(kind="TIMESTAMP"):
            return pa.timestamp(_unit(data_type))
        case DataType(kind="TIMESTAMP_LTZ"):
            return pa.timestamp(_unit(data_type), tz="UTC")
        case DataType(kind="ARRAY", element=DataType() as element):
            return pa.list_(pa.field("item", _arrow(element, interval)))
        case DataType(kind="MULTISET", element=DataType() as element):
            return pa.map_(_arrow(element, interval), pa.int32())
        case DataType(kind="MAP", key=DataType() as key, value=DataType() as value):
            return pa.map_(_arrow(key, interval), _arrow(value, interval))
        case DataType(kind="ROW"):
            return pa.struct([pa.field(f.name, _arrow(f.type, interval)) for f in data_type.fields])
        case DataType(kind="INTERVAL_DAY_TIME"):
            return interval
        case _:
            return _SIMPLE[data_type.kind]


def to_schema(columns: Iterable[tuple[str, DataType]]) -> pa.Schema:
    """The wire schema of columns, in order, all nullable.

    >>> to_schema([("n", DataType("INT"))]).field("n").type
    DataType(int32)
    """
    return pa.schema([pa.field(name, to_arrow(data_type)) for name, data_type in columns])


def from_arrow(arrow_type: pa.DataType) -> DataType:
    """The SQL type that an Arrow column of a user's table has.

    >>> str(from_arrow(pa.list_(pa.int32())))
    'ARRAY<INT>'

    Raises:
        UdfError: UDF_TYPE where SQL has no such type.
    """
    t = pa.types
    if t.is_dictionary(arrow_type):
        return from_arrow(arrow_type.value_type)
    if t.is_decimal128(arrow_type):
        return DataType("DECIMAL", precision=arrow_type.precision, scale=arrow_type.scale)
    if t.is_timestamp(arrow_type):
        precision = {"s": 0, "ms": 3, "us": 6, "ns": 9}[arrow_type.unit]
        return DataType("TIMESTAMP" if arrow_type.tz is None else "TIMESTAMP_LTZ", precision=precision)
    if t.is_time(arrow_type):
        return DataType("TIME", precision={"s": 0, "ms": 3, "us": 6, "ns": 9}[arrow_type.unit])
    if t.is_duration(arrow_type):
        return DataType("INTERVAL_DAY_TIME")
    if t.is_list(arrow_type) or t.is_large_list(arrow_type) or t.is_fixed_size_list(arrow_type):
        return DataType("ARRAY", element=from_arrow(arrow_type.value_type))
    if t.is_map(arrow_type):
        return DataType("MAP", key=from_arrow(arrow_type.key_type), value=from_arrow(arrow_type.item_type))
    if t.is_struct(arrow_type):
        fields = (arrow_type.field(i) for i in range(arrow_type.num_fields))
        return DataType("ROW", fields=tuple(RowField(f.name, from_arrow(f.type)) for f in fields))
    kind = _KIND_OF_ARROW.get(str(arrow_type))
    if kind is None:
        raise UdfError(
            "UDF_TYPE",
            f"The Arrow type {arrow_type} has no SQL type.",
            hint="Cast the column to another type.",
        )
    return DataType(kind)


_KIND_OF_ARROW = {
    "null": "NULL", "bool": "BOOLEAN", "int8": "TINYINT", "int16": "SMALLINT", "int32": "INT",
    "int64": "BIGINT", "uint8": "SMALLINT", "uint16": "INT", "uint32": "BIGINT", "float": "FLOAT",
    "double": "DOUBLE",
    "string": "STRING", "large_string": "STRING", "string_view": "STRING", "binary": "BYTES",
    "large_binary": "BYTES", "binary_view": "BYTES", "date32[day]": "DATE", "date64[ms]": "DATE",
}  # fmt: skip


def _unit(data_type: DataType) -> str:
    return "ns" if data_type.precision > 6 else "us"
