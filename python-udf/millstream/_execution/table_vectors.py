"""What a vectorised table function gives: columns, and the row that each of their rows belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import pyarrow as pa

from .._late import pc
from .._types import DataType
from .._user_error import short_repr
from ..errors import UdfError
from .call import Call
from .codec import Mismatch, codec_for
from .codec.nested import RowCodec
from .frames import FrameColumns, WrongColumns, package_of
from .vector import Misfit, Vectors

_HINT = (
    "Give pairs of the positions of the rows in the batch, ascending, and a frame or, for one column, a "
    "vector; or one vector with a list for each row."
)


class Rows(NamedTuple):
    """Result rows: their columns, and for each the position of its row in the vectors."""

    parents: pa.Int32Array
    columns: list[pa.Array]


class TableVectors:
    """Reads results with the columns of `codec`, of any package."""

    def __init__(self, call: Call, codec: RowCodec, vectors: Vectors) -> None:
        self._call = call
        self._codecs = codec.children
        self._fields = codec.data_type.fields
        self._single = len(codec.children) == 1
        self._frames = FrameColumns(codec.data_type, codec.children, call.dialect)
        self._vectors = vectors
        element = self._fields[0].type if self._single else codec.data_type
        self._lists = codec_for(DataType("ARRAY", element=element.as_nullable()), call.dialect)

    def items(self, result: Any) -> Iterable[Any]:
        """What one call gave: an iterator is many items, None is none."""
        if result is None:
            return ()
        return result if isinstance(result, Iterator) else (result,)

    def rows(self, item: Any, count: int, previous: int) -> Rows:
        """The rows of an item of a batch of `count` rows; those before it ended with the row `previous`.

        Raises:
            UdfError: UDTF_PARENTS, UDF_RETURN_TYPE, UDF_RETURN_COLUMNS, UDF_RETURN_LENGTH,
            UDF_NULL_NOT_ALLOWED.
        """
        try:
            rows = self._pair(*item) if _is_pair(item) else self._of_lists(item, count)
        except Mismatch as mismatch:
            raise self._call.misfit(mismatch, None) from None
        except Misfit as misfit:
            raise self._refused(
                "UDF_RETURN_COLUMNS" if misfit.columns else "UDF_RETURN_TYPE",
                f"returned {misfit}; its rows are {self._call.type}",
                "Return columns of the declared types.",
            ) from None
        except WrongColumns as wrong:
            raise self._refused(
                "UDF_RETURN_COLUMNS",
                f"returned {wrong}",
                "Return the declared columns, in any order, or declare others.",
            ) from None
        self._check_order(rows.parents, count, previous)
        for field, column in zip(self._fields, rows.columns, strict=True):
            if not field.type.nullable and column.null_count > 0:
                raise self._call.null_refused(None)
        return rows

    def _pair(self, parents: Any, table: Any) -> Rows:
        if package_of(table) is not None:
            columns = self._frames.of(table)
        elif self._single:
            columns = [self._vectors.from_result(table, self._codecs[0])]
        else:
            raise self._refused(
                "UDF_RETURN_COLUMNS",
                f"gave a value of type {type(table).__name__} for {len(self._codecs)} columns, and no frame",
            )
        positions = self._positions(parents)
        if len(positions) != len(columns[0]):
            raise self._refused(
                "UDF_RETURN_LENGTH", f"gave {len(positions)} positions for {len(columns[0])} rows"
            )
        return Rows(positions, columns)

    def _positions(self, parents: Any) -> pa.Int32Array:
        try:
            if hasattr(parents, "to_arrow"):
                parents = parents.to_arrow()
            array = parents if isinstance(parents, (pa.Array, pa.ChunkedArray)) else pa.array(parents)
            if isinstance(array, pa.ChunkedArray):
                array = array.combine_chunks()
            if len(array) == 0:
                return pa.array([], pa.int32())
            if pa.types.is_integer(array.type) and array.null_count == 0:
                return array.cast(pa.int32())
        except (pa.ArrowException, TypeError, ValueError, OverflowError):
            pass
        raise self._refused("UDTF_PARENTS", f"gave {short_repr(parents)}, which are no positions of rows")

    def _of_lists(self, vector: Any, count: int) -> Rows:
        if package_of(vector) is not None:
            raise self._refused(
                "UDTF_PARENTS", "gave a frame without the positions of the rows it belongs to"
            )
        lists = self._vectors.from_result(vector, self._lists)
        if len(lists) != count:
            raise self._refused("UDF_RETURN_LENGTH", f"gave {len(lists)} lists for {count} rows")
        flat = lists.flatten()
        parents = pc.list_parent_indices(lists).cast(pa.int32())
        return Rows(parents, [flat] if self._single else flat.flatten())

    def _check_order(self, parents: pa.Int32Array, count: int, previous: int) -> None:
        if len(parents) == 0:
            return
        bounds = pc.min_max(parents).as_py()
        if bounds["min"] < 0 or bounds["max"] >= count:
            wrong = bounds["min"] if bounds["min"] < 0 else bounds["max"]
            raise self._refused("UDTF_PARENTS", f"gave rows for position {wrong} of a batch of {count} rows")
        first = parents[0].as_py()
        if first < previous:
            raise self._refused("UDTF_PARENTS", f"gave rows for position {first} after those for {previous}")
        falls = pc.less(parents.slice(1), parents.slice(0, len(parents) - 1))
        at = pc.index(falls, True).as_py()
        if at >= 0:
            raise self._refused(
                "UDTF_PARENTS", f"gave rows for position {parents[at + 1]} after those for {parents[at]}"
            )

    def _refused(self, code: str, what: str, hint: str = _HINT) -> UdfError:
        call = self._call
        return UdfError(code, f"Function `{call.name}` {what}.", hint=hint, details=call.details(None))


def _is_pair(item: Any) -> bool:
    return type(item) is tuple and len(item) == 2
