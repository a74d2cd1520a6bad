"""Calls of functions that give up rows instead of the bundle: what fails is noted, the rest goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import starmap
from typing import Any

from .._user_error import attempt_of
from ..errors import MillstreamError
from .call import Call, argument_rows
from .called_rows import CalledRows
from .codec import Mismatch
from .failed_rows import FailedRows

#: What a row may fail with. An interrupt is neither.
FAILURES = (Exception, SystemExit)


def tolerant_values(
    call: Call,
    function: Callable[..., Any],
    sequences: Sequence[Any],
    rows: CalledRows,
    failed: FailedRows,
) -> list[Any]:
    """The results of calling `function` for the called rows, None where it failed."""
    results: list[Any] = []
    bad: set[int] = set()
    call.progress.finished = results
    results_of = starmap(function, argument_rows(sequences, rows.count))
    while len(results) < rows.count:
        try:
            # `extend` keeps what it has got when the iterator raises, which then stands behind that row.
            results.extend(results_of)
        except FAILURES as error:
            failure = error
        else:
            if len(results) == rows.count:
                break
            failure = StopIteration("raised by the function itself")
        note_failure(call, rows, sequences, len(results), failure, failed)
        bad.add(len(results))
        results.append(None)
    call.progress.count_calls(call.step, rows.count)
    return fitting(call, rows, results, bad, failed)


def note_failure(
    call: Call,
    rows: CalledRows,
    sequences: Sequence[Any],
    index: int,
    error: BaseException,
    failed: FailedRows,
) -> None:
    """Takes in that the `index`-th called row raised."""
    row = rows.position(index)
    failed.add(call, row, call.row_failed(error, row, None, sequences, index), attempt_of(error))


def fitting(call: Call, rows: CalledRows, values: list[Any], bad: set[int], failed: FailedRows) -> list[Any]:
    """The values that fit the result, None in the place of others; those of `bad` have failed already."""
    for index, error in _misfits(call, rows, values, bad):
        failed.add(call, rows.position(index), error)
        values[index] = None
    return values


def _misfits(
    call: Call, rows: CalledRows, values: list[Any], bad: set[int]
) -> Iterator[tuple[int, MillstreamError]]:
    if not call.type.nullable:
        for index, value in enumerate(values):
            if value is None and index not in bad:
                yield index, call.null_refused(rows.position(index))
    start = 0
    while start < len(values):
        try:
            call.result.encode(values[start:])
            return
        except Mismatch as mismatch:
            start += mismatch.index
            yield start, call.misfit(mismatch, rows.position(start))
            start += 1
