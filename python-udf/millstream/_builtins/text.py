"""Functions over text that are neither patterns nor encodings."""

from __future__ import annotations

import re

from .sql_function import functions, strict


def split_whitespace(text: str, index: int) -> str | None:
    """The part between runs of white space, counted from 0: what SPLIT_INDEX does with an empty separator."""
    parts = re.split(r"\s", text) if text else []
    return parts[index] if 0 <= index < len(parts) else None


def inet_aton(text: str) -> int | None:
    """The number of an IPv4 address of one to four parts, the last of which fills the rest."""
    parts = text.split(".")
    if len(parts) > 4 or not all(re.fullmatch("[0-9]{1,10}", part) for part in parts):
        return None
    *leading, last = map(int, parts)
    room = 8 * (4 - len(leading))
    if any(part > 255 for part in leading) or last >= 1 << room:
        return None
    number = 0
    for part in leading:
        number = number << 8 | part
    return number << room | last


FUNCTIONS = {
    **functions("VARCHAR", split_whitespace=strict(split_whitespace)),
    **functions("BIGINT", inet_aton=strict(inet_aton)),
}
