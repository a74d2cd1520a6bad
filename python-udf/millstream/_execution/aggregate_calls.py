"""Aggregates over the groups of a stage: one open group at a time, which may span bundles."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate, compress, repeat
from typing import Any

from .._user_error import user_error
from ..errors import MillstreamError
from .accumulator_type import AccumulatorType
from .bundle import Bundle
from .call import Call
from .called_rows import CalledRows
from .distinct import DistinctRows
from .failed_rows import FailedRows, gives_rows_up
from .packed import pack
from .progress import Behind
from .restored_accumulator import RestoredAccumulator


class AggregateCall(ABC):
    """One aggregate of a stage, fed group after group."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self._is_open = False
        self._is_fed = False

    @abstractmethod
    def _read(self, bundle: Bundle, rows: CalledRows) -> None:
        """Takes the arguments of a bundle."""

    @abstractmethod
    def _begin(self) -> None:
        """Begins a group."""

    @abstractmethod
    def _feed(self, start: int, end: int) -> None:
        """Adds the called rows `start` to `end` of the bundle to the group; at least one."""

    @abstractmethod
    def _end(self) -> Any:
        """The value of the group."""

    def _state(self) -> Any:
        """What the group has come to, for a merge; of aggregates that can be merged."""
        raise NotImplementedError

    def run(
        self, bundle: Bundle, ranges: Sequence[tuple[int, int]], finished: int, partial: bool = False
    ) -> list[Any]:
        """Feeds the groups of a bundle, given as ranges of its rows; the values of the first `finished`.

        The first range goes on with the group left open by the previous bundle, if there is one. `partial`:
        the accumulators instead of the values, as bytes; None for a group without rows.

        Raises:
            UdfError: UDF_EXCEPTION.
        """
        rows = self._called(bundle)
        self._read(bundle, rows)
        before = called_before(rows)
        values: list[Any] = []
        for i, (start, end) in enumerate(ranges):
            if not self._is_open:
                self._begin()
                self._is_open, self._is_fed = True, False
            if before is not None:
                start, end = before[start], before[end]
            self.call.progress.finished = range(start)
            if start < end:
                self._feed(start, end)
                self._is_fed = True
            if i < finished:
                values.append(self._packed() if partial else self._end())
                self._is_open = False
        if self._is_open:
            self._goes_on()
        return values

    def _called(self, bundle: Bundle) -> CalledRows:
        conditions = [self.call.filter, self.call.guard]
        return bundle.called_rows(self.call.bound.arguments, conditions, self.call.name)

    def _packed(self) -> bytes | None:
        return pack(self.call, self._state()) if self._is_fed else None

    def _goes_on(self) -> None:  # noqa: B027
        """The group that is open goes on in the next bundle."""

    def abandon(self) -> None:
        """Forgets the open group."""
        self._is_open = False

    def _failed(self, error: Exception, doing: str) -> MillstreamError:
        return user_error(error, self.call.name, doing)


class RowAggregate(AggregateCall):
    """Calls `accumulate` for each row."""

    def __init__(self, call: Call) -> None:
        super().__init__(call)
        self._instance = call.loaded.spec.instance
        self._accumulate = call.bound.adapt(call.loaded.spec.call, leading=1)
        self._method = "accumulate"
        self._accumulator: Any = None
        self._type = AccumulatorType(call)
        self._distinct = DistinctRows() if call.distinct else None
        self._sequences: list[Any] = []
        self._rows = CalledRows(0)
        self._place: Callable[[int], int] = int
        self._failures = FailedRows(0)
        self._is_new = True
        self._tolerant = gives_rows_up(call)

    def _read(self, bundle: Bundle, rows: CalledRows) -> None:
        self._rows = rows
        self._place = bundle.place
        self._failures = bundle.failed
        self._sequences = self.call.sequences(bundle, rows)

    def _begin(self) -> None:
        self._accumulator = self._create()
        self._is_new = True
        self._type.check(self._accumulator)
        if self._distinct is not None:
            self._distinct.clear()

    def _create(self) -> Any:
        try:
            return self._instance.create_accumulator()
        except Exception as error:
            raise self._failed(error, "in `create_accumulator`") from error

    def _feed(self, start: int, end: int) -> None:
        arguments = self._sequences if end - start == self._rows.count else self._cut(start, end)
        positions: Sequence[int] = range(start, end)
        if self._distinct is not None:
            fresh = self._distinct.fresh(arguments, end - start)
            arguments = [s if isinstance(s, repeat) else [*compress(s, fresh)] for s in arguments]
            positions = [*compress(positions, fresh)]
        if self._tolerant:
            self._feed_tolerantly(start, positions, arguments)
            return
        self._call_rows(repeat(self._accumulator, len(positions)), positions, arguments, start)

    def _call_rows(
        self, accumulators: Iterable[Any], positions: Sequence[int], arguments: Sequence[Any], before: int
    ) -> None:
        """Calls `accumulate` for each of the called rows `positions` with an accumulator of its own.

        `before`: rows of the bundle that were done before.
        """
        done: list[Any] = []
        self.call.progress.finished = Behind(before, done)
        try:
            # As in `Call.map_rows`, what `extend` has got says which row raised.
            done.extend(map(self._accumulate, accumulators, *arguments))
        except Exception as error:
            raise self._row_failed(error, positions, arguments, len(done)) from error
        if len(done) < len(positions):
            stop = StopIteration("raised by the function itself")
            raise self._row_failed(stop, positions, arguments, len(done))
        self.call.progress.count_calls(self.call.step, len(done))

    def _feed_tolerantly(self, first: int, positions: Sequence[int], arguments: Sequence[Any]) -> None:
        lists = [s if isinstance(s, (repeat, list)) else list(s) for s in arguments]

        def on_failure(index: int, error: BaseException, may_give_up: bool) -> None:
            failure = self._row_failed(error, positions, lists, index)
            if not may_give_up:
                failure.hint = "It took this row before: a function with on_error must do the same each time."
                raise failure from error
            row = self._place(self._rows.position(positions[index]))
            self._failures.add(self.call, row, failure, drops=False)

        restored = RestoredAccumulator(self.call, self._create, self._accumulate, on_failure)
        self._accumulator = restored.feed(self._accumulator, self._is_new, lists, first, len(positions))
        self._is_new = False

    def _cut(self, start: int, end: int) -> list[Any]:
        # Slices of lists are faster than those of memoryviews, and there may be one for each row.
        self._sequences = [s if isinstance(s, (repeat, list)) else list(s) for s in self._sequences]
        return [s if isinstance(s, repeat) else s[start:end] for s in self._sequences]

    def _end(self) -> Any:
        self._type.check(self._accumulator)
        try:
            return self._instance.get_value(self._accumulator)
        except Exception as error:
            raise self._failed(error, "in `get_value`") from error

    def _state(self) -> Any:
        return self._accumulator

    def _row_failed(
        self, error: BaseException, positions: Sequence[int], arguments: Sequence[Any], index: int
    ) -> MillstreamError:
        row = self._place(self._rows.position(positions[index]))
        return self.call.row_failed(error, row, self._method, arguments, index)


def called_before(rows: CalledRows) -> list[int] | None:
    """For each row how many rows before it are called; None where all are."""
    return None if rows.keep is None else list(accumulate(rows.flags(), initial=0))
