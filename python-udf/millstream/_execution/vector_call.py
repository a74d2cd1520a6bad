"""A call by vectors: its arguments part by part, and the column that its results are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pyarrow as pa

from .._user_error import attempt_of, short_repr, user_error
from ..errors import MillstreamError, UdfError
from .arguments import Constant
from .bundle import Bundle
from .call import Call
from .called_rows import CalledRows
from .codec import Mismatch
from .column import ArrowColumn, called_array
from .vector import Misfit, Vectors


class Part(NamedTuple):
    """The rows of one call: `rows` from the `start`-th called row on, and their arguments."""

    start: int
    rows: int
    arguments: list[Any]


class VectorCall:
    """Cuts bundles into parts of at most `batch_rows` rows and makes columns of results."""

    def __init__(self, call: Call, vectors: Vectors) -> None:
        self.call = call
        self._vectors = vectors

    def parts(self, bundle: Bundle, rows: CalledRows) -> Iterator[Part]:
        """The parts in order; none where no row is called."""
        columns = self.columns(bundle, rows)
        for start, count in self.ranges(rows):
            yield self.part(columns, start, count)

    def columns(self, bundle: Bundle, rows: CalledRows) -> list[pa.Array | None]:
        """By argument, the values in the called rows; None for constants."""
        return [
            None if isinstance(argument, Constant) else called_array(_column(bundle, argument), rows)
            for argument in self.call.bound.arguments
        ]

    def ranges(self, rows: CalledRows) -> list[tuple[int, int]]:
        """First called row and number of rows of each part, in order."""
        most = self.call.options.batch_rows or rows.count
        return [(start, min(most, rows.count - start)) for start in range(0, rows.count, max(1, most))]

    def part(self, columns: Sequence[pa.Array | None], start: int, count: int) -> Part:
        """The arguments of one call."""
        return Part(start, count, self._arguments(columns, start, count))

    def split(
        self,
        error: MillstreamError,
        rows: CalledRows,
        part: Part,
        arrays: list[pa.Array],
        bundle: Bundle,
    ) -> list[tuple[int, int]]:
        """The halves of a part that failed, the first one last; of one row none: it is given up."""
        if part.rows > 1:
            half = part.rows // 2
            return [(part.start + half, part.rows - half), (part.start, half)]
        row = rows.position(part.start)
        error.add_details(row=row, values=self.values_of(part))
        bundle.failed.add(self.call, row, error, attempt_of(error.__cause__ or error))
        arrays.append(pa.nulls(1, self.call.result.arrow_type))
        return []

    def without_null(self, array: pa.Array, rows: CalledRows, part: Part) -> pa.Array:
        """The same.

        Raises:
            UdfError: UDF_NULL_NOT_ALLOWED.
        """
        if not self.call.type.nullable and array.null_count > 0:
            at = part.start + array.is_null().index(True).as_py()
            raise self.call.null_refused(rows.position(at), array.null_count)
        return array

    def spread(self, arrays: Sequence[pa.Array], rows: CalledRows) -> ArrowColumn:
        """The results of all parts by row of the bundle, NULL where the row was not in the vectors."""
        array = pa.concat_arrays(arrays) if arrays else pa.nulls(0, self.call.result.arrow_type)
        return ArrowColumn(rows.spread_array(array))

    def values_of(self, part: Part) -> dict[str, str]:
        """The arguments of a part of one row as text, by name."""
        values = map(_first_value, part.arguments)
        return {n: short_repr(value) for n, value in zip(self.call.argument_names, values, strict=False)}

    def array_of(self, result: Any, rows: CalledRows, part: Part, exact: bool = True) -> pa.Array:
        """The column that a result is; `exact`: it must have a value for each row of its part.

        Raises:
            UdfError: UDF_RETURN_TYPE, UDF_RETURN_LENGTH.
        """
        call = self.call
        try:
            array = self._vectors.from_result(result, call.result)
        except Mismatch as mismatch:
            raise call.misfit(mismatch, rows.position(part.start + mismatch.index)) from None
        except Misfit as misfit:
            raise UdfError(
                "UDF_RETURN_COLUMNS" if misfit.columns else "UDF_RETURN_TYPE",
                f"Function `{call.name}` returned {misfit}; its result is {call.type}.",
                hint="Return a vector of the declared type.",
                details=call.details(None),
            ) from None
        if exact and len(array) != part.rows:
            raise UdfError(
                "UDF_RETURN_LENGTH",
                f"Function `{call.name}` returned {len(array)} values for {part.rows} rows.",
                hint="Return one value for each row, in order.",
                details=call.details(None),
            )
        return array

    def column(self, arrays: Sequence[pa.Array], rows: CalledRows) -> ArrowColumn:
        """The results of all parts by row of the bundle, NULL where the row was not in the vectors."""
        call = self.call
        array = pa.concat_arrays(arrays) if arrays else pa.nulls(0, call.result.arrow_type)
        if not call.type.nullable and array.null_count > 0:
            at = array.is_null().index(True).as_py()
            raise call.null_refused(rows.position(at), array.null_count)
        return ArrowColumn(rows.spread_array(array))

    def failed(self, error: BaseException, rows: CalledRows, part: Part) -> MillstreamError:
        """The error of user code that raised for a part; of a part of one row, with that row's values."""
        if part.rows == 1:
            row = rows.position(part.start)
            values = dict(zip(self.call.argument_names, map(_first_value, part.arguments), strict=False))
            return user_error(error, self.call.name, f"in row {row}", row=row, values=values)
        first, last = rows.position(part.start), rows.position(part.start + part.rows - 1)
        where = f"on a batch of {part.rows} rows, from row {first} to row {last}"
        return user_error(error, self.call.name, where, hint=self._which_row(error))

    def _which_row(self, error: BaseException) -> str | None:
        """What is known of the row that an exception is about: nothing."""
        if isinstance(error, MemoryError) or hasattr(error, "__millstream_hint__"):
            return None
        spec, options = self.call.loaded.spec, self.call.options
        text = "Which of its rows it is about is not known: one call takes them all."
        if spec.form.iterator is not None or options.replay is False:
            return text
        return f"{text} With on_error='skip' or 'dead_letter' batches are halved until such rows are found."

    def _arguments(self, columns: Sequence[pa.Array | None], start: int, count: int) -> list[Any]:
        bound = self.call.bound.arguments
        scalars = self._vectors.takes_scalars and not all(isinstance(a, Constant) for a in bound)
        arguments: list[Any] = []
        for argument, column in zip(bound, columns, strict=True):
            if not isinstance(argument, Constant):
                assert column is not None
                part = column if count == len(column) else column.slice(start, count)
                arguments.append(self._vectors.from_array(part, argument.codec))
            elif scalars or argument.data_type is None:
                arguments.append(argument.value)
            else:
                arguments.append(self._vectors.constant(argument.value, argument.data_type, count))
        return arguments


def _first_value(vector: Any) -> Any:
    """The value of a vector of one row of any package; a constant is its own."""
    if not hasattr(vector, "dtype") and not isinstance(vector, pa.Array):
        return vector
    value = vector.iloc[0] if hasattr(vector, "iloc") else vector[0]
    if isinstance(value, pa.Scalar):
        return value.as_py()
    return value.item() if type(value).__module__ == "numpy" else value


def _column(bundle: Bundle, argument: Any) -> Any:
    column = bundle.column(argument)
    assert column is not None
    return column
