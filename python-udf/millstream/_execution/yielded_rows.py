"""Rows of generators whose code says what they yield: taken in without a look at each of them."""

from __future__ import annotations

from array import array as packed_array
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence, Sized
from itertools import chain, islice, repeat, starmap
from operator import itemgetter, length_hint
from typing import Any

from .call import argument_rows

#: Rows after which is noted which call is at work. They are all that is looked at again, in the caches.
_ROWS_AT_ONCE = 256


class YieldedRows(Sized):
    """One chain of all calls of a generator function; its length grows with each call that ends.

    Between two rows no other Python code runs than the function's. So nobody counts the rows of a call: which
    calls may have given a row is known to within `_ROWS_AT_ONCE` rows.
    """

    def __init__(self, function: Callable[..., Any], sequences: Sequence[Any], count: int) -> None:
        self._count = count
        self._left, calls = _counted(function, sequences, count)
        self._rows: Iterator[Any] = chain.from_iterable(calls)
        #: Rows of the answer at hand, and the calls that had begun when there were so many.
        self._marks = packed_array("i")
        self._begun = packed_array("i")

    def __len__(self) -> int:
        return max(self.begun - 1, 0)

    @property
    def begun(self) -> int:
        """The calls that have begun; while the function runs, the last of them is at work."""
        return self._count - length_hint(self._left)

    def take(self, columns: Sequence[list[Any]], fields: Sequence[int] | None, most: int) -> None:
        """Takes rows to the ends of empty `columns`: the `fields` of each, None: as it is.

        Until there are `most`, a multiple of 256, or no more.
        """
        self._marks, self._begun = packed_array("i", (0,)), packed_array("i", (self.begun,))
        counted = columns[0]
        while len(counted) < most:
            before = len(counted)
            self._take_some(columns, fields)
            if len(counted) == before:
                return
            self._marks.append(len(counted))
            self._begun.append(self.begun)

    def calls_of(self, row: int) -> range:
        """The calls that may have given a row of the last `take`."""
        mark = bisect_right(self._marks, row)
        return range(max(self._begun[mark - 1] - 1, 0), self._begun[mark])

    def _take_some(self, columns: Sequence[list[Any]], fields: Sequence[int] | None) -> None:
        some = islice(self._rows, _ROWS_AT_ONCE)
        if fields is None:
            columns[0].extend(some)
        elif len(fields) == 1:
            columns[0].extend(map(itemgetter(fields[0]), some))
        else:
            rows = list(some)
            for column, field in zip(columns, fields, strict=True):
                column.extend(map(itemgetter(field), rows))


def _counted(
    function: Callable[..., Any], sequences: Sequence[Any], count: int
) -> tuple[Iterator[Any], Iterator[Any]]:
    """What tells how many calls have not begun, and the results of all calls."""
    varying = next((i for i, sequence in enumerate(sequences) if not isinstance(sequence, repeat)), None)
    if varying is None:
        arguments = argument_rows(sequences, count)
        return arguments, starmap(function, arguments)
    # Only of a list's iterator it is certain that it knows.
    left = iter(list(sequences[varying]))
    return left, map(function, *sequences[:varying], left, *sequences[varying + 1 :])
