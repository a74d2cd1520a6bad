"""How many values the columns of a row group have, by the sizes of their dictionaries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

#: TRUE, FALSE and NULL.
_BOOLEANS = 3


def distinct_keys(chunks: Sequence[Any]) -> int | None:
    """About how many combinations of values the columns have at most, given the metadata of their chunks.

    None where one has no dictionary, or there are no columns. A writer gives a dictionary up when it grows to
    its limit, a megabyte or so: what lies behind is not counted, but a dictionary of that size says enough.
    """
    product = 1
    for chunk in chunks:
        count = _distinct(chunk)
        if count is None:
            return None
        product = min(product * count, int(chunk.num_values))
    return product if chunks else None


def _distinct(chunk: Any) -> int | None:
    if chunk.physical_type == "BOOLEAN":
        return _BOOLEANS
    first = chunk.dictionary_page_offset if chunk.has_dictionary_page else None
    if first is None or chunk.data_page_offset <= first:
        return None
    # Consecutive integers, compressed, take 1 (Zstandard) to 4 bytes (Snappy) each. NULL is in no dictionary.
    return int(chunk.data_page_offset - first) + 1
