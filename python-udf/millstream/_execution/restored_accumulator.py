"""Rows that an aggregate fails on, given up with whatever they did to the accumulator."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from itertools import repeat
from typing import Any

from .._user_error import short_repr
from ..errors import UdfError
from .call import Call
from .progress import Behind
from .tolerant_calls import FAILURES


class RestoredAccumulator:
    """Feeds the accumulator of a group. A row that fails takes it back to where it was: a copy from before,
    to which the good rows since then are given again. The copy is made where rows come to an accumulator that
    has some, and after each failure; a group whose rows come at once and do not fail is never copied.
    """

    def __init__(
        self, call: Call, create: Callable[[], Any], accumulate: Callable[..., Any], failed: OnFailure
    ) -> None:
        self._call = call
        self._create = create
        self._accumulate = accumulate
        self._failed = failed
        self._first = 0

    def feed(self, accumulator: Any, is_new: bool, arguments: Sequence[Any], first: int, count: int) -> Any:
        """The accumulator after `count` rows, those left out that failed; `is_new`: it has none yet. `first`:
        how many rows of the bundle came before."""
        self._first = first
        before = None if is_new else self._copy(accumulator)
        start = 0
        while True:
            done, error = self._extend(accumulator, arguments, start, count)
            self._call.progress.count_calls(self._call.step, done + (error is not None))
            if error is None:
                return accumulator
            self._failed(start + done, error, True)
            accumulator = self._create() if before is None else before
            again, unexpected = self._extend(accumulator, arguments, start, start + done)
            if unexpected is not None:
                self._failed(start + again, unexpected, False)
            start += done + 1
            if start == count:
                return accumulator
            before = self._copy(accumulator)

    def _extend(
        self, accumulator: Any, arguments: Sequence[Any], start: int, end: int
    ) -> tuple[int, BaseException | None]:
        """Gives rows to the accumulator: how many it took, and why not the next one."""
        done: list[Any] = []
        self._call.progress.finished = Behind(self._first + start, done)
        parts = [s if isinstance(s, repeat) else s[start:end] for s in arguments]
        try:
            # As in `Call.map_rows`, what `extend` has got says which row raised.
            done.extend(map(self._accumulate, repeat(accumulator, end - start), *parts))
        except FAILURES as error:
            return len(done), error
        if len(done) < end - start:
            return len(done), StopIteration("raised by the function itself")
        return len(done), None

    def _copy(self, accumulator: Any) -> Any:
        try:
            return copy.deepcopy(accumulator)
        except Exception as error:
            raise UdfError(
                "UDF_ACCUMULATOR",
                f"The accumulator {short_repr(accumulator)} of function `{self._call.name}` cannot be "
                f"copied, which on_error={self._call.options.on_error!r} needs: "
                f"{type(error).__name__}: {error}",
                hint="Keep plain values in it, or remove on_error.",
                details=self._call.details(None),
            ) from error


#: The number of the row, what it raised, and whether it may be given up; raises where not.
OnFailure = Callable[[int, BaseException, bool], None]
