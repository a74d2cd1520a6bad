"""Evaluates a scalar function over an iterator of batches: called once, then fed for as long as the stage is
open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa

from .._user_error import short_repr, user_error
from ..errors import MillstreamError, UdfError
from .bundle import Bundle
from .call import Call
from .called_rows import CalledRows
from .column import ArrowColumn
from .vector import Vectors
from .vector_call import Part, VectorCall


class IteratorStep:
    """The function runs while results of a batch are wanted: it may give them in pieces of any length, all of
    them before it asks for the next batch."""

    def __init__(self, call: Call, vectors: Vectors) -> None:
        self.call = call
        self._vectors = VectorCall(call, vectors)
        self._function = call.loaded.spec.call
        self._as_tuple = call.loaded.spec.form.iterator == "tuple" or len(call.bound.arguments) > 1
        self._input = _Input(call)
        self._results: Iterator[Any] | None = None

    def evaluate(self, bundle: Bundle) -> ArrowColumn:
        """One value for each row, NULL where the row was not in the batches."""
        rows = bundle.called_rows(self.call.bound.arguments, [self.call.guard])
        arrays: list[pa.Array] = []
        for part in self._vectors.parts(bundle, rows):
            arrays += self._feed(rows, part)
        return self._vectors.column(arrays, rows)

    def take_retries(self) -> int:
        """None: a function that was called once is not called again."""
        return 0

    def close(self) -> None:
        """Ends the input; what the function does after its loop is done here.

        Raises:
            UdfError: UDF_RETURN_LENGTH where it still gives values, UDF_EXCEPTION where it fails.
        """
        results, self._results = self._results, None
        self._input.ended = True
        if results is None:
            return
        try:
            surplus = next(results, None)
        except Exception as error:
            raise user_error(error, self.call.name, "at the end of its batches") from error
        if surplus is not None:
            raise self._wrong_length("gave more values after its last batch")

    def _feed(self, rows: CalledRows, part: Part) -> list[pa.Array]:
        self._input.give(tuple(part.arguments) if self._as_tuple else part.arguments[0])
        arrays: list[pa.Array] = []
        have = 0
        while have < part.rows:
            array = self._vectors.array_of(self._next(rows, part, have), rows, part, exact=False)
            have += len(array)
            arrays.append(array)
        if have > part.rows:
            raise self._wrong_length(f"gave {have} values for a batch of {part.rows} rows")
        self.call.progress.count_calls(self.call.step, 1)
        self.call.progress.finished = range(part.start + part.rows)
        return arrays

    def _next(self, rows: CalledRows, part: Part, have: int) -> Any:
        try:
            if self._results is None:
                self._results = self._begin()
            return next(self._results)
        except StopIteration:
            raise self._wrong_length(f"ended after {have} values of a batch of {part.rows} rows") from None
        except MillstreamError:
            raise
        except Exception as error:
            raise self._vectors.failed(error, rows, part) from error

    def _begin(self) -> Iterator[Any]:
        results = self._function(self._input)
        if isinstance(results, Iterable):
            return iter(results)
        raise UdfError(
            "UDF_NOT_ITERABLE",
            f"Function `{self.call.name}` returned {short_repr(results)} of type {type(results).__name__}, "
            "which is not iterable.",
            hint="A function over an iterator of batches yields a vector for each of them.",
            details=self.call.details(None),
        )

    def _wrong_length(self, what: str) -> UdfError:
        return UdfError(
            "UDF_RETURN_LENGTH",
            f"Function `{self.call.name}` {what}.",
            hint="Yield one value for each row of a batch before taking the next batch.",
            details=self.call.details(None),
        )


class _Input(Iterator[Any]):
    """The batches, as the function sees them."""

    def __init__(self, call: Call) -> None:
        self.ended = False
        self._call = call
        self._waiting: list[Any] = []

    def give(self, batch: Any) -> None:
        self._waiting.append(batch)

    def __next__(self) -> Any:
        if self._waiting:
            return self._waiting.pop()
        if self.ended:
            raise StopIteration
        raise UdfError(
            "UDF_RETURN_LENGTH",
            f"Function `{self._call.name}` asked for another batch before it had given a value for each row "
            "of the last one.",
            hint="Yield the values of a batch before taking the next one.",
            details=self._call.details(None),
        )
