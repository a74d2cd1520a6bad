"""Aggregates over vectors: of a whole group, of its batches in turn, or partial results that are merged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from ..errors import MillstreamError, UdfError
from .aggregate_calls import AggregateCall
from .arguments import Constant
from .bundle import Bundle
from .call import Call
from .called_rows import CalledRows
from .column import called_array
from .distinct import DistinctRows
from .pulled_call import PulledCall
from .vector import Vectors


class OverVectors(AggregateCall):
    """Takes the arguments of a group as slices of Arrow columns."""

    def __init__(self, call: Call, vectors: Vectors) -> None:
        super().__init__(call)
        self._vectors = vectors
        self._instance = call.loaded.spec.instance
        self._arrays: list[pa.Array] = []
        self._columns = [a for a in call.bound.arguments if not isinstance(a, Constant)]
        self._distinct = DistinctRows() if call.distinct else None
        self._rows = 0

    def _read(self, bundle: Bundle, rows: CalledRows) -> None:
        self._arrays = self.columns_of(bundle, rows)

    def columns_of(self, bundle: Bundle, rows: CalledRows) -> list[pa.Array]:
        """The columns of the arguments in the called rows."""
        columns = (bundle.column(argument) for argument in self._columns)
        return [called_array(column, rows) for column in columns if column is not None]

    def value_over(self, arrays: list[pa.Array], start: int, end: int) -> Any:
        """The value of the rows `start` to `end` of such columns as a group of their own.

        Raises:
            UdfError: UDF_EXCEPTION, UDF_PARTITION_SIZE.
        """
        self._arrays = arrays
        self._begin()
        if start < end:
            self._feed(start, end)
        return self._end()

    def _begin(self) -> None:
        self._rows = 0
        if self._distinct is not None:
            self._distinct.clear()

    def _slice(self, start: int, end: int) -> list[pa.Array]:
        """The columns in these rows; with DISTINCT in those that are new to the group."""
        self._rows += end - start
        arrays = [array.slice(start, end - start) for array in self._arrays]
        if self._distinct is None or not arrays:
            return arrays
        values = [list(c.codec.decode(a)) for a, c in zip(arrays, self._columns, strict=True)]
        fresh = pa.array(self._distinct.fresh(values, end - start), pa.bool_())
        return [array.filter(fresh) for array in arrays]

    def _arguments(self, arrays: Sequence[pa.Array]) -> list[Any]:
        """Vectors, with constants between them."""
        vectors = iter(
            [self._vectors.from_array(a, c.codec) for a, c in zip(arrays, self._columns, strict=True)]
        )
        return [a.value if isinstance(a, Constant) else next(vectors) for a in self.call.bound.arguments]

    def _empty(self) -> list[pa.Array]:
        return [pa.nulls(0, column.codec.arrow_type) for column in self._columns]

    def _end(self) -> Any:
        try:
            return self._vectors.scalar(self._value(), self.call.result)
        except Exception as error:
            raise self._group_failed(error) from error

    def _value(self) -> Any:
        raise NotImplementedError

    def _group_failed(self, error: Exception) -> MillstreamError:
        return self._failed(error, f"on a group of {self._rows} rows")


class VectorAggregate(OverVectors):
    """Calls the function once for each group, with one vector for each argument. The group is bounded."""

    def __init__(self, call: Call, vectors: Vectors, group_bytes: int) -> None:
        super().__init__(call, vectors)
        self._function = call.bound.adapt(call.loaded.spec.call, leading=int(self._instance is not None))
        self._parts: list[list[pa.Array]] = []
        self._limit = group_bytes
        self._bytes = 0

    def _begin(self) -> None:
        super()._begin()
        self._parts, self._bytes = [], 0

    def _feed(self, start: int, end: int) -> None:
        arrays = self._slice(start, end)
        self._bytes += sum(array.nbytes for array in arrays)
        if self._bytes > self._limit:
            raise UdfError(
                "UDF_PARTITION_SIZE",
                f"Function `{self.call.name}` takes whole groups, but a group has more than "
                f"{self._limit >> 20} MiB after {self._rows} rows.",
                hint="Take an iterator of vectors, write partial, merge and finish (BatchAggregateFunction), "
                "or give the workers more memory.",
                details=self.call.details(None),
            )
        self._parts.append(arrays)

    def _value(self) -> Any:
        parts, self._parts = self._parts, []
        arrays = [pa.concat_arrays(pieces) for pieces in zip(*parts, strict=True)] if parts else self._empty()
        arguments = self._arguments(arrays)
        self.call.progress.count_calls(self.call.step, 1)
        if self._instance is None:
            return self._function(*arguments)
        accumulator = self._instance.create_accumulator()
        self._function(accumulator, *arguments)
        return self._instance.get_value(accumulator)


class BatchAggregate(OverVectors):
    """Calls `partial` for each batch of a group, `merge` to put two results together, `finish` at the end."""

    def __init__(self, call: Call, vectors: Vectors) -> None:
        super().__init__(call, vectors)
        self._function = call.bound.adapt(call.loaded.spec.call)
        self._partials: Any = None
        self._is_empty = True

    def _begin(self) -> None:
        super()._begin()
        self._partials, self._is_empty = None, True

    def _feed(self, start: int, end: int) -> None:
        try:
            self._add(self._slice(start, end))
        except Exception as error:
            raise self._group_failed(error) from error

    def _add(self, arrays: Sequence[pa.Array]) -> None:
        self.call.progress.count_calls(self.call.step, 1)
        state = self._function(*self._arguments(arrays))
        self._partials = state if self._is_empty else self._instance.merge(self._partials, state)
        self._is_empty = False

    def _state(self) -> Any:
        state, self._partials = self._partials, None
        return state

    def _value(self) -> Any:
        if self._is_empty:
            self._add(self._empty())
        state, self._partials = self._partials, None
        return self._instance.finish(state)


class IteratorAggregate(OverVectors):
    """Calls the function once for each group, with an iterator of vectors, or of tuples of them."""

    def __init__(self, call: Call, vectors: Vectors) -> None:
        super().__init__(call, vectors)
        self._function = call.loaded.spec.call
        self._parts: list[list[pa.Array]] = []
        self._pulled: PulledCall[list[pa.Array]] | None = None
        self._results: list[Any] = []

    def _begin(self) -> None:
        super()._begin()
        self._parts, self._pulled, self._results = [], None, []

    def _feed(self, start: int, end: int) -> None:
        arrays = self._slice(start, end)
        if self._pulled is None:
            self._parts.append(arrays)
        else:
            self._pull(self._pulled.feed(0, arrays))

    def _goes_on(self) -> None:
        if self._pulled is None:
            self._pulled = PulledCall(1, lambda inputs: [self._call(inputs[0])])
            parts, self._parts = self._parts, []
            for arrays in parts:
                self._pull(self._pulled.feed(0, arrays))

    def _value(self) -> Any:
        if self._pulled is None:
            parts, self._parts = self._parts, []
            return self._call(iter(parts))
        pulled, self._pulled = self._pulled, None
        self._pull(pulled.finish())
        return self._results[0]

    def abandon(self) -> None:
        if self._pulled is not None:
            self._pulled.abandon()
        super().abandon()

    def _pull(self, results: Iterator[list[Any]]) -> None:
        try:
            for items in results:
                self._results += items
        except Exception as error:
            raise self._group_failed(error) from error

    def _call(self, parts: Iterator[list[pa.Array]]) -> Any:
        self.call.progress.count_calls(self.call.step, 1)
        batches = (self._arguments(arrays) for arrays in parts)
        if self.call.loaded.spec.form.iterator == "vector":
            return self._function(batch[0] for batch in batches)
        return self._function(map(tuple, batches))
