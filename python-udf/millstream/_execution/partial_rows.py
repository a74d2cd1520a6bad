"""The first of two phases of an aggregate that is given its rows one by one."""

from __future__ import annotations

from .aggregate_calls import RowAggregate
from .bundle import Bundle
from .bundle_groups import BundleGroups
from .packed import pack


class PartialRows(RowAggregate):
    """Has an accumulator for each group of a bundle at the same time, so that its rows need not be sorted."""

    def states(self, bundle: Bundle, groups: BundleGroups) -> list[bytes | None]:
        """By group: its accumulator, or None for one without rows to count.

        Raises:
            UdfError: UDF_EXCEPTION, UDF_ACCUMULATOR.
        """
        rows = self._called(bundle)
        self._read(bundle, rows)
        numbers = groups.numbers(rows)
        accumulators = [self._create() for _ in range(len(groups.firsts))]
        self._type.check(accumulators[0])
        self._call_rows(map(accumulators.__getitem__, numbers), range(rows.count), self._sequences, 0)
        fed = range(len(accumulators)) if rows.keep is None else set(numbers)
        return [
            pack(self.call, accumulator) if group in fed else None
            for group, accumulator in enumerate(accumulators)
        ]
