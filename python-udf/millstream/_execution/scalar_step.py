"""Evaluates a scalar function over a bundle, by rows or by vectors."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from ..errors import MillstreamError
from .bundle import Bundle
from .call import Call
from .called_rows import CalledRows
from .codec import Mismatch
from .column import ArrowColumn, ResultColumn
from .failed_rows import gives_rows_up
from .kept_results import KeptResults
from .pacing import Pacing
from .tolerant_calls import tolerant_values
from .vector import Vectors
from .vector_call import Part, VectorCall


class RowStep:
    """Calls the function once for each row that needs it."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self._pacing = Pacing(call.options, call.name, call.share.shared_folder)
        self._kept = KeptResults(call)
        self.function = self._kept.of(self._pacing.paced(call.bound.adapt(call.loaded.spec.call)))

    @property
    def is_direct(self) -> bool:
        """Each row is one call, made at once and once."""
        return self._pacing.is_idle and self._kept.is_idle

    def evaluate(self, bundle: Bundle) -> ResultColumn:
        """One value for each row, None where the function was not called."""
        call = self.call
        rows = bundle.called_rows(call.bound.arguments, [call.guard], call.name)
        sequences = call.sequences(bundle, rows)
        if gives_rows_up(call):
            values = tolerant_values(call, self.function, sequences, rows, bundle.failed)
            column = checked_column(call, rows, values)
        else:
            values = call.map_rows(self.function, sequences, rows.count, rows.position)
            column = result_column(call, rows, values)
        call.progress.count_calls(call.step, -self._kept.take_hits())
        return column

    def take_retries(self) -> int:
        """Calls made again since the last time."""
        return self._pacing.take_retries()

    def close(self) -> None:
        """Lets go of what the step holds."""
        self._pacing.close()


class VectorStep:
    """Calls the function once for a bundle, or for each `batch_rows` of it, with one vector for each
    argument."""

    def __init__(self, call: Call, vectors: Vectors) -> None:
        self.call = call
        self._vectors = VectorCall(call, vectors)
        self._pacing = Pacing(call.options, call.name, call.share.shared_folder)
        self._function = self._pacing.paced(call.bound.adapt(call.loaded.spec.call))

    def evaluate(self, bundle: Bundle) -> ArrowColumn:
        """One value for each row, NULL where the row was not in the vectors."""
        call = self.call
        rows = bundle.called_rows(call.bound.arguments, [call.guard], call.name)
        if not gives_rows_up(call):
            arrays = [self._call(rows, part) for part in self._vectors.parts(bundle, rows)]
            return self._vectors.column(arrays, rows)
        arrays = []
        waiting = self._vectors.ranges(rows)[::-1]
        columns = self._vectors.columns(bundle, rows)
        while waiting:
            part = self._vectors.part(columns, *waiting.pop())
            try:
                arrays.append(self._vectors.without_null(self._call(rows, part), rows, part))
            except SystemExit as error:
                failed = self._vectors.failed(error, rows, part)
                waiting += self._vectors.split(failed, rows, part, arrays, bundle)
            except MillstreamError as error:
                waiting += self._vectors.split(error, rows, part, arrays, bundle)
        return self._vectors.spread(arrays, rows)

    def take_retries(self) -> int:
        """Calls made again since the last time."""
        return self._pacing.take_retries()

    def close(self) -> None:
        """Lets go of what the step holds."""
        self._pacing.close()

    def _call(self, rows: CalledRows, part: Part) -> pa.Array:
        try:
            result = self._function(*part.arguments)
        except Exception as error:
            raise self._vectors.failed(error, rows, part) from error
        self.call.progress.count_calls(self.call.step, 1)
        self.call.progress.finished = range(part.start + part.rows)
        return self._vectors.array_of(result, rows, part)


def checked_column(call: Call, rows: CalledRows, values: list[Any]) -> ResultColumn:
    """The results as a column, of values that are known to fit, or None in rows that were given up."""
    return ResultColumn(call.result, rows, values, lambda mismatch: call.misfit(mismatch, None))


def result_column(call: Call, rows: CalledRows, values: list[Any]) -> ResultColumn:
    """The results of the called rows as a column.

    Raises:
        UdfError: UDF_NULL_NOT_ALLOWED.
    """
    if not call.type.nullable:
        for index, value in enumerate(values):
            if value is None:
                raise call.null_refused(rows.position(index))

    def fail(mismatch: Mismatch) -> MillstreamError:
        return call.misfit(mismatch, rows.position(mismatch.index))

    return ResultColumn(call.result, rows, values, fail)
