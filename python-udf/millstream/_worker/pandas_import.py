"""Keeps pyarrow from importing pandas, with its first array and for half a second, where it is not used."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

import pyarrow as pa


def postpone_pandas() -> None:
    """Lets pyarrow make its one attempt while pandas is hidden, and another one when pandas is imported.

    Without that one `pa.array` takes a Series for any sequence: slowly, and by the labels of its index.
    Does nothing if pandas is imported.
    """
    if "pandas" in sys.modules:
        return
    finder = _HidePandas()
    sys.meta_path.insert(0, finder)
    try:
        pa.array([None])
    finally:
        sys.meta_path.remove(finder)
    sys.meta_path.insert(0, _IntroducePandas())


class _HidePandas:
    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


class _IntroducePandas:
    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != "pandas":
            return None
        spec = self._found(name, path, target)
        if spec is None or spec.loader is None:
            return spec
        loader, execute = spec.loader, spec.loader.exec_module

        def execute_and_introduce(module: ModuleType) -> None:
            # One loader may load all that is in an archive.
            loader.exec_module = execute  # type: ignore[method-assign]
            execute(module)
            pa.array([None]).to_pandas()

        loader.exec_module = execute_and_introduce  # type: ignore[method-assign]
        return spec

    def _found(self, name: str, path: Sequence[str] | None, target: ModuleType | None) -> ModuleSpec | None:
        """What the other finders find: pandas may be in an archive, or installed as editable."""
        others = (finder for finder in sys.meta_path if finder is not self)
        specs = (finder.find_spec(name, path, target) for finder in others)
        return next((spec for spec in specs if spec is not None), None)
