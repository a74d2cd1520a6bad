"""One call of a stage, bound to its function, arguments and types."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat, starmap
from typing import Any, NamedTuple

import pyarrow as pa

from .._options import Options
from .._types import DataType
from .._user_error import short_repr, user_error
from ..errors import ErrorDetails, MillstreamError, UdfError
from ..output_tag import OutputTag
from .arguments import BoundArguments, Constant
from .bundle import Bundle
from .called_rows import CalledRows
from .codec import Codec, Dialect, Mismatch
from .column import called_values
from .loaded_function import LoadedFunction
from .output_exceeded import OutputExceeded
from .progress import Progress
from .stage_share import StageShare


class FrameColumns(NamedTuple):
    """Positions of the shipped columns with a frame's first and last row; None: the partition's own."""

    start: int | None
    end: int | None


@dataclass(frozen=True)
class Call:
    """What a step calls and how. `result` is the codec of its result, `type` the SQL type with its
    nullability."""

    step: int
    loaded: LoadedFunction
    bound: BoundArguments
    result: Codec
    type: DataType
    dialect: Dialect
    guard: int | None
    filter: int | None
    distinct: bool
    #: `window` only.
    frame: FrameColumns | None
    #: `merge` only: position of the shipped column with the accumulators.
    accumulators: int | None
    progress: Progress
    options: Options
    share: StageShare

    @property
    def name(self) -> str:
        """The function's name in the job."""
        return self.loaded.name

    def sequences(self, bundle: Bundle, rows: CalledRows) -> list[Sequence[Any] | repeat[Any]]:
        """For each argument its values in the called rows; constants repeat without end."""
        sequences: list[Sequence[Any] | repeat[Any]] = []
        for argument in self.bound.arguments:
            if isinstance(argument, Constant):
                sequences.append(repeat(argument.value))
            else:
                column = bundle.column(argument)
                assert column is not None
                sequences.append(called_values(column, argument.codec, rows))
        return sequences

    def map_rows(
        self,
        function: Callable[..., Any],
        sequences: Sequence[Any],
        count: int,
        row_of: Callable[[int], int],
    ) -> list[Any]:
        """The results of calling `function` for `count` rows, each exactly once, in order.

        Raises:
            UdfError: UDF_EXCEPTION with the row that `row_of` gives for the number of the call.
        """
        results: list[Any] = []
        self.progress.finished = results
        try:
            # `extend` keeps what it has got when the iterator raises: its length is then the failing row.
            results.extend(mapped(function, sequences, count))
        except Exception as error:
            raise self.row_failed(error, row_of(len(results)), None, sequences, len(results)) from error
        if len(results) != count:
            stop = StopIteration("raised by the function itself")
            raise self.row_failed(stop, row_of(len(results)), None, sequences, len(results))
        self.progress.count_calls(self.step, count)
        return results

    def row_failed(
        self, error: BaseException, row: int, method: str | None, sequences: Sequence[Any], index: int
    ) -> MillstreamError:
        """The error of user code that raised at `index` of its argument sequences, in a row of the bundle."""
        values: dict[str, object] = {}
        for name, argument, sequence in zip(
            self.argument_names, self.bound.arguments, sequences, strict=False
        ):
            values[name] = argument.value if isinstance(argument, Constant) else sequence[index]
        if isinstance(error, OutputExceeded):
            shown = {name: short_repr(value) for name, value in values.items()}
            return error.as_error(self.name, row, shown)
        doing = f"in row {row}" if method is None else f"in `{method}` in row {row}"
        return user_error(error, self.name, doing, row=row, values=values)

    @property
    def argument_names(self) -> list[str]:
        """The parameters' names by argument; repeated ones of `*args` are numbered."""
        names = [argument.name for argument in self.bound.arguments]
        return [
            name if names.count(name) == 1 else f"{name}[{i - names.index(name)}]"
            for i, name in enumerate(names)
        ]

    def column_of(self, values: list[Any]) -> pa.Array:
        """Results as a column.

        Raises:
            UdfError: UDF_RETURN_TYPE, UDF_RETURN_COLUMNS, UDF_NULL_NOT_ALLOWED.
        """
        if not self.type.nullable and any(value is None for value in values):
            raise self.null_refused(None)
        try:
            return self.result.encode(values)
        except Mismatch as mismatch:
            raise self.misfit(mismatch, None) from None

    def misfit(
        self, mismatch: Mismatch, row: int | range | None, side: OutputTag | None = None
    ) -> UdfError:
        """The error of a result that does not fit, or of a row given to the side output `side`.

        `row`, of the bundle, gave it; a range: one of these rows, of which the first is told.
        """
        others = 0
        if isinstance(row, range):
            others, row = len(row) - 1, row[0]
        at = "" if row is None else f" in row {row}"
        if others > 0:
            at += f" or in one of the {others} rows behind it"
        wanted = f"its result is {self.type}"
        if side is not None:
            at, wanted = f" to the side output `{side.tag_id}`", f"its type is {side.type}"
        return UdfError(
            "UDF_RETURN_COLUMNS" if mismatch.columns else "UDF_RETURN_TYPE",
            f"Function `{self.name}` returned {short_repr(mismatch.value)} of type "
            f"{type(mismatch.value).__name__}{at}; {wanted}: {mismatch.reason}.",
            hint="Return a value of the declared type, or declare another one.",
            details=self.details(row),
        )

    def null_refused(self, row: int | None, count: int = 1) -> UdfError:
        """The error of None for a type without NULL, in `count` rows, of which `row` is the first."""
        at = "" if row is None else f" in row {row}"
        if count > 1:
            at = f" in {count} rows, the first of them row {row}"
        return UdfError(
            "UDF_NULL_NOT_ALLOWED",
            f"Function `{self.name}` returned None{at}, but its result is {self.type}.",
            hint="Declare the result without NOT NULL, or return a value.",
            details=self.details(row),
        )

    def details(self, row: int | None) -> ErrorDetails:
        """Where the function is, and the row."""
        declaration = self.loaded.declaration
        return ErrorDetails(function=self.name, file=declaration["file"], line=declaration["line"], row=row)


def mapped(function: Callable[..., Any], sequences: Sequence[Any], count: int) -> Iterator[Any]:
    """The results of `count` calls, made as they are asked for."""
    if all(isinstance(sequence, repeat) for sequence in sequences):
        return starmap(function, argument_rows(sequences, count))
    return map(function, *sequences)


def argument_rows(sequences: Sequence[Any], count: int) -> Iterator[tuple[Any, ...]]:
    """The arguments of `count` calls, one tuple each."""
    if all(isinstance(sequence, repeat) for sequence in sequences):
        return repeat(tuple(map(next, sequences)), count)
    return zip(*sequences, strict=False)
