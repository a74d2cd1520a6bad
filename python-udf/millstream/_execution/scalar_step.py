"""Evaluates a scalar function over a bundle, by rows or by vectors."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from .._user_error import user_error
from ..errors import MillstreamError, UdfError
from .arguments import Constant
from .bundle import Bundle
from .call import Call
from .called_rows import CalledRows
from .codec import Mismatch
from .column import ArrowColumn, ResultColumn, called_array
from .vector import Misfit, Vectors


class RowStep:
    """Calls the function once for each row that needs it."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self._function = call.bound.adapt(call.loaded.spec.call)

    def evaluate(self, bundle: Bundle) -> ResultColumn:
        """One value for each row, None where the function was not called."""
        call = self.call
        rows = bundle.called_rows(call.bound.arguments, [call.guard])
        values = call.map_rows(self._function, call.sequences(bundle, rows), rows.count, rows.position)
        if not call.type.nullable:
            for index, value in enumerate(values):
                if value is None:
                    raise call.null_refused(rows.position(index))

        def fail(mismatch: Mismatch) -> MillstreamError:
            return call.misfit(mismatch, rows.position(mismatch.index))

        return ResultColumn(call.result, rows, values, fail)


class VectorStep:
    """Calls the function once for a bundle, with one vector for each argument."""

    def __init__(self, call: Call, vectors: Vectors) -> None:
        self.call = call
        self._vectors = vectors
        self._function = call.bound.adapt(call.loaded.spec.call)

    def evaluate(self, bundle: Bundle) -> ArrowColumn:
        """One value for each row, NULL where the row was not in the vectors."""
        call = self.call
        rows = bundle.called_rows(call.bound.arguments, [call.guard])
        array = self._call(bundle, rows) if rows.count > 0 else pa.nulls(0, call.result.arrow_type)
        if not call.type.nullable and array.null_count > 0:
            raise call.null_refused(rows.position(array.is_null().index(True).as_py()))
        return ArrowColumn(rows.spread_array(array))

    def _call(self, bundle: Bundle, rows: CalledRows) -> pa.Array:
        call = self.call
        arguments = self._arguments(bundle, rows)
        try:
            result = self._function(*arguments)
        except Exception as error:
            raise user_error(error, call.name, f"on a batch of {rows.count} rows") from error
        call.progress.count_calls(call.step, 1)
        try:
            array = self._vectors.from_result(result, call.result)
        except Mismatch as mismatch:
            raise call.misfit(mismatch, rows.position(mismatch.index)) from None
        except Misfit as misfit:
            raise UdfError(
                "UDF_RETURN_COLUMNS" if misfit.columns else "UDF_RETURN_TYPE",
                f"Function `{call.name}` returned {misfit}; its result is {call.type}.",
                hint="Return a vector of the declared type.",
                details=call.details(None),
            ) from None
        if len(array) != rows.count:
            raise UdfError(
                "UDF_RETURN_LENGTH",
                f"Function `{call.name}` returned {len(array)} values for {rows.count} rows.",
                hint="Return one value for each row, in order.",
                details=call.details(None),
            )
        return array

    def _arguments(self, bundle: Bundle, rows: CalledRows) -> list[Any]:
        bound = self.call.bound.arguments
        scalars = self._vectors.takes_scalars and not all(isinstance(a, Constant) for a in bound)
        arguments: list[Any] = []
        for argument in bound:
            if not isinstance(argument, Constant):
                column = bundle.column(argument)
                assert column is not None
                arguments.append(self._vectors.from_array(called_array(column, rows), argument.codec))
            elif scalars or argument.data_type is None:
                arguments.append(argument.value)
            else:
                arguments.append(self._vectors.constant(argument.value, argument.data_type, rows.count))
        return arguments
