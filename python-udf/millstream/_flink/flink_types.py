"""Millstream's types as PyFlink's."""

from __future__ import annotations

from typing import Any

from .._types import DataType
from ..errors import UdfError


def flink_type(data_type: DataType, types: Any) -> Any:
    """PyFlink's object of a type, nullable as functions give it.

    Args:
        types: `pyflink.table.DataTypes`.

    Raises:
        UdfError: FLINK_UNSUPPORTED for types that its Python does not have.
    """
    kind = data_type.kind
    if kind in ("BOOLEAN", "TINYINT", "SMALLINT", "INT", "BIGINT", "FLOAT", "DOUBLE", "DATE"):
        return getattr(types, kind)()
    if kind in ("CHAR", "BINARY"):
        return getattr(types, kind)(data_type.length)
    if kind in ("STRING", "VARCHAR"):
        return types.STRING()
    if kind in ("BYTES", "VARBINARY"):
        return types.BYTES()
    if kind == "DECIMAL":
        return types.DECIMAL(data_type.precision, data_type.scale)
    if kind == "TIME":
        return types.TIME(data_type.precision)
    if kind in ("TIMESTAMP", "TIMESTAMP_LTZ"):
        return getattr(types, kind)(min(data_type.precision, 6))
    if kind == "ARRAY" and data_type.element is not None:
        return types.ARRAY(flink_type(data_type.element, types))
    if kind == "MAP" and data_type.key is not None and data_type.value is not None:
        return types.MAP(flink_type(data_type.key, types), flink_type(data_type.value, types))
    if kind == "ROW":
        return types.ROW([types.FIELD(f.name, flink_type(f.type, types)) for f in data_type.fields])
    raise UdfError(
        "FLINK_UNSUPPORTED",
        f"PyFlink's functions have no type {data_type}.",
        hint="Declare another type and convert the value in the function.",
    )
