"""A parameter of a function, read from its signature, annotation and declared type."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any

from ._table_parameter import TableParameter
from ._types import DataType, Shape


@dataclass(frozen=True)
class ParameterSpec:
    """A parameter of a function. `nullable` False: it is not called with NULL here."""

    name: str
    type: DataType | None
    nullable: bool
    shape: Shape | None
    kind: Any
    default: Any
    #: How it takes a table; None: it takes values.
    table: TableParameter | None = None

    @property
    def has_default(self) -> bool:
        """True where a call may leave it out."""
        return self.default is not inspect.Parameter.empty

    @property
    def variadic(self) -> bool:
        """True for `*args`."""
        return bool(self.kind is inspect.Parameter.VAR_POSITIONAL)
