"""Arrow's intervals as arrays that pyarrow has."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from .kinds import DAY_TIME_INTERVAL, MONTH_INTERVAL

_MILLISECONDS_OF_A_DAY = 86_400_000


def with_standins(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch with integers of the same bytes for intervals whose arrays pyarrow cannot hand out: Int32 for
    months, Int64 for days and milliseconds."""
    fields = [field.with_type(_standin(field.type)) for field in batch.schema]
    if [field.type for field in fields] == batch.schema.types:
        return batch
    return pa.record_batch(_Relabelled(batch, pa.schema(fields)))


class _Relabelled:
    """A batch under another schema of the same buffers (Arrow's PyCapsule interface)."""

    def __init__(self, batch: pa.RecordBatch, schema: pa.Schema) -> None:
        self._batch = batch
        self._schema = schema

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        _, array = self._batch.__arrow_c_array__()
        return self._schema.__arrow_c_schema__(), array


def _standin(arrow_type: Any) -> Any:
    return {MONTH_INTERVAL: pa.int32(), DAY_TIME_INTERVAL: pa.int64()}.get(str(arrow_type), arrow_type)


def day_time_parts(standin: pa.Array) -> pa.Array:
    """Days (low half) and milliseconds (high half) → a duration; a day has 24 hours, as in SQL."""
    milliseconds = pc.shift_right(standin, 32)
    days = pc.shift_right(pc.shift_left(standin, 32), 32)
    total = pc.add_checked(pc.multiply_checked(days, _MILLISECONDS_OF_A_DAY), milliseconds)
    return total.view(pa.duration("ms"))


def month_day_nano_rows(array: pa.Array) -> pa.Array:
    """16 bytes a value (months, days: 4 each; nanoseconds: 8) → structs."""
    _, values = array.buffers()
    size, start = len(array), array.offset
    narrow = pa.Array.from_buffers(pa.int32(), 4 * (start + size), [None, values])
    wide = pa.Array.from_buffers(pa.int64(), 2 * (start + size), [None, values])

    def every(step: int, first: int) -> pa.Array:
        return pa.array(range(step * start + first, step * (start + size), step), pa.int64())

    parts = [narrow.take(every(4, 0)), narrow.take(every(4, 1)), wide.take(every(2, 1))]
    fields = [
        pa.field("months", pa.int32()),
        pa.field("days", pa.int32()),
        pa.field("nanoseconds", pa.int64()),
    ]
    return pa.StructArray.from_arrays(parts, fields=fields, mask=array.is_null())
