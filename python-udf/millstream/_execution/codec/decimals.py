"""DECIMAL ↔ decimal.Decimal."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

import pyarrow as pa

from .base import Codec, Unfit, exact_types, first_mismatch

#: Wide enough that quantizing never overflows the context before the precision of the type is checked.
_CONTEXT = Context(prec=100, rounding=ROUND_HALF_EVEN)


class DecimalCodec(Codec):
    """Results are rounded half to even to the scale; what exceeds the precision does not fit; ints widen."""

    def decode(self, array: pa.Array) -> list[Any]:
        # By way of text: pyarrow's own conversion takes more than twice as long.
        return [None if text is None else Decimal(text) for text in array.cast(pa.string()).to_pylist()]

    def encode(self, values: list[Any]) -> pa.Array:
        if exact_types(values) <= {Decimal}:
            try:
                return pa.array(values, self.arrow_type)
            except (pa.ArrowException, TypeError, ValueError):
                pass
        try:
            rounded = [None if value is None else self._rounded(value) for value in values]
        except Exception:
            raise first_mismatch(values, self._rounded, "decimal.Decimal") from None
        return pa.array(rounded, self.arrow_type)

    def _rounded(self, value: Any) -> Decimal:
        if isinstance(value, int) and not isinstance(value, bool):
            value = Decimal(value)
        if not isinstance(value, Decimal):
            raise TypeError
        if not value.is_finite():
            raise Unfit(f"{self.data_type} has no {value}")
        scale = Decimal(1).scaleb(-self.data_type.scale)
        beyond = value.adjusted() >= self.data_type.precision
        rounded = value if beyond else value.quantize(scale, context=_CONTEXT)
        if rounded.adjusted() >= self.data_type.precision - self.data_type.scale and rounded != 0:
            raise Unfit(f"it does not fit into {self.data_type}")
        return rounded
