"""`batch="numpy"`: arrays; a column with NULLs is a masked array, so that integers stay integers."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from ..._late import pc
from ..codec import Codec, Dialect
from .base import Misfit, Vectors, import_package
from .fit import fit

_UNITS = ("s", "ms", "us", "ns")


class NumpyVectors(Vectors):
    """Numbers and booleans are NumPy's, masked where they are NULL; DATE, TIMESTAMP and INTERVAL DAY TO
    SECOND are datetime64 and timedelta64, NaT where they are NULL; other types are arrays of objects as row
    functions see them, None where they are NULL.

    Results may also be masked arrays of objects; an array of two dimensions is a column of ARRAYs.
    """

    package = "numpy"

    def __init__(self, dialect: Dialect) -> None:
        super().__init__(dialect)
        self._np = import_package(self.package)

    def from_array(self, array: pa.Array, codec: Codec) -> Any:
        np, kind = self._np, codec.data_type.kind
        if kind in ("DATE", "TIMESTAMP", "INTERVAL_DAY_TIME"):
            return array.cast(codec.vector_type).to_numpy(zero_copy_only=False)
        if not (pa.types.is_boolean(array.type) or _is_number(array.type)):
            objects = np.empty(len(array), dtype=object)
            objects[:] = codec.decode(array)
            return objects
        if array.null_count == 0:
            return array.to_numpy(zero_copy_only=False, writable=True)
        zero = pa.scalar(0).cast(array.type)
        filled = pc.fill_null(array, zero).to_numpy(zero_copy_only=False, writable=True)
        return np.ma.array(filled, mask=array.is_null().to_numpy(zero_copy_only=False))

    def from_result(self, result: Any, codec: Codec) -> pa.Array:
        np = self._np
        two = getattr(result, "ndim", 0) == 2 and codec.data_type.kind == "ARRAY"
        if not isinstance(result, np.ndarray) or not (result.ndim == 1 or two):
            raise Misfit(f"a value of type {type(result).__name__}, not an array of one dimension")
        mask = np.ma.getmaskarray(result) if isinstance(result, np.ma.MaskedArray) else None
        data = np.ma.getdata(result)
        if two:
            flat = self._column(data.ravel(), None if mask is None else mask.ravel())
            return fit(_lists(flat, *data.shape), codec.data_type, self.dialect)
        if data.dtype == object or data.dtype.kind in "USV":
            values = data.tolist()
            return codec.encode(
                values if mask is None else [None if m else v for v, m in zip(values, mask, strict=True)]
            )
        return fit(self._column(data, mask), codec.data_type, self.dialect)

    def _column(self, data: Any, mask: Any) -> pa.Array:
        if data.dtype.kind in "mM":
            unit = self._np.datetime_data(data.dtype)[0]
            if unit not in _UNITS and not (unit == "D" and data.dtype.kind == "M"):
                data = data.astype(f"{data.dtype.kind}8[s]")
        if not data.dtype.isnative:
            data = data.astype(data.dtype.newbyteorder("="))
        return pa.array(data, mask=mask)


def _is_number(arrow_type: pa.DataType) -> bool:
    return bool(pa.types.is_integer(arrow_type) or pa.types.is_floating(arrow_type))


def _lists(flat: pa.Array, rows: int, width: int) -> pa.Array:
    offsets = pa.array([i * width for i in range(rows + 1)], pa.int32())
    return pa.ListArray.from_arrays(offsets, flat)
