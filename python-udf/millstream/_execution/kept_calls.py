"""Aggregates whose accumulators come with the rows of their groups, and go back with the values."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pyarrow as pa

from ..errors import MillstreamError
from ..functions import BatchAggregateFunction
from .aggregate_calls import AggregateCall, RowAggregate, called_before
from .aggregate_stage import aggregate_call
from .bundle import Bundle
from .call import Call
from .groups import changes
from .packed import kept, restored
from .vector import vectors_for
from .vector_aggregates import BatchAggregate


class KeptGroups(NamedTuple):
    """The groups of a bundle, as ranges of its rows; `continues`: those that are the one before them again,
    with more rows; `retracts`: rows that are taken back, None: no row is."""

    ranges: Sequence[tuple[int, int]]
    continues: Sequence[bool]
    retracts: pa.BooleanArray | None

    def runs(self, start: int, end: int, cuts: Sequence[int]) -> Iterator[tuple[int, int, bool]]:
        """The rows of a group in their order, as ranges that come or go; `cuts`: where that changes."""
        inner = cuts[bisect_right(cuts, start) : bisect_left(cuts, end)]
        for begin, stop in zip([start, *inner], [*inner, end], strict=True):
            yield begin, stop, self.retracts is not None and self.retracts[begin].as_py()


class Updated(NamedTuple):
    """What groups have come to: their values, and their accumulators as bytes (None: still without rows, or
    the group goes on)."""

    values: list[Any]
    states: list[bytes | None]


class KeptRows(RowAggregate):
    """Calls `accumulate` for rows that come and `retract` for those that go."""

    def __init__(self, call: Call) -> None:
        super().__init__(call)
        self._adding = self._accumulate
        self._retracting: Any = None

    def update(self, bundle: Bundle, groups: KeptGroups, states: Sequence[bytes | None]) -> Updated:
        """Gives the rows of each group to its accumulator, or to a new one.

        Raises:
            UdfError: UDF_EXCEPTION, UDF_RETURN_TYPE or UDF_ACCUMULATOR.
        """
        rows = self._called(bundle)
        self._read(bundle, rows)
        before = called_before(rows)
        cuts = [] if groups.retracts is None else [position + 1 for position in changes(groups.retracts)]
        updated = Updated([], [])
        goes_on = [*groups.continues[1:], False]
        for i, (start, end) in enumerate(groups.ranges):
            state = states[i]
            if groups.continues[i]:
                self._is_new = False
            elif state is None:
                self._begin()
            else:
                self._accumulator, self._is_new = restored(self.call, state), False
            for first, last, retracts in groups.runs(start, end, cuts):
                if before is not None:
                    first, last = before[first], before[last]
                if first < last:
                    self._give(first, last, retracts)
            updated.values.append(self._end())
            updated.states.append(None if goes_on[i] else kept(self.call, self._accumulator))
        return updated

    def _give(self, start: int, end: int, retracts: bool) -> None:
        if not retracts:
            self._feed(start, end)
            return
        if self._retracting is None:
            self._retracting = self.call.bound.adapt(self._instance.retract, leading=1)
        self._accumulate, self._method = self._retracting, "retract"
        try:
            self._feed(start, end)
        finally:
            self._accumulate, self._method = self._adding, "accumulate"


class KeptBatches(BatchAggregate):
    """Calls `partial` for the rows of a group, and `merge` with what the group had come to."""

    def __init__(self, call: Call) -> None:
        super().__init__(call, vectors_for(call.loaded.spec.definition.batch or "arrow", call.dialect))

    def update(self, bundle: Bundle, groups: KeptGroups, states: Sequence[bytes | None]) -> Updated:
        """As of `KeptRows`; no row is taken back."""
        rows = self._called(bundle)
        self._read(bundle, rows)
        before = called_before(rows)
        updated = Updated([], [])
        for i, (start, end) in enumerate(groups.ranges):
            state = updated.states[-1] if groups.continues[i] else states[i]
            self._begin()
            if state is not None:
                self._partials, self._is_empty = restored(self.call, state), False
            if before is not None:
                start, end = before[start], before[end]
            if start < end:
                self._feed(start, end)
            # `finish` may use the state up.
            updated.states.append(None if self._is_empty else kept(self.call, self._partials))
            updated.values.append(self._end())
        return updated


class WholeGroups:
    """Calls a function for groups whose rows all come at once."""

    def __init__(self, aggregate: AggregateCall) -> None:
        self.call = aggregate.call
        self._aggregate = aggregate

    def update(self, bundle: Bundle, groups: KeptGroups, states: Sequence[bytes | None]) -> Updated:
        """As of `KeptRows`; no group has an accumulator."""
        try:
            values = self._aggregate.run(bundle, groups.ranges, len(groups.ranges))
        except MillstreamError:
            self._aggregate.abandon()
            raise
        return Updated(values, [None] * len(values))


def kept_call(call: Call, group_bytes: int) -> KeptRows | KeptBatches | WholeGroups:
    """How an aggregate is evaluated whose groups stay open."""
    if isinstance(call.loaded.spec.instance, BatchAggregateFunction):
        return KeptBatches(call)
    if call.loaded.spec.definition.batch is None:
        return KeptRows(call)
    return WholeGroups(aggregate_call(call, group_bytes))
