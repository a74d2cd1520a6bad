"""Aggregates over frames of rows: one partition at a time, whose rows come in pieces and leave in order."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Sequence
from itertools import accumulate, repeat
from typing import Any

from .bundle import Bundle
from .call import Call
from .called_rows import CalledRows


class FrameCall(ABC):
    """One aggregate of a window stage. `values` has its results in the order of rows; the stage takes them.

    `_forgets_used`: a row that was in a frame is never needed again, as later frames only grow.

    Rows of the partition are counted from 0. Where parameters do not take NULL, rows with it are in no frame;
    `_value` and `_extend` speak of the others, the called rows, by their own numbers from 0.
    """

    def __init__(self, call: Call) -> None:
        assert call.frame is not None
        self.call = call
        self.values: list[Any] = []
        self._frame = call.frame
        self._forgets_used = False
        self._skips_nulls = any(argument.strict for argument in call.bound.arguments)
        self._bundle_bounds: tuple[Bounds, Bounds] = ([], [])
        self._bundle_before: list[int] | None = None
        self._reset()

    def _reset(self) -> None:
        self._rows = 0
        self._called = 0
        #: Bounds of the rows that have no value yet.
        self._bounds: list[tuple[int | None, int | None]] = []
        #: No later frame needs a row before this one.
        self._from = 0
        #: For rows from `_from` on how many rows before each are called, and at the end how many there are.
        self._before: list[int] = [0]

    @property
    def needed_from(self) -> int:
        """The first row of the partition that is still held, for a frame or because it has no value yet."""
        return min(self._from, self._rows - len(self._bounds))

    def read(self, bundle: Bundle) -> None:
        """Takes the arguments of a bundle."""
        rows = bundle.called_rows(self.call.bound.arguments, [self.call.filter, self.call.guard])
        self._bundle_bounds = (
            _positions(bundle, self._frame.start, 1),
            _positions(bundle, self._frame.end, sys.maxsize),
        )
        flags: Sequence[bool] = rows.flags() if rows.keep is not None else [True] * rows.total
        self._bundle_before = [*accumulate(flags, initial=0)] if self._skips_nulls else None
        self._read(bundle, rows)

    def extend(self, start: int, end: int) -> None:
        """The rows `start` to `end` of the bundle are the next of the partition."""
        starts, ends = self._bundle_bounds
        self._bounds.extend(zip(starts[start:end], ends[start:end], strict=True))
        self._rows += end - start
        before = self._bundle_before
        if before is None:
            self._extend(start, end)
            self._called += end - start
            return
        self._extend(before[start], before[end])
        shift = self._called - before[start]
        self._before.extend(count + shift for count in before[start + 1 : end + 1])
        self._called = self._before[-1]

    def advance(self, ended: bool) -> None:
        """Gives a value to each row whose frame is known; `ended`: the partition has no further row."""
        done = 0
        for start, end in self._bounds:
            first, last = (0, 0) if start is None or end is None else (max(start - 1, 0), end)
            if last > self._rows:
                if not ended:
                    break
                last = self._rows
            if first < last:
                self.values.append(self._value(*self._called_range(first, last)))
                self._drop_before(last if self._forgets_used else first)
            else:
                self.values.append(self._value(0, 0))
            done += 1
        del self._bounds[:done]
        if ended:
            self._reset()
            self._forget()

    def abandon(self) -> None:
        """Forgets the partition and the values."""
        self.values.clear()
        self._reset()
        self._forget()

    def _called_range(self, first: int, last: int) -> tuple[int, int]:
        if not self._skips_nulls:
            return first, last
        start = 0 if first == 0 else self._before[first - self._from]
        return start, self._before[last - self._from]

    def _drop_before(self, first: int) -> None:
        if first - self._from < _DROPPED_AT_ONCE:
            return
        if self._skips_nulls:
            called = self._before[first - self._from]
            del self._before[: first - self._from]
        else:
            called = first
        self._from = first
        self._drop(called)

    @abstractmethod
    def _read(self, bundle: Bundle, rows: CalledRows) -> None:
        """Takes the arguments of the called rows of a bundle."""

    @abstractmethod
    def _extend(self, start: int, end: int) -> None:
        """The called rows `start` to `end` of the bundle are the next of the partition."""

    @abstractmethod
    def _value(self, first: int, last: int) -> Any:
        """The value over called rows of the partition; both 0: over none."""

    @abstractmethod
    def _drop(self, before: int) -> None:
        """Called rows before this one are in no later frame."""

    @abstractmethod
    def _forget(self) -> None:
        """The partition is over."""


Bounds = Sequence[int | None]


def _positions(bundle: Bundle, column: int | None, otherwise: int) -> Bounds:
    if column is None:
        return [otherwise] * bundle.rows
    positions: list[int | None] = bundle.shipped[column].array.to_pylist()
    return positions


#: Rows behind the frames are dropped in shares, which costs less than one by one.
_DROPPED_AT_ONCE = 1024


class ArgumentWindow:
    """The argument values of the held rows, by the rows' numbers in the partition."""

    def __init__(self) -> None:
        self._sequences: list[Any] = []
        self._held: list[Any] = []
        self._first = 0

    def read(self, sequences: Sequence[Any]) -> None:
        """The values of a bundle; constants repeat without end."""
        self._sequences = [s if isinstance(s, repeat) else list(s) for s in sequences]

    def extend(self, start: int, end: int) -> None:
        """Holds rows of the bundle."""
        if not self._held:
            self._held = [s if isinstance(s, repeat) else [] for s in self._sequences]
        for held, values in zip(self._held, self._sequences, strict=True):
            if not isinstance(held, repeat):
                held += values[start:end]

    def between(self, first: int, last: int) -> list[Any]:
        """The values of rows of the partition, argument by argument."""
        first, last = first - self._first, last - self._first
        return [held if isinstance(held, repeat) else held[first:last] for held in self._held]

    def drop(self, before: int) -> None:
        """Forgets rows."""
        if before <= self._first:
            return
        for held in self._held:
            if not isinstance(held, repeat):
                del held[: before - self._first]
        self._first = before

    def forget(self) -> None:
        """Forgets all."""
        self._held, self._first = [], 0
