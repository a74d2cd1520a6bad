"""`batch="arrow"`: pyarrow arrays, without a copy."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from ..codec import Codec
from .base import Misfit, Vectors
from .fit import fit


class ArrowVectors(Vectors):
    """A column is a `pyarrow.Array`; results may be chunked. INTERVAL DAY TO SECOND is a duration."""

    package = "pyarrow"

    def from_array(self, array: pa.Array, codec: Codec) -> Any:
        wanted = codec.vector_type
        return array if array.type.equals(wanted) else array.cast(wanted)

    def from_result(self, result: Any, codec: Codec) -> pa.Array:
        if not isinstance(result, (pa.Array, pa.ChunkedArray)):
            raise Misfit(f"a value of type {type(result).__name__}, not a pyarrow.Array")
        return fit(result, codec.data_type, self.dialect)

    def scalar(self, result: Any, codec: Codec) -> Any:
        return result.as_py() if isinstance(result, pa.Scalar) else super().scalar(result, codec)
