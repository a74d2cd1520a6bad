"""What counts as a row of a table function, and rows to columns."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa

from ..row import Row
from .codec import Mismatch
from .codec.nested import RowCodec

_MANY = (list, range, Iterator)


class RowForm:
    """Results of a table function with the columns of `codec`.

    PyFlink's rule: a tuple or Row is one row, a list, range or generator is many, None is none; a single
    column needs no tuple. Beyond it: other iterators are many rows; dicts, dataclasses and NamedTuples are
    one.
    """

    def __init__(self, codec: RowCodec) -> None:
        self._codec = codec
        self._single = codec.children[0] if len(codec.children) == 1 else None

    def rows(self, result: Any) -> Iterable[Any]:
        """The rows that one call gave, unconverted."""
        if result is None:
            return ()
        return result if isinstance(result, _MANY) else (result,)

    def columns(self, rows: list[Any]) -> list[pa.Array]:
        """Arrow columns of unconverted rows; None is a row of NULLs.

        Raises:
            Mismatch: a row does not fit.
        """
        if self._single is not None:
            return [self._single.encode([self._unwrapped(row) for row in rows])]
        for index, row in enumerate(rows):
            if not (row is None or isinstance(row, (tuple, Row, Mapping)) or dataclasses.is_dataclass(row)):
                raise Mismatch(index, row, "a row of several columns is a tuple or Row")
        return list(self._codec.encode(rows).flatten())

    def _unwrapped(self, row: Any) -> Any:
        """The value of a single column: bare, or in a tuple or Row of one, or in a record with its name."""
        if isinstance(row, (tuple, Row)):
            return row[0] if len(row) == 1 else row
        name = self._codec.data_type.fields[0].name
        kind = self._codec.data_type.fields[0].type.kind
        if isinstance(row, Mapping) and kind not in ("MAP", "MULTISET", "ROW"):
            return row.get(name, row)
        if dataclasses.is_dataclass(row) and kind != "ROW":
            return getattr(row, name, row)
        return row
