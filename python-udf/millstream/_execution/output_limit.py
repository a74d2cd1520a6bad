"""What a table function may give for one row: the rows after that are not made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from typing import Any, NamedTuple

from .._late import pc
from .._options import Options
from ..errors import ErrorDetails, UdfError
from .output_exceeded import OutputExceeded
from .table_vectors import Rows


@dataclass(frozen=True)
class OutputLimit:
    """Most rows, and most bytes of values, of one row; None: any."""

    rows: int | None
    bytes: int | None

    @staticmethod
    def of(options: Options) -> OutputLimit | None:
        """The limit that a function declares; None: it has none."""
        if options.max_output_rows is None and options.max_output_bytes is None:
            return None
        return OutputLimit(options.max_output_rows, options.max_output_bytes)

    def each(
        self, results: Iterator[Any], rows_of: Callable[[Any], Iterable[Any]]
    ) -> Iterator[Iterator[Any]]:
        """The rows of each result, made as they are asked for.

        Raises:
            OutputExceeded: from the iterator over rows, before the one too many.
        """
        for result in results:
            yield self._counted(rows_of(result))

    def _counted(self, rows: Iterable[Any]) -> Iterator[Any]:
        size = 0
        for count, row in enumerate(rows, 1):
            if self.rows is not None and count > self.rows:
                raise OutputExceeded("max_output_rows", self.rows)
            if self.bytes is not None:
                size += size_of(row)
                if size > self.bytes:
                    raise OutputExceeded("max_output_bytes", self.bytes)
            yield row


def check_output_limit(options: Options, name: str, is_row_by_row: bool) -> None:
    """Refuses a limit where it cannot act. `is_row_by_row`: the function is not given tables.

    Raises:
        UdfError: UDF_OPTION.
    """
    if is_row_by_row or OutputLimit.of(options) is None:
        return
    raise UdfError(
        "UDF_OPTION",
        f"max_output_rows and max_output_bytes cannot act on `{name}` here: it is given a table, and they "
        "say what it may give for one row.",
        hint="Remove them, or count in the function.",
        details=ErrorDetails(function=name),
    )


class Spent(NamedTuple):
    """What the last row of a vector has given so far."""

    parent: int = -1
    rows: int = 0
    bytes: int = 0


class VectorExceeded(Exception):
    """Raised with the position of the row that gives more than it may."""

    def __init__(self, parent: int, exceeded: OutputExceeded) -> None:
        super().__init__(parent)
        self.parent = parent
        self.exceeded = exceeded


def spend(limit: OutputLimit, rows: Rows, spent: Spent) -> Spent:
    """Takes in an item of a vectorised table function, one row at least.

    Raises:
        VectorExceeded: a row of it gives more than it may.
    """
    start = 0
    counts = pc.run_end_encode(rows.parents)
    ends = counts.run_ends.to_pylist()
    for parent, end in zip(counts.values.to_pylist(), ends, strict=True):
        before = spent if spent.parent == parent else Spent(parent)
        size = sum(column.slice(start, end - start).nbytes for column in rows.columns)
        spent = Spent(parent, before.rows + end - start, before.bytes + size)
        if limit.rows is not None and spent.rows > limit.rows:
            raise VectorExceeded(parent, OutputExceeded("max_output_rows", limit.rows))
        if limit.bytes is not None and spent.bytes > limit.bytes:
            raise VectorExceeded(parent, OutputExceeded("max_output_bytes", limit.bytes))
        start = end
    return spent


def size_of(value: Any) -> int:
    """About the bytes that a value takes in a column: a text's or binary's length, 8 for anything else."""
    if isinstance(value, (str, bytes, bytearray)):
        return len(value)
    if isinstance(value, Mapping):
        return sum(map(size_of, value)) + sum(map(size_of, value.values()))
    if is_dataclass(value):
        return sum(map(size_of, vars(value).values()))
    if isinstance(value, (list, tuple)):
        return sum(map(size_of, value))
    return 8
