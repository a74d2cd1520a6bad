"""`batch="numpy"`: arrays; a column with NULLs is a masked array, so that integers stay integers."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ..codec import Codec, Dialect
from .base import Misfit, Vectors, import_package
from .fit import fit


class NumpyVectors(Vectors):
    """Numbers and booleans are numpy's; other types are arrays of objects, as row functions see them."""

    package = "numpy"

    def __init__(self, dialect: Dialect) -> None:
        super().__init__(dialect)
        self._np = import_package(self.package)

    def from_array(self, array: pa.Array, codec: Codec) -> Any:
        np = self._np
        kind = array.type
        if not (pa.types.is_primitive(kind) and not pa.types.is_temporal(kind)):
            objects = np.empty(len(array), dtype=object)
            objects[:] = codec.decode(array)
            return objects
        if array.null_count == 0:
            return array.to_numpy(zero_copy_only=False, writable=True)
        filled = pc.fill_null(array, pa.scalar(0).cast(kind)).to_numpy(zero_copy_only=False, writable=True)
        return np.ma.array(filled, mask=array.is_null().to_numpy(zero_copy_only=False))

    def from_result(self, result: Any, codec: Codec) -> pa.Array:
        np = self._np
        if not isinstance(result, np.ndarray) or result.ndim != 1:
            raise Misfit(f"a value of type {type(result).__name__}, not an array of one dimension")
        mask = np.ma.getmaskarray(result) if isinstance(result, np.ma.MaskedArray) else None
        data = np.ma.getdata(result)
        if data.dtype == object or data.dtype.kind in "US":
            values = data.tolist()
            return codec.encode(
                values if mask is None else [None if m else v for v, m in zip(values, mask, strict=True)]
            )
        return fit(pa.array(data, mask=mask), codec, self.dialect)
