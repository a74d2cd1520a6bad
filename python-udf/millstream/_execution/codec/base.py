"""What every codec does, and how it says that a value does not fit."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import pyarrow as pa

from ..._late import pc
from ..._types import DataType, to_arrow, to_vector


class Mismatch(Exception):
    """The value at `index` of the encoded list does not fit; `reason` completes "expected INT, …".

    `columns`: it is a row of another number of fields.
    """

    def __init__(self, index: int, value: object, reason: str, columns: bool = False) -> None:
        super().__init__(reason)
        self.index = index
        self.value = value
        self.reason = reason
        self.columns = columns


class Codec(ABC):
    """Converts columns of one type. Values are None for NULL; floats may be NaN, which is not NULL."""

    #: True where `decode` gives what pyarrow's `to_pylist` gives.
    is_plain = False

    def __init__(self, data_type: DataType) -> None:
        self.data_type = data_type
        self.arrow_type = to_arrow(data_type)

    @cached_property
    def vector_type(self) -> pa.DataType:
        """The Arrow type that functions over whole columns see."""
        return to_vector(self.data_type)

    @abstractmethod
    def decode(self, array: pa.Array) -> Sequence[Any]:
        """The values of a column in order: a list, or a memoryview of numbers that is valid while `array`
        lives."""

    @abstractmethod
    def encode(self, values: list[Any]) -> pa.Array:
        """A column of `arrow_type` with these values, exactly, or rounded where SQL says so.

        Raises:
            Mismatch: a value does not fit; the first such.
        """

    def keeps(self, values: list[Any], kinds: set[type]) -> bool:
        """True where `decode(encode(values))` is known to give equal values of the same Python types.
        `kinds`: the types of the values that are not None."""
        return False


def first_mismatch(values: Sequence[Any], check: Callable[[Any], object], expected: str) -> Mismatch:
    """Finds the value that a bulk conversion refused; `check` raises for such a value."""
    for index, value in enumerate(values):
        if value is None:
            continue
        try:
            check(value)
        except Exception as error:
            return Mismatch(index, value, str(error) if isinstance(error, Unfit) else f"expected {expected}")
    return Mismatch(-1, None, f"expected {expected}")


class Unfit(ValueError):
    """Raised by checks of single values with the reason as text."""


def with_nulls(array_type: pa.DataType, values: Sequence[Any], data: pa.Buffer) -> pa.Array:
    """A column of a fixed-width type over packed `data`, NULL where `values` is None."""
    return pa.Array.from_buffers(array_type, len(values), [validity(values), data])


def validity(values: Sequence[Any]) -> pa.Buffer | None:
    """The validity bitmap of values, or None where none is None."""
    valid = [value is not None for value in values]
    return bitmap(valid) if False in valid else None


def bitmap(flags: Sequence[bool]) -> pa.Buffer:
    """One bit for each flag; by way of bytes, which Python makes four times as fast as pyarrow an array."""
    packed = pa.py_buffer(bytes(flags))
    return pa.Array.from_buffers(pa.uint8(), len(flags), [None, packed]).cast(pa.bool_()).buffers()[1]


def spread_places(keep: pa.BooleanArray) -> pa.Int32Array:
    """For each place the position among those that `keep` names, NULL for the others: what `take` needs to
    spread a column over more rows."""
    ordinal = pc.subtract(pc.cumulative_sum(keep.cast(pa.int32())), 1)
    return pc.if_else(keep, ordinal, pa.scalar(None, pa.int32()))


def set_nulls(values: list[Any], array: pa.Array) -> list[Any]:
    """The same list, None where the column is NULL."""
    if array.null_count > 0:
        for index in pc.indices_nonzero(array.is_null()).to_pylist():
            values[index] = None
    return values


def exact_types(values: Sequence[Any]) -> set[type]:
    """The types that occur, NoneType left out."""
    return types_of(values) - {type(None)}


def types_of(values: Sequence[Any]) -> set[type]:
    """The types that occur; for values of one type in two thirds of the time of a set of them all."""
    types = list(map(type, values))
    return {types[0]} if types and types.count(types[0]) == len(types) else set(types)
