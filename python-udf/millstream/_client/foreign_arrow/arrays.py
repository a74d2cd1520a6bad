"""Arrays of any layout → the same values without dictionaries, runs, views, unions and extension types."""

from __future__ import annotations

import uuid
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from .intervals import day_time_parts, month_day_nano_rows, with_standins
from .kinds import (
    DAY_TIME_INTERVAL,
    MONTH_DAY_NANO_INTERVAL,
    fields_of,
    is_list,
    is_narrow_decimal,
    is_run_end_encoded,
    unique_names,
)


def plain_batch(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The same rows, columns in order; units, precisions and signs of numbers stay as they are.

    Raises:
        pyarrow.ArrowException: for layouts that pyarrow cannot take apart.
    """
    columns = zip(with_standins(batch).columns, batch.schema.types, strict=True)
    arrays = [plain_array(column, arrow_type) for column, arrow_type in columns]
    return pa.RecordBatch.from_arrays(arrays, unique_names(batch.schema.names))


def plain_array(array: Any, arrow_type: Any) -> Any:
    """`arrow_type` is that of the column; the array of an interval may be its stand-in (`intervals.py`)."""
    t = pa.types
    if len(array) == 0 and array.type == arrow_type:
        # Offsets of no rows are not validated, and may point anywhere.
        array = pa.nulls(0, arrow_type)
    if isinstance(arrow_type, pa.BaseExtensionType):
        return _plain_extension(array, arrow_type)
    if t.is_dictionary(arrow_type):
        return plain_array(array.dictionary, arrow_type.value_type).take(array.indices)
    if is_run_end_encoded(arrow_type):
        return plain_array(pc.run_end_decode(array), arrow_type.value_type)
    if t.is_map(arrow_type):
        return _plain_map(array, arrow_type)
    if is_list(arrow_type):
        return _list_of(array, plain_array(array.flatten(), arrow_type.value_type))
    if t.is_union(arrow_type):
        return _plain_union(array, arrow_type)
    if t.is_struct(arrow_type):
        fields = fields_of(arrow_type)
        children = [
            plain_array(child, field.type) for child, field in zip(array.flatten(), fields, strict=True)
        ]
        return _struct(children, [field.name for field in fields], array.is_null())
    if is_narrow_decimal(arrow_type):
        return array.cast(pa.decimal128(arrow_type.precision, arrow_type.scale))
    if t.is_fixed_size_binary(arrow_type):
        return array.cast(pa.binary())
    name = str(arrow_type)
    if name == DAY_TIME_INTERVAL:
        return day_time_parts(array)
    if name == MONTH_DAY_NANO_INTERVAL:
        return month_day_nano_rows(array)
    if name in _VIEWS and array.null_count > 0:
        return _plain_views(array, _PLAIN[name])
    return array.cast(_PLAIN[name]) if name in _PLAIN else array


_VIEWS = ("string_view", "binary_view")
#: Values of these are all values of those.
_PLAIN = {
    "halffloat": pa.float32(),
    "large_string": pa.string(),
    "string_view": pa.string(),
    "large_binary": pa.binary(),
    "binary_view": pa.binary(),
    "null": pa.string(),
}


def _plain_extension(array: Any, arrow_type: Any) -> Any:
    storage = plain_array(array.storage, arrow_type.storage_type)
    if arrow_type.extension_name == "arrow.bool8":
        return storage.cast(pa.bool_())
    if arrow_type.extension_name == "arrow.uuid":
        values = (value.as_py() for value in storage)
        return pa.array([None if v is None else str(uuid.UUID(bytes=v)) for v in values], pa.string())
    return storage


def _plain_views(array: Any, plain: pa.DataType) -> Any:
    """Value by value: where the view of a NULL points is not validated, but casts go there (pyarrow 26)."""
    return pa.array(array.to_pylist(), plain)


def _list_of(array: Any, values: Any) -> Any:
    """Offsets are counted anew: views have none, and casts of views leave short ones (pyarrow 26)."""
    lengths = pc.fill_null(pc.list_value_length(array), 0).cast(pa.int32())
    offsets = pa.concat_arrays([pa.array([0], pa.int32()), pc.cumulative_sum(lengths)])
    return pa.ListArray.from_arrays(offsets, values, mask=array.is_null())


def _plain_map(array: Any, arrow_type: Any) -> Any:
    entry = pa.struct([pa.field("key", arrow_type.key_type, False), ("value", arrow_type.item_type)])
    entries = array.cast(pa.list_(entry))
    keys, values = entries.flatten().flatten()
    keys, values = plain_array(keys, arrow_type.key_type), plain_array(values, arrow_type.item_type)
    # Of a row without a map the offset is null (pyarrow 14 has no mask here).
    offsets = _list_of(entries, keys).offsets
    present = pa.concat_arrays([array.is_valid(), pa.array([True])])
    return pa.MapArray.from_arrays(pc.if_else(present, offsets, None), keys, values)


def _plain_union(array: Any, arrow_type: Any) -> Any:
    fields = fields_of(arrow_type)
    codes = _union_buffer(array, 1, pa.int8())
    rows = pa.array(range(len(array)), pa.int32())
    places = _union_buffer(array, 2, pa.int32()) if arrow_type.mode == "dense" else rows
    names = unique_names(["tag", *(field.name for field in fields)])
    tags = pa.nulls(len(array), pa.string())
    children = []
    for i, (code, field) in enumerate(zip(arrow_type.type_codes, fields, strict=True)):
        is_member = pc.equal(codes, code)
        tags = pc.if_else(is_member, names[i + 1], tags)
        member = plain_array(array.field(i), field.type)
        children.append(member.take(pc.if_else(is_member, places, None)))
    return _struct([tags, *children], names, None)


def _union_buffer(array: Any, number: int, arrow_type: pa.DataType) -> Any:
    """`type_codes` and `offsets` ignore where a slice begins, and crash without a buffer (pyarrow 14, 26)."""
    if len(array) == 0:
        return pa.array([], arrow_type)
    return pa.Array.from_buffers(arrow_type, len(array), [None, array.buffers()[number]], offset=array.offset)


def _struct(children: list[Any], names: list[str], nulls: Any) -> Any:
    fields = [pa.field(n, child.type) for n, child in zip(unique_names(names), children, strict=True)]
    return pa.StructArray.from_arrays(children, fields=fields, mask=nulls)
