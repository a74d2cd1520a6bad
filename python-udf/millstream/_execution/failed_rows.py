"""Rows of a bundle that functions failed on, and that are given up instead of the bundle."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyarrow as pa

from ..errors import CancelledError, MillstreamError, UdfError
from ..functions import BatchAggregateFunction

if TYPE_CHECKING:
    from .call import Call
    from .instruction import StageMode

_LONGEST_MESSAGE = 2_000
_LONGEST_TRACEBACK = 8_000


@dataclass(frozen=True)
class FailedRow:
    """Fields as `FailedRow` of the protocol."""

    row: int
    count: int
    function: str
    code: str
    #: The class of the user's exception; None where there was none.
    exception: str | None
    message: str
    traceback: str | None
    values: dict[str, str] | None
    attempt: int


class FailedRows:
    """Those of one bundle. `not_called`: a function that is not called, as if it failed on all rows."""

    def __init__(self, rows: int, not_called: str | None = None) -> None:
        self.not_called = not_called
        self._rows = rows
        self._letters: list[FailedRow] = []
        self._counted: dict[tuple[str, str, str | None], FailedRow] = {}
        #: Rows that are not answered.
        self._dropped: set[int] = set()

    def add(self, call: Call, row: int, error: MillstreamError, attempt: int = 1, drops: bool = True) -> None:
        """Takes a row in. An error that ends the job all the same is raised. `drops` False: only this call
        does without the row."""
        if isinstance(error, CancelledError):
            raise error
        on_error = call.options.on_error
        assert on_error is not None
        if drops and on_error != "null":
            self._dropped.add(row)
        details = error.details
        failed = FailedRow(
            row,
            1,
            call.name,
            error.code,
            error.raised,
            _cut(error.message, _LONGEST_MESSAGE),
            None if details.traceback is None else details.traceback[-_LONGEST_TRACEBACK:],
            dict(details.values) if details.values else None,
            attempt,
        )
        if on_error == "dead_letter":
            self._letters.append(failed)
            return
        key = (call.name, error.code, error.raised)
        before = self._counted.get(key)
        self._counted[key] = failed if before is None else replace(before, count=before.count + 1)

    @property
    def answered(self) -> pa.BooleanArray | None:
        """Where rows are answered; None: everywhere."""
        if not self._dropped:
            return None
        flags = [True] * self._rows
        for row in self._dropped:
            flags[row] = False
        return pa.array(flags, pa.bool_())

    def take(self) -> list[FailedRow]:
        """All of them, once."""
        rows = [*self._letters, *self._counted.values()]
        self._letters, self._counted = [], {}
        return rows


def gives_rows_up(call: Call) -> bool:
    """True where a row that the function fails on is given up."""
    return call.options.on_error not in (None, "fail")


def check_on_error(call: Call, mode: StageMode) -> None:
    """Refuses `on_error` where it cannot act.

    Raises:
        UdfError: UDF_OPTION.
    """
    # Rows of a merge have been given to the function before.
    if not gives_rows_up(call) or mode == "merge":
        return
    spec, on_error = call.loaded.spec, call.options.on_error
    definition = spec.definition
    by_row = mode in ("scalar", "filter", "table") and spec.form.iterator is None
    by_accumulator = (
        mode in ("aggregate", "partial", "accumulate", "map")
        and definition.kind in ("aggregate", "table_aggregate")
        and definition.batch is None
        and not isinstance(spec.instance, BatchAggregateFunction)
    )
    if mode == "window":
        reason = "is called with OVER, where a row is in many frames"
    elif mode == "process":
        reason = "keeps state, so no row can be taken back"
    elif not by_row and not by_accumulator:
        reason = "sees many rows in one call, so no row can be taken back"
    elif on_error == "null" and by_accumulator:
        reason = "gives one result for many rows; take 'skip', which leaves the row out of its group"
    elif call.options.replay is False and by_accumulator:
        reason = "has replay=False: to take a row back, rows of its group are given to it again"
    elif on_error == "null" and definition.kind == "table":
        reason = "gives rows, and a row of NULLs would be one that it never gave; take 'skip'"
    elif on_error == "null" and not call.type.nullable:
        reason = f"has the result {call.type}; take 'skip', or declare it without NOT NULL"
    elif call.options.replay is False and definition.batch is not None:
        reason = "takes batches and has replay=False: the row is only found by calling it again"
    else:
        return
    raise UdfError(
        "UDF_OPTION",
        f"on_error={on_error!r} cannot act on `{call.name}`: it {reason}.",
        hint="Remove on_error.",
        details=call.details(None),
    )


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 3] + "..."
