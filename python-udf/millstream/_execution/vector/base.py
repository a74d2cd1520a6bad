"""What the conversions of each batch format do."""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from typing import Any, ClassVar

import pyarrow as pa

from ..._loading import own_imports
from ..._types import DataType
from ...errors import UdfError
from ..codec import Codec, Dialect, codec_for


class Misfit(Exception):
    """A whole result that is not of the declared type; the text completes "Function `f` returned …".

    `columns`: it has the wrong number of columns.
    """

    def __init__(self, text: str, columns: bool = False) -> None:
        super().__init__(text)
        self.columns = columns


class Vectors(ABC):
    """Columns ↔ vectors of one package."""

    #: The name of the format, and of the package it needs.
    package: ClassVar[str]
    #: True: constants are handed over as they are, not as vectors.
    takes_scalars: ClassVar[bool] = False

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect

    @abstractmethod
    def from_array(self, array: pa.Array, codec: Codec) -> Any:
        """The vector that a function gets for a column."""

    @abstractmethod
    def from_result(self, result: Any, codec: Codec) -> pa.Array:
        """The column that a function's result is.

        Raises:
            Misfit: it is no vector, or one of another type.
            Mismatch: one of its values does not fit.
        """

    def constant(self, value: Any, data_type: DataType, rows: int) -> Any:
        """A constant as a vector."""
        codec = codec_for(data_type, self.dialect)
        return self.from_array(codec.encode([value] * rows), codec)

    def scalar(self, result: Any, codec: Codec) -> Any:
        """The Python value that the result of an aggregate is."""
        return result.item() if type(result).__module__ == "numpy" and hasattr(result, "item") else result


#: The first major version whose conversions from and to Arrow keep every type and NULL.
_OLDEST = {"pandas": 2, "polars": 2}


def import_package(package: str) -> Any:
    """The package of a batch format.

    Raises:
        UdfError: UDF_PACKAGE_MISSING.
    """
    try:
        module = _imported(package)
        version = str(getattr(module, "__version__", ""))
        if version and int(version.partition(".")[0]) < _OLDEST.get(package, 0):
            raise ImportError(f"version {version} is older than {_OLDEST[package]}.0")
        return module
    except ImportError as error:
        raise UdfError(
            "UDF_PACKAGE_MISSING",
            f"A function takes batches of {package}, which cannot be imported: {error}.",
            hint=f"Install {package} in the Python environment of the job.",
        ) from error


def _imported(package: str) -> Any:
    try:
        with own_imports():
            return importlib.import_module(package)
    except ModuleNotFoundError:
        # It may be in a folder of the user's.
        return importlib.import_module(package)
