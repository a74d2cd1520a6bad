"""One bundle while its stage runs."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from .arguments import Argument, Constant, FromColumn
from .called_rows import CalledRows
from .column import ArrowColumn, Column, is_true
from .failed_rows import FailedRows


class Bundle:
    """Shipped columns and the results of the steps so far; `order`: the rows as they came, where they were
    sorted."""

    def __init__(
        self,
        columns: Sequence[pa.Array],
        rows: int,
        order: pa.Array | None = None,
        not_called: str | None = None,
    ) -> None:
        self.rows = rows
        self.failed = FailedRows(rows, not_called)
        self._order = order
        self.shipped = [ArrowColumn(array) for array in columns]
        self.results: list[Column] = []

    def place(self, row: int) -> int:
        """The position at which a row came."""
        return row if self._order is None else int(self._order[row].as_py())

    def column(self, argument: Argument) -> Column | None:
        """The column that an argument reads; None for constants."""
        if isinstance(argument, Constant):
            return None
        return (
            self.shipped[argument.column] if isinstance(argument, FromColumn) else self.results[argument.step]
        )

    def called_rows(
        self, arguments: Sequence[Argument], conditions: Sequence[int | None], function: str | None = None
    ) -> CalledRows:
        """Rows where the shipped BOOLEAN columns `conditions` are TRUE and no argument is a NULL that its
        parameter does not take; no rows that were given up. `function` is the one that is called."""
        if function is not None and function == self.failed.not_called:
            return CalledRows.none(self.rows)
        keeps = [is_true(self.shipped[column]) for column in conditions if column is not None]
        answered = self.failed.answered
        if answered is not None:
            keeps.append(answered)
        for argument in arguments:
            if not argument.strict:
                continue
            column = self.column(argument)
            if column is not None:
                keeps.append(column.valid())
            elif isinstance(argument, Constant) and argument.value is None:
                return CalledRows.none(self.rows)
        return CalledRows.where(self.rows, keeps)
