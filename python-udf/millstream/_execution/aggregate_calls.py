"""Aggregates over the groups of a stage: one open group at a time, which may span bundles."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from itertools import accumulate, compress, repeat
from typing import Any

import pyarrow as pa

from .._user_error import user_error
from .arguments import Constant
from .bundle import Bundle
from .call import Call
from .called_rows import CalledRows
from .column import called_array
from .distinct import DistinctRows
from .vector import Vectors


class AggregateCall(ABC):
    """One aggregate of a stage. Groups are fed in order: `feed` any number of times, then `finish`."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self._started = False

    @abstractmethod
    def _start(self) -> None:
        """Begins a group."""

    @abstractmethod
    def _feed(self, start: int, end: int) -> None:
        """Adds the called rows `start` to `end` of the current bundle."""

    @abstractmethod
    def _finish(self) -> Any:
        """The value of the group."""

    @abstractmethod
    def _read(self, bundle: Bundle, rows: CalledRows) -> None:
        """Takes the arguments of a bundle."""

    def run(self, bundle: Bundle, ranges: Sequence[tuple[int, int]], finished: int) -> list[Any]:
        """Feeds the groups of a bundle, given as ranges of its rows; the values of the first `finished` of
        them.

        The first range goes on with the group left open by the previous bundle, if there is one.
        """
        call = self.call
        rows = bundle.called_rows(call.bound.arguments, [call.filter, call.guard])
        self._read(bundle, rows)
        before = _called_before(rows)
        values: list[Any] = []
        for i, (start, end) in enumerate(ranges):
            if not self._started:
                self._guarded("create_accumulator", self._start)
                self._started = True
            first, last = (start, end) if before is None else (before[start], before[end])
            if first < last:
                self._feed(first, last)
            if i < finished:
                values.append(self._guarded("get_value", self._finish))
                self._started = False
        return values

    def abandon(self) -> None:
        """Forgets the open group."""
        self._started = False

    def _guarded(self, doing: str, method: Callable[[], Any]) -> Any:
        try:
            return method()
        except Exception as error:
            raise user_error(error, self.call.name, f"in `{doing}`") from error


class RowAggregate(AggregateCall):
    """Calls `accumulate` for each row."""

    def __init__(self, call: Call) -> None:
        super().__init__(call)
        self._instance = call.loaded.spec.instance
        self._accumulate = call.bound.adapt(call.loaded.spec.call, leading=1)
        self._accumulator: Any = None
        self._distinct = DistinctRows() if call.distinct else None
        self._sequences: list[Any] = []
        self._rows = CalledRows(0)

    def _start(self) -> None:
        self._accumulator = self._instance.create_accumulator()
        if self._distinct is not None:
            self._distinct.clear()

    def _read(self, bundle: Bundle, rows: CalledRows) -> None:
        self._rows = rows
        self._sequences = self.call.sequences(bundle, rows)

    def _feed(self, start: int, end: int) -> None:
        arguments = [s if isinstance(s, repeat) else s[start:end] for s in self._sequences]
        positions: Sequence[int] = range(start, end)
        if self._distinct is not None:
            fresh = self._distinct.fresh(arguments, end - start)
            arguments = [s if isinstance(s, repeat) else [*compress(s, fresh)] for s in arguments]
            positions = list(compress(positions, fresh))
        self.call.map_rows(
            self._accumulate,
            arguments,
            len(positions),
            lambda index: self._rows.position(positions[index]),
            method="accumulate",
            leading=[self._accumulator],
        )

    def _finish(self) -> Any:
        return self._instance.get_value(self._accumulator)


class VectorAggregate(AggregateCall):
    """Calls the function once for each group, with one vector for each argument."""

    def __init__(self, call: Call, vectors: Vectors) -> None:
        super().__init__(call)
        self._vectors = vectors
        self._function = call.bound.adapt(
            call.loaded.spec.call, leading=int(call.loaded.spec.instance is not None)
        )
        self._parts: list[list[pa.Array]] = []
        self._arrays: list[pa.Array] = []
        self._columns = [a for a in call.bound.arguments if not isinstance(a, Constant)]
        self._distinct = DistinctRows() if call.distinct else None

    def _start(self) -> None:
        self._parts = []

    def _read(self, bundle: Bundle, rows: CalledRows) -> None:
        columns = (bundle.column(argument) for argument in self._columns)
        self._arrays = [called_array(column, rows) for column in columns if column is not None]

    def _feed(self, start: int, end: int) -> None:
        self._parts.append([array.slice(start, end - start) for array in self._arrays])

    def _finish(self) -> Any:
        arrays = self._group()
        vectors = iter(
            [self._vectors.from_array(a, c.codec) for a, c in zip(arrays, self._columns, strict=True)]
        )
        arguments = [a.value if isinstance(a, Constant) else next(vectors) for a in self.call.bound.arguments]
        self.call.progress.count_calls(self.call.step, 1)
        instance = self.call.loaded.spec.instance
        if instance is None:
            result = self._function(*arguments)
        else:
            accumulator = instance.create_accumulator()
            self._function(accumulator, *arguments)
            result = instance.get_value(accumulator)
        return self._vectors.scalar(result, self.call.result)

    def _group(self) -> list[pa.Array]:
        if not self._parts:
            return [pa.nulls(0, column.codec.arrow_type) for column in self._columns]
        arrays = [pa.concat_arrays(pieces) for pieces in zip(*self._parts, strict=True)]
        if self._distinct is None or not arrays:
            return arrays
        self._distinct.clear()
        values = [list(c.codec.decode(a)) for a, c in zip(arrays, self._columns, strict=True)]
        fresh = pa.array(self._distinct.fresh(values, len(arrays[0])), pa.bool_())
        return [array.filter(fresh) for array in arrays]


def _called_before(rows: CalledRows) -> list[int] | None:
    """For each row how many rows before it are called; None where all are."""
    return None if rows.keep is None else list(accumulate(rows.flags(), initial=0))
