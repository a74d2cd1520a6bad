"""Columns as a caller may give them."""

from __future__ import annotations

from collections.abc import Sequence


def names_of(columns: str | Sequence[str]) -> list[str]:
    """One column, or several."""
    return [columns] if isinstance(columns, str) else list(columns)
