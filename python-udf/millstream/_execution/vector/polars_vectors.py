"""`batch="polars"`: Series of Polars, without a copy where Polars needs none."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from ..codec import Codec, Dialect
from .base import Misfit, Vectors, import_package
from .fit import fit


class PolarsVectors(Vectors):
    """NULL stays NULL in both directions; NaN is a number. A MAP is a list of structs of key and value."""

    package = "polars"

    def __init__(self, dialect: Dialect) -> None:
        super().__init__(dialect)
        self._pl = import_package(self.package)

    def from_array(self, array: pa.Array, codec: Codec) -> Any:
        wanted = codec.vector_type
        return self._pl.from_arrow(array if array.type.equals(wanted) else array.cast(wanted))

    def from_result(self, result: Any, codec: Codec) -> pa.Array:
        if not isinstance(result, self._pl.Series):
            raise Misfit(f"a value of type {type(result).__name__}, not a polars.Series")
        return fit(result.to_arrow(), codec.data_type, self.dialect)
