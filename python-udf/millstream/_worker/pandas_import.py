"""Keeps pyarrow from importing pandas, with its first array and for half a second, where it is not used."""

from __future__ import annotations

import sys

import pyarrow as pa


class _HidePandas:
    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def postpone_pandas() -> None:
    """Lets pyarrow make its one attempt while pandas is hidden; does nothing if pandas is imported."""
    if "pandas" in sys.modules:
        return
    finder = _HidePandas()
    sys.meta_path.insert(0, finder)
    try:
        pa.array([None])
    finally:
        sys.meta_path.remove(finder)


def introduce_pandas() -> None:
    """Makes pyarrow know pandas values, if something has imported pandas since `postpone_pandas`."""
    if "pandas" in sys.modules:
        pa.array([None]).to_pandas()
