"""Frames that functions over tables take and give: Arrow, pandas and Polars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from .._table_parameter import FramePackage
from .._types import DataType
from .codec import Codec, Dialect
from .vector import Misfit, Vectors, vectors_for
from .vector.base import import_package

_FORMATS: dict[FramePackage, Any] = {"pyarrow": "arrow", "pandas": "pandas", "polars": "polars"}


class Frames:
    """Makes frames of one class."""

    def __init__(self, package: FramePackage, frame: str, dialect: Dialect) -> None:
        self._make = getattr(self, f"_{package}")
        self._class = getattr(import_package(package), frame)
        self._vectors = vectors_for(_FORMATS[package], dialect)

    def of(self, columns: Sequence[pa.Array], names: Sequence[str], codecs: Sequence[Codec]) -> Any:
        """A frame of these columns, in which integers with NULLs stay integers."""
        return self._make(columns, names, codecs)

    def _pyarrow(self, columns: Sequence[pa.Array], names: Sequence[str], codecs: Sequence[Codec]) -> Any:
        return self._class.from_arrays(list(columns), names=list(names))

    def _pandas(self, columns: Sequence[pa.Array], names: Sequence[str], codecs: Sequence[Codec]) -> Any:
        vectors = [self._vectors.from_array(a, c) for a, c in zip(columns, codecs, strict=True)]
        frame = self._class(dict(enumerate(vectors)))
        frame.columns = list(names)
        return frame

    def _polars(self, columns: Sequence[pa.Array], names: Sequence[str], codecs: Sequence[Codec]) -> Any:
        vectors = [self._vectors.from_array(a, c) for a, c in zip(columns, codecs, strict=True)]
        return self._class(dict(zip(names, vectors, strict=True)))


class WrongColumns(Exception):
    """A frame without the declared columns; the text completes "Function `f` returned …"."""


class FrameColumns:
    """The declared columns of frames that a function gives."""

    def __init__(self, columns: DataType, codecs: Sequence[Codec], dialect: Dialect) -> None:
        self._names = [field.name for field in columns.fields]
        self._positional = self._names == [f"f{i}" for i in range(len(self._names))]
        self._codecs = codecs
        self._dialect = dialect
        self._vectors: dict[str, Vectors] = {}

    def of(self, frame: Any) -> list[pa.Array]:
        """The columns in the declared order: by name, or by position where none are declared.

        Raises:
            WrongColumns: it has other columns.
            Misfit: a column is not of its type.
            Mismatch: a value does not fit.
        """
        package = package_of(frame)
        assert package is not None
        vectors = self._vectors.get(package) or vectors_for(_FORMATS[package], self._dialect)
        self._vectors[package] = vectors
        names = list(frame.schema.names if package == "pyarrow" else frame.columns)
        columns: list[pa.Array] = []
        for position, name, codec in zip(self._positions(names), self._names, self._codecs, strict=True):
            try:
                columns.append(vectors.from_result(_column(frame, position, package), codec))
            except Misfit as misfit:
                raise Misfit(f"as column `{name}` of a frame, {misfit}") from None
        return columns

    def _positions(self, names: list[Any]) -> list[int]:
        wanted = self._names
        if set(names) == set(wanted) and len(names) == len(wanted):
            return [names.index(name) for name in wanted]
        unnamed = self._positional or not any(isinstance(name, str) for name in names)
        if unnamed and len(names) == len(wanted):
            return list(range(len(wanted)))
        given = ", ".join(map(str, names)) or "none"
        raise WrongColumns(f"a frame with the columns {given}; its columns are {', '.join(wanted)}")


def package_of(value: object) -> FramePackage | None:
    """The package whose frame a value is; None for anything else."""
    kind = type(value)
    package = kind.__module__.partition(".")[0]
    if package == "pyarrow":
        return "pyarrow" if isinstance(value, (pa.Table, pa.RecordBatch)) else None
    if package in ("pandas", "polars") and kind.__name__ == "DataFrame":
        return package  # type: ignore[return-value]
    return None


def _column(frame: Any, position: int, package: FramePackage) -> Any:
    if package == "pandas":
        return frame.iloc[:, position]
    return frame.column(position) if package == "pyarrow" else frame.to_series(position)
