"""BOOLEAN, text, bytes and the untyped NULL."""

from __future__ import annotations

from typing import Any, cast

import pyarrow as pa

from .base import Codec, Mismatch, Unfit, first_mismatch


class NullCodec(Codec):
    """The type of NULL: only None."""

    def decode(self, array: pa.Array) -> list[Any]:
        return [None] * len(array)

    def encode(self, values: list[Any]) -> pa.Array:
        for index, value in enumerate(values):
            if value is not None:
                raise Mismatch(index, value, "expected None")
        return pa.nulls(len(values))

    def keeps(self, values: list[Any], kinds: set[type]) -> bool:
        return not kinds


class BooleanCodec(Codec):
    """BOOLEAN ↔ bool; numbers are refused."""

    is_plain = True

    def decode(self, array: pa.Array) -> list[Any]:
        return cast("list[Any]", array.to_pylist())

    def encode(self, values: list[Any]) -> pa.Array:
        try:
            return pa.array(values, pa.bool_())
        except (pa.ArrowException, TypeError, ValueError):
            raise first_mismatch(values, lambda value: pa.array([value], pa.bool_()), "bool") from None

    def keeps(self, values: list[Any], kinds: set[type]) -> bool:
        return kinds <= {bool}


class TextCodec(Codec):
    """CHAR, VARCHAR, STRING ↔ str; lengths are not enforced, as in Flink."""

    is_plain = True

    def decode(self, array: pa.Array) -> list[Any]:
        return cast("list[Any]", array.to_pylist())

    def encode(self, values: list[Any]) -> pa.Array:
        try:
            # Told the type, pyarrow would take bytes for text.
            array = pa.array(values)
            if array.type == pa.string():
                return array
            if array.type == pa.null():
                return array.cast(pa.string())
            raise TypeError
        except (pa.ArrowException, TypeError, ValueError, OverflowError):
            raise first_mismatch(values, _check_text, "str") from None

    def keeps(self, values: list[Any], kinds: set[type]) -> bool:
        return kinds <= {str}


class BytesCodec(Codec):
    """BINARY, VARBINARY, BYTES ↔ bytes; lengths are not enforced, as in Flink."""

    is_plain = True

    def decode(self, array: pa.Array) -> list[Any]:
        return cast("list[Any]", array.to_pylist())

    def encode(self, values: list[Any]) -> pa.Array:
        try:
            # pyarrow takes text for bytes: `join` refuses whatever is no bytes, at a few nanoseconds a value.
            if not _are_bytes(values):
                b"".join([value for value in values if value is not None])
            return pa.array(values, pa.binary())
        except (pa.ArrowException, TypeError, ValueError):
            raise first_mismatch(values, lambda value: pa.array([b"".join([value])]), "bytes") from None

    def keeps(self, values: list[Any], kinds: set[type]) -> bool:
        return kinds <= {bytes}


def _are_bytes(values: list[Any]) -> bool:
    try:
        b"".join(values)
    except TypeError:
        return False
    return True


def _check_text(value: Any) -> None:
    "".join([value])
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise Unfit(f"it is not valid Unicode: {error.reason}") from None
