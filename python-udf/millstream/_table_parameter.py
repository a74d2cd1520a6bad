"""Parameters that take a whole table: how a function says so by its annotations."""

from __future__ import annotations

import collections.abc
import typing
from dataclasses import dataclass
from typing import Any, Literal

from .row import Row

TableForm = Literal["row", "rows", "batches", "partition"]
FramePackage = Literal["pyarrow", "pandas", "polars"]


@dataclass(frozen=True)
class TableParameter:
    """How a function takes the rows of a table.

    `form`: `row`, one call for each row; `rows`, an iterator of rows; `batches`, an iterator of frames;
    `partition`, one frame with all rows of a partition. `package` is what a frame is of, `frame` its class;
    both None for rows.
    """

    form: TableForm
    package: FramePackage | None = None
    frame: str | None = None


def table_parameter(annotation: object) -> TableParameter | None:
    """What an annotation says of a table; None where it is no annotation of a table.

    >>> table_parameter(Row)
    TableParameter(form='row', package=None, frame=None)
    >>> import pyarrow as pa
    >>> from collections.abc import Iterator
    >>> table_parameter(Iterator[pa.RecordBatch]).form, table_parameter(pa.Table).form
    ('batches', 'partition')
    >>> table_parameter(list[int]) is None
    True
    """
    if annotation is Row:
        return TableParameter("row")
    if typing.get_origin(annotation) in _ITERATORS:
        item = typing.get_args(annotation)[0]
        if item is Row:
            return TableParameter("rows")
        frame = _frame(item)
        return None if frame is None else TableParameter("batches", *frame)
    frame = _frame(annotation)
    return None if frame is None else TableParameter("partition", *frame)


_ITERATORS = (collections.abc.Iterator, collections.abc.Iterable)

_FRAMES: dict[str, tuple[str, ...]] = {
    "pyarrow": ("Table", "RecordBatch"),
    "pandas": ("DataFrame",),
    "polars": ("DataFrame",),
}


def _frame(annotation: Any) -> tuple[FramePackage, str] | None:
    package = (getattr(annotation, "__module__", None) or "").partition(".")[0]
    name = getattr(annotation, "__name__", "")
    return (package, name) if name in _FRAMES.get(package, ()) else None  # type: ignore[return-value]
