"""Integers and floats: packed and read at the speed of `struct` and `memoryview`; numpy is not needed."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from typing import Any, cast

import pyarrow as pa
from pyarrow import types

from ..._late import pc
from ..._types import DataType
from .base import Codec, Unfit, first_mismatch, set_nulls, with_nulls

#: struct formats by type; `struct` refuses floats for integers and what does not fit.
FORMATS = {
    "TINYINT": "b",
    "SMALLINT": "h",
    "INT": "i",
    "BIGINT": "q",
    "FLOAT": "f",
    "DOUBLE": "d",
    "INTERVAL_YEAR_MONTH": "i",
}


class NumberCodec(Codec):
    """TINYINT to BIGINT and INTERVAL YEAR TO MONTH ↔ int, FLOAT and DOUBLE ↔ float."""

    is_plain = True

    def __init__(self, data_type: DataType) -> None:
        super().__init__(data_type)
        self._format = FORMATS[data_type.kind]
        self._width = struct.calcsize(self._format)

    def decode(self, array: pa.Array) -> Sequence[Any]:
        data = array.buffers()[1]
        count = len(array)
        if data is None or count == 0:
            return [None] * count
        start = array.offset * self._width
        numbers = memoryview(data)[start : start + count * self._width].cast(cast(Any, self._format))
        return numbers if array.null_count == 0 else set_nulls(numbers.tolist(), array)

    def encode(self, values: list[Any]) -> pa.Array:
        count = len(values)
        try:
            packed = struct.pack(f"{count}{self._format}", *values)
            array = pa.Array.from_buffers(self.arrow_type, count, [None, pa.py_buffer(packed)])
        except (struct.error, TypeError, ValueError, OverflowError):
            array = self._encode_with_nulls(values)
        if self._format == "f":
            self._check_float_range(array, values)
        return array

    def keeps(self, values: list[Any], kinds: set[type]) -> bool:
        if self._format == "f" or kinds - {self._python}:
            return False
        return self._python is float or self._fits(values)

    @property
    def _python(self) -> type:
        return float if self._format in "fd" else int

    def _encode_with_nulls(self, values: list[Any]) -> pa.Array:
        array = self._inferred(values)
        if array is not None:
            return array
        filled = [0 if value is None else value for value in values]
        try:
            packed = struct.pack(f"{len(values)}{self._format}", *filled)
        except (struct.error, TypeError, ValueError, OverflowError):
            raise first_mismatch(values, self._check, self._python.__name__) from None
        return with_nulls(self.arrow_type, values, pa.py_buffer(packed))

    def _inferred(self, values: list[Any]) -> pa.Array | None:
        """The column where pyarrow finds such numbers alone; told the type, it takes floats for integers."""
        try:
            array = pa.array(values)
            found = array.type
            if (
                types.is_integer(found)
                or types.is_null(found)
                or (types.is_floating(found) and self._python is float)
            ):
                return array.cast(self.arrow_type)
        except (pa.ArrowException, TypeError, ValueError, OverflowError):
            pass
        return None

    def _check(self, value: Any) -> None:
        try:
            struct.pack(self._format, value)
        except (struct.error, TypeError, ValueError, OverflowError):
            if isinstance(value, int):
                raise Unfit(f"it does not fit into {self.data_type}") from None
            raise

    def _fits(self, values: list[Any]) -> bool:
        try:
            self.encode(values)
        except Exception:
            return False
        return True

    def _check_float_range(self, array: pa.Array, values: list[Any]) -> None:
        if not pc.any(pc.is_inf(array)).as_py():
            return

        def check(value: Any) -> None:
            if math.isinf(struct.unpack("f", struct.pack("f", value))[0]) and not math.isinf(value):
                raise Unfit(f"it does not fit into {self.data_type}")

        mismatch = first_mismatch(values, check, "float")
        if mismatch.index >= 0:
            raise mismatch
