"""A column of a bundle in two forms, each made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import compress
from typing import Any

import pyarrow as pa

from .._late import pc
from ..errors import UdfError
from .called_rows import CalledRows
from .codec import Codec, Mismatch
from .codec.base import types_of

NoneType = type(None)


class ArrowColumn:
    """A column that came in, or a vector that a function gave; decoded once for each codec that reads it."""

    def __init__(self, array: pa.Array) -> None:
        self.array = array
        self._decoded: dict[Codec, Sequence[Any]] = {}

    def values(self, codec: Codec) -> Sequence[Any]:
        """The Python values, by position."""
        if codec not in self._decoded:
            self._decoded[codec] = codec.decode(self.array)
        return self._decoded[codec]

    def valid(self) -> pa.BooleanArray | None:
        """Where the column is not NULL; None: everywhere."""
        return None if self.array.null_count == 0 else self.array.is_valid()


class ResultColumn:
    """What a step gave for the rows it was called for; NULL in the others.

    Values that the type keeps as they are go to the next step without a way through Arrow.
    """

    def __init__(
        self, codec: Codec, rows: CalledRows, values: list[Any], fail: Callable[[Mismatch], Exception]
    ) -> None:
        self._codec = codec
        self._rows = rows
        self._values = values
        self._fail = fail
        self._array: pa.Array | None = None

    @property
    def array(self) -> pa.Array:
        """The Arrow column.

        Raises:
            UdfError: a value does not fit the result type.
        """
        if self._array is None:
            try:
                self._array = self._rows.spread_array(self._codec.encode(self._values))
            except Mismatch as mismatch:
                raise self._fail(mismatch) from None
        return self._array

    def values(self, codec: Codec) -> Sequence[Any]:
        """The Python values, by position, as a function that reads by `codec` may see them."""
        if self._codec.keeps(self._values, self._kinds - {NoneType}):
            return self._rows.spread_values(self._values)
        return codec.decode(self.array)

    def valid(self) -> pa.BooleanArray | None:
        """Where the column is not NULL; None: everywhere."""
        if self._rows.keep is None and NoneType not in self._kinds:
            return None
        return None if self.array.null_count == 0 else self.array.is_valid()

    @cached_property
    def _kinds(self) -> set[type]:
        return types_of(self._values)


Column = ArrowColumn | ResultColumn


def is_true(column: Column) -> pa.BooleanArray:
    """Where a BOOLEAN column is TRUE, neither FALSE nor NULL."""
    return pc.fill_null(column.array, False)


def called_values(column: Column, codec: Codec, rows: CalledRows) -> Sequence[Any]:
    """The column's values in the called rows.

    Raises:
        UdfError: UDF_ARGUMENTS, a value that Python cannot hold.
    """
    try:
        return _called_values(column, codec, rows)
    except OverflowError as error:
        raise UdfError("UDF_ARGUMENTS", f"An argument of type {codec.data_type}: {error}.") from None


def _called_values(column: Column, codec: Codec, rows: CalledRows) -> Sequence[Any]:
    if rows.keep is None:
        return column.values(codec)
    if isinstance(column, ArrowColumn):
        return codec.decode(column.array.filter(rows.keep))
    return list(compress(column.values(codec), rows.flags()))


def called_array(column: Column, rows: CalledRows) -> pa.Array:
    """The column in the called rows."""
    return column.array if rows.keep is None else column.array.filter(rows.keep)
