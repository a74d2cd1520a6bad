"""Columns as the vectors that functions with `batch=` take and give."""

from __future__ import annotations

from ..._definition import BatchFormat
from ..codec import Dialect
from .arrow_vectors import ArrowVectors
from .base import Misfit, Vectors
from .numpy_vectors import NumpyVectors
from .pandas_vectors import PandasVectors
from .polars_vectors import PolarsVectors

__all__ = ["Misfit", "Vectors", "vectors_for"]


def vectors_for(batch: BatchFormat, dialect: Dialect) -> Vectors:
    """The conversions of a batch format; imports its package.

    Raises:
        UdfError: UDF_PACKAGE_MISSING.
    """
    match batch:
        case "arrow":
            return ArrowVectors(dialect)
        case "numpy":
            return NumpyVectors(dialect)
        case "pandas":
            return PandasVectors(dialect)
        case "polars":
            return PolarsVectors(dialect)
