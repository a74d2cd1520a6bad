"""Values of classes that SQL does not have, such as UUID and enumerations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from ..._types.shape import Conversion
from ...errors import UdfError
from .base import Codec


class ConvertedCodec(Codec):
    """Another codec's values ↔ objects of the annotated class; results may be either."""

    def __init__(self, inner: Codec, conversion: Conversion) -> None:
        super().__init__(inner.data_type)
        self._inner = inner
        self._conversion = conversion

    def decode(self, array: pa.Array) -> Sequence[Any]:
        make = self._conversion.made
        try:
            return [None if value is None else make(value) for value in self._inner.decode(array)]
        except ValueError as error:
            raise UdfError(
                "UDF_ARGUMENTS",
                f"An argument cannot be made a {make.__name__}, as its parameter is annotated: {error}.",
                hint=f"Annotate the parameter {self._conversion.plain}, or filter such values.",
            ) from None

    def encode(self, values: list[Any]) -> pa.Array:
        made, dump = self._conversion.made, self._conversion.dump
        return self._inner.encode([dump(value) if isinstance(value, made) else value for value in values])
