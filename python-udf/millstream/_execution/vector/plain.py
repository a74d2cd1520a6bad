"""Undoes encodings: dictionaries, run ends, views, extension types, lists of one size."""

from __future__ import annotations

import pyarrow as pa

from ..._late import pc

_t = pa.types


def plain(array: pa.Array) -> pa.Array:
    """The same values in the encoding that the wire has, at the outer level; below it nothing changes."""
    kind = array.type
    if isinstance(array, pa.ExtensionArray):
        return plain(array.storage)
    if _t.is_dictionary(kind):
        return plain(array.dictionary_decode())
    if _is(kind, "is_run_end_encoded"):
        return plain(pc.run_end_decode(array))
    if _is(kind, "is_string_view"):
        return array.cast(pa.large_string())
    if _is(kind, "is_binary_view"):
        return array.cast(pa.large_binary())
    if _t.is_fixed_size_list(kind) or _is(kind, "is_list_view"):
        return array.cast(pa.list_(kind.value_type))
    if _is(kind, "is_large_list_view"):
        return array.cast(pa.large_list(kind.value_type))
    return array


def _is(arrow_type: pa.DataType, test: str) -> bool:
    """A test that older versions of pyarrow, which have no such types, do not have."""
    found = getattr(_t, test, None)
    return found is not None and bool(found(arrow_type))
