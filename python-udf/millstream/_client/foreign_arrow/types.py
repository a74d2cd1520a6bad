"""The SQL type of an Arrow column, whatever its layout."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from ..._types import DataType, RowField, from_arrow
from ...errors import UdfError
from .kinds import (
    DAY_TIME_INTERVAL,
    MONTH_DAY_NANO_INTERVAL,
    MONTH_INTERVAL,
    fields_of,
    is_list,
    is_narrow_decimal,
    is_run_end_encoded,
    unique_names,
)

_MOST_DIGITS = 38


def sql_type(arrow_type: Any) -> DataType:
    """Follows from the Arrow type alone, never from values.

    A union is a ROW: its first field `tag` names the member of the row, whose value is in the field of that
    name. A column that has no type of values, Arrow's null, is STRING.

    >>> str(sql_type(pa.dictionary(pa.int8(), pa.uint64())))
    'DECIMAL(20, 0)'

    Raises:
        UdfError: UDF_TYPE where SQL has no such type.
    """
    t = pa.types
    if isinstance(arrow_type, pa.BaseExtensionType):
        known = _EXTENSIONS.get(arrow_type.extension_name)
        return DataType(known) if known is not None else sql_type(arrow_type.storage_type)
    if t.is_dictionary(arrow_type) or is_run_end_encoded(arrow_type):
        return _nested(arrow_type.value_type)
    if is_list(arrow_type):
        return DataType("ARRAY", element=_nested(arrow_type.value_type))
    if t.is_map(arrow_type):
        return DataType("MAP", key=_nested(arrow_type.key_type), value=_nested(arrow_type.item_type))
    if t.is_union(arrow_type):
        tag = ("tag", DataType("STRING"))
        return _row([tag, *((field.name, _nested(field.type)) for field in fields_of(arrow_type))])
    if t.is_struct(arrow_type):
        return _row([(field.name, _nested(field.type)) for field in fields_of(arrow_type)])
    if t.is_decimal(arrow_type) or is_narrow_decimal(arrow_type):
        return _decimal(arrow_type)
    if t.is_fixed_size_binary(arrow_type):
        return (
            DataType("BINARY", length=arrow_type.byte_width) if arrow_type.byte_width else DataType("BYTES")
        )
    simple = _SIMPLE.get(str(arrow_type))
    return simple if simple is not None else from_arrow(arrow_type)


def _nested(arrow_type: Any) -> DataType:
    if str(arrow_type) in (MONTH_INTERVAL, DAY_TIME_INTERVAL):
        raise UdfError("UDF_TYPE", f"A {arrow_type} inside of another type cannot be read.")
    return sql_type(arrow_type)


def _row(fields: list[tuple[str, DataType]]) -> DataType:
    if not fields:
        raise UdfError("UDF_TYPE", "A struct without fields has no SQL type.")
    names = unique_names(name for name, _ in fields)
    return DataType("ROW", fields=tuple(RowField(n, t) for n, (_, t) in zip(names, fields, strict=True)))


def _decimal(arrow_type: Any) -> DataType:
    """As many digits as SQL has; values with more are refused when they come."""
    scale = max(0, arrow_type.scale)
    if scale > _MOST_DIGITS:
        raise UdfError(
            "UDF_TYPE", f"{arrow_type} has {scale} digits after the point; a DECIMAL has {_MOST_DIGITS}."
        )
    whole = max(arrow_type.precision - arrow_type.scale, 0)
    return DataType("DECIMAL", precision=min(_MOST_DIGITS, whole + scale), scale=scale)


_SIMPLE = {
    "null": DataType("STRING"),
    "uint64": DataType("DECIMAL", precision=20),
    "halffloat": DataType("FLOAT"),
    MONTH_INTERVAL: DataType("INTERVAL_YEAR_MONTH"),
    DAY_TIME_INTERVAL: DataType("INTERVAL_DAY_TIME"),
    MONTH_DAY_NANO_INTERVAL: DataType(
        "ROW",
        fields=(
            RowField("months", DataType("INT")),
            RowField("days", DataType("INT")),
            RowField("nanoseconds", DataType("BIGINT")),
        ),
    ),
}

#: Extension types whose values SQL has as something else than their storage.
_EXTENSIONS = {"arrow.uuid": "STRING", "arrow.bool8": "BOOLEAN"}
