"""What counts as a row of a table function, and rows to columns."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import GeneratorType
from typing import Any

import pyarrow as pa

from .._types import DataType, RowField
from .._user_error import short_repr
from ..errors import UdfError
from ..row import Row, is_row_class
from .call import Call
from .codec import Mismatch, codec_for
from .codec.base import exact_types
from .codec.nested import RowCodec
from .frames import package_of

_MANY = (list, range, GeneratorType, Iterator)
_TEXT = (str, bytes, bytearray)


def _is_record(kind: type) -> bool:
    """True for the types that hold a whole row."""
    return issubclass(kind, (tuple, Mapping)) or is_row_class(kind) or dataclasses.is_dataclass(kind)


def refuse_bare(rows: Sequence[Any]) -> None:
    """Raises `Mismatch` for the first of the rows of several columns that is a single value."""
    bare = {kind for kind in exact_types(rows) if not _is_record(kind)}
    if bare:
        index = next(i for i, row in enumerate(rows) if type(row) in bare)
        raise Mismatch(index, rows[index], "a row of several columns is a tuple or Row")


def row_codec(call: Call) -> RowCodec:
    """The codec of a table function's rows."""
    columns = call.type if call.type.kind == "ROW" else DataType("ROW", fields=(RowField("f0", call.type),))
    codec = codec_for(columns, call.dialect, call.loaded.spec.result_shape)
    assert isinstance(codec, RowCodec)
    return codec


class RowForm:
    """Results of a table function.

    PyFlink's rule: a tuple or Row is one row, a list, range or generator is many, None is none; a single
    column needs no tuple. Beyond it: other iterators are many; dicts and dataclasses are one; a function
    annotated to give many does not give a bare value.
    """

    def __init__(self, call: Call, codec: RowCodec) -> None:
        self._call = call
        self._codec = codec
        self._single = codec.children[0] if len(codec.children) == 1 else None
        self._is_bare_row = self._single is not None and not call.loaded.spec.gives_many

    def rows(self, result: Any) -> Iterable[Any]:
        """The rows that one call gave, unconverted.

        Raises:
            UdfError: UDF_NOT_ITERABLE.
        """
        if isinstance(result, _MANY) and not isinstance(result, Row):
            return result
        if result is None:
            return ()
        if self._is_bare_row or _is_record(type(result)) or package_of(result) is not None:
            return (result,)
        if (
            self._call.loaded.spec.gives_many
            and isinstance(result, Iterable)
            and not isinstance(result, _TEXT)
        ):
            return result
        raise UdfError(
            "UDF_NOT_ITERABLE",
            f"Function `{self._call.name}` returned {short_repr(result)} of type {type(result).__name__}, "
            "which is neither a row nor many.",
            hint="Yield the rows, or return a list of them; a tuple or Row is one row, None is none.",
            details=self._call.details(None),
        )

    def columns(self, rows: list[Any]) -> list[pa.Array]:
        """Arrow columns of unconverted rows; None is a row of NULLs.

        Raises:
            Mismatch: a row does not fit.
        """
        if self._single is not None:
            wrapped = any(map(_is_record, exact_types(rows)))
            return [self._single.encode([self._unwrapped(row) for row in rows] if wrapped else rows)]
        refuse_bare(rows)
        return list(self._codec.encode(rows).flatten())

    def _unwrapped(self, row: Any) -> Any:
        """The value of a single column: bare, or in a tuple or Row of one, or in a record with its name."""
        if isinstance(row, tuple) or is_row_class(type(row)):
            return row[0] if len(row) == 1 else row
        name = self._codec.data_type.fields[0].name
        kind = self._codec.data_type.fields[0].type.kind
        if isinstance(row, Mapping) and kind not in ("MAP", "MULTISET", "ROW"):
            return row.get(name, row)
        if dataclasses.is_dataclass(row) and kind != "ROW":
            return getattr(row, name, row)
        return row
