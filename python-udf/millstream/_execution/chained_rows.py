"""Row functions that are called on each other's results: one loop over the rows instead of one for each."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Sequence
from functools import partial
from types import CodeType, TracebackType
from typing import Any, NoReturn

from ..context import FunctionContext
from .arguments import Constant, FromColumn, FromStep
from .bundle import Bundle
from .call import Call
from .called_rows import CalledRows
from .chain_loop import ChainCall, ChainLoop, Read, chain_loop, is_chainable
from .codec import Mismatch
from .column import called_values
from .failed_rows import gives_rows_up
from .scalar_step import RowStep, result_column

#: The first rows of a bundle, in which each call is timed: the others' time is shared out accordingly.
_TIMED_ROWS = 128


class ChainedRows:
    """The steps of a stage as one loop. A value goes from call to call without being kept in between."""

    def __init__(self, steps: Sequence[RowStep], results: Sequence[int]) -> None:
        self._calls = [step.call for step in steps]
        self._progress = self._calls[0].progress
        self._results = tuple(sorted(set(results)))
        self._columns: list[FromColumn] = []
        self._scope: dict[str, Any] = {}
        self._chain = tuple(self._chain_call(step) for step in steps)
        self._skipped: list[list[None]] = [[] for _ in steps]
        self._fits = [partial(_fitting, call) for call in self._calls]
        self._loops: dict[CodeType, ChainLoop] = {}
        self._thread = 0

    @staticmethod
    def of(steps: Sequence[object], results: Sequence[int]) -> ChainedRows | None:
        """The loop of these steps; None where no step reads another one, or one of them needs more than
        calls."""
        rows = [step for step in steps if isinstance(step, RowStep)]
        reads_results = any(isinstance(a, FromStep) for step in rows for a in step.call.bound.arguments)
        if len(rows) < len(steps) or not reads_results or not all(_is_plain(step) for step in rows):
            return None
        return ChainedRows(rows, results)

    def evaluates(self, bundle: Bundle) -> bool:
        """False where a function must not be called for the bundle."""
        return bundle.failed.not_called is None

    def evaluate(self, bundle: Bundle) -> None:
        """Adds a column for each step to the bundle's results; only those of `results` may be read.

        Raises:
            UdfError: a function failed or gave what does not fit its type.
        """
        started = time.perf_counter_ns()
        every = CalledRows(bundle.rows)
        # Decoded once where several calls read a column in the same way.
        columns = [called_values(bundle.shipped[c.column], c.codec, every) for c in self._columns]
        nullable = tuple(bundle.shipped[c.column].array.null_count > 0 for c in self._columns)
        values: list[list[Any]] = [[] for _ in self._results]
        for skipped in self._skipped:
            skipped.clear()
        rows = zip(*columns, strict=True)
        times = [0] * len(self._calls)
        self._thread = threading.get_ident()
        self._progress.enter_chain(self, values[0])
        try:
            self._run(rows, values, nullable, times)
            self._run(rows, values, nullable, None)
            for call, skipped in zip(self._calls, self._skipped, strict=True):
                self._progress.count_calls(call.step, bundle.rows - len(skipped))
            made = dict(zip(self._results, values, strict=True))
            for call in self._calls:
                column = result_column(call, every, made.get(call.step, []))
                bundle.results.append(column)
                if call.step in made:
                    _ = column.array
        finally:
            self._progress.leave_chain()
            self._charge(times, time.perf_counter_ns() - started)

    def running(self) -> Call | None:
        """The call that the loop is at; any thread."""
        frame = sys._current_frames().get(self._thread)
        while frame is not None:
            if (loop := self._loops.get(frame.f_code)) is not None:
                step = loop.step_at(frame.f_lineno)
                return None if step is None else self._calls[step]
            frame = frame.f_back
        return None

    def running_context(self) -> FunctionContext | None:
        """What the function that runs is told."""
        call = self.running()
        contexts = self._progress.contexts
        return None if call is None or not contexts else contexts[call.step]

    def _run(
        self,
        rows: zip[tuple[Any, ...]],
        values: list[list[Any]],
        nullable: tuple[bool, ...],
        times: list[int] | None,
    ) -> None:
        loop = chain_loop(self._chain, self._results, nullable, timed_rows=_TIMED_ROWS if times else 0)
        self._loops[loop.code] = loop
        skips = [skipped.append for skipped in self._skipped]
        appends = [column.append for column in values]
        try:
            loop.bind(self._scope)(rows, self._fits, skips, appends, times, time.perf_counter_ns)
        except Mismatch as mismatch:
            raise self._call_in(mismatch.__traceback__, loop)[0].misfit(mismatch, len(values[0])) from None
        except Exception as error:
            self._fail(error, len(values[0]), loop)

    def _fail(self, error: Exception, row: int, loop: ChainLoop) -> NoReturn:
        call, variables = self._call_in(error.__traceback__, loop)
        if isinstance(error, _NullRefused):
            raise call.null_refused(row) from None
        names = loop.arguments[call.step]
        sequences = [[variables.get(name)] for name in names]
        raise call.row_failed(error, row, None, sequences, 0) from error

    def _call_in(self, tb: TracebackType | None, loop: ChainLoop) -> tuple[Call, dict[str, Any]]:
        """The call in whose line of the loop something was raised, and the loop's variables."""
        while tb is not None and tb.tb_frame.f_code is not loop.code:
            tb = tb.tb_next
        step = None if tb is None else loop.step_at(tb.tb_lineno)
        if tb is None or step is None:
            raise AssertionError("the loop itself failed")
        return self._calls[step], tb.tb_frame.f_locals

    def _charge(self, times: Sequence[int], total: int) -> None:
        measured = sum(times)
        for call, ns in zip(self._calls, times, strict=True):
            share = ns / measured if measured else 1 / len(times)
            self._progress.charge(call.step, round(total * share))

    def _chain_call(self, step: RowStep) -> ChainCall:
        call = step.call
        reads: list[Read] = []
        for i, argument in enumerate(call.bound.arguments):
            if isinstance(argument, Constant):
                name = f"k{call.step}_{i}"
                self._scope[name] = argument.value
                reads.append(Read("constant", name, False))
            elif isinstance(argument, FromStep):
                reads.append(Read("step", f"v{argument.step}", argument.strict))
            else:
                reads.append(Read("column", f"c{self._place_of(argument)}", argument.strict))
        self._scope[f"f{call.step}"] = step.function
        return ChainCall(call.type.kind, tuple(reads))

    def _place_of(self, argument: FromColumn) -> int:
        for place, column in enumerate(self._columns):
            if (column.column, column.codec) == (argument.column, argument.codec):
                return place
        self._columns.append(argument)
        return len(self._columns) - 1


class _NullRefused(Exception):
    """None for a type without NULL."""


def _fitting(call: Call, value: Any) -> Any:
    """A value of another Python type than its SQL type has, as the next function sees it."""
    if value is None:
        if not call.type.nullable:
            raise _NullRefused
        return None
    if call.type.kind == "STRING" and value.__class__ is str:
        with contextlib.suppress(UnicodeEncodeError):
            value.encode()
            return value
    return call.result.decode(call.result.encode([value]))[0]


def _is_plain(step: RowStep) -> bool:
    call = step.call
    arguments = call.bound.arguments
    return (
        call.guard is None
        and not gives_rows_up(call)
        and step.is_direct
        and is_chainable(call.type.kind)
        and not any(isinstance(a, Constant) and a.strict and a.value is None for a in arguments)
        # Else a value is made into another one between the two functions.
        and all(a.codec.is_plain for a in arguments if isinstance(a, FromStep))
        and any(isinstance(a, FromColumn | FromStep) for a in arguments)
    )
