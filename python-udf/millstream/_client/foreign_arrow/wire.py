"""Plain arrays → the units and precisions of the wire."""

from __future__ import annotations

import pyarrow as pa

from ..._types import DataType, to_arrow, to_vector


def on_wire(array: pa.Array, data_type: DataType) -> pa.Array:
    """The same values as `to_arrow(data_type)`; durations become milliseconds first.

    Raises:
        pyarrow.ArrowInvalid: where a value would lose digits or not fit.
    """
    vector = to_vector(data_type)
    if array.type != vector:
        array = array.cast(vector)
    wire = to_arrow(data_type)
    return array if array.type == wire else array.cast(wire)
