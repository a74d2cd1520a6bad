"""A changelog through a function: what an aggregate has after each change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from .._execution.codec import MILLSTREAM_DIALECT, Codec, Mismatch, codec_for
from .._function_spec import FunctionSpec, specify
from .._types import DataType
from .._user_error import short_repr, user_error
from ..errors import MillstreamError, UdfError
from ..row import Row
from .harness import FunctionHarness

_ADDS = {"+I": True, "+U": True, "-U": False, "-D": False}


def call_changelog(
    function: object, changes: Iterable[Sequence[Any]], input_types: Sequence[DataType | str] | None = None
) -> list[Any]:
    """Feeds changes to an aggregate function and gives its value after each of them.

    A change is its kind (`+I`, `+U` add a row by `accumulate`; `-U`, `-D` take one back by `retract`), then
    the arguments. A table aggregate has the list of its rows in the place of a value. A scalar function gives
    `(kind, value)` for each change.

    >>> from millstream import AggregateFunction, udaf
    >>> class Total(AggregateFunction):
    ...     def create_accumulator(self): return [0]
    ...     def accumulate(self, accumulator, x: int): accumulator[0] += x
    ...     def retract(self, accumulator, x: int): accumulator[0] -= x
    ...     def get_value(self, accumulator) -> int: return accumulator[0]
    >>> call_changelog(udaf(Total()), [("+I", 3), ("+I", 4), ("-D", 3)])
    [3, 7, 4]

    Raises:
        UdfError: as in a job; UDF_TEST_CHANGE for a kind that is none.
    """
    all_changes = [(str(change[0]), tuple(change[1:])) for change in changes]
    for kind, row in all_changes:
        if kind not in _ADDS:
            raise UdfError(
                "UDF_TEST_CHANGE",
                f"{(kind, *row)!r} is no change.",
                hint="It begins with '+I', '-U', '+U' or '-D'.",
            )
    if specify("function", function).definition.kind not in ("aggregate", "table_aggregate"):
        with FunctionHarness(function, input_types) as harness:
            values = harness.call_rows([row for _, row in all_changes])
        return [(kind, value) for (kind, _), value in zip(all_changes, values, strict=True)]
    with Aggregation(function, input_types) as aggregation:
        accumulator = aggregation.create()
        return [
            aggregation.value(aggregation.change(accumulator, row, adds=_ADDS[kind]))
            for kind, row in all_changes
        ]


class Aggregation:
    """The methods of an aggregate with the conversions of the engine around them."""

    def __init__(self, function: object, input_types: Sequence[DataType | str] | None = None) -> None:
        self.spec: FunctionSpec = specify("function", function)
        if self.spec.instance is None:
            raise UdfError(
                "UDF_TEST_KIND",
                "This needs an aggregate of the class AggregateFunction.",
                hint="Use call_rows for aggregates over batches.",
            )
        self.name = type(self.spec.instance).__name__
        self._harness = FunctionHarness(function, input_types)
        self.types = self._harness.input_types()
        self._codecs = [codec_for(t) for t in self.types]
        self._strict = [not parameter.nullable for parameter in self.spec.parameters]

    def __enter__(self) -> Aggregation:
        # An empty group opens the function as a stage does.
        self._harness.call_rows([])
        return self

    def __exit__(self, *_: object) -> None:
        self._harness.close()

    def create(self) -> Any:
        """A new accumulator."""
        return self._call("create_accumulator")

    def change(self, accumulator: Any, row: Sequence[Any], *, adds: bool = True) -> Any:
        """Adds or takes back a row; gives the accumulator."""
        values = [
            list(codec.decode(codec.encode([v])))[0] for codec, v in zip(self._codecs, row, strict=True)
        ]
        strict = [self._strict[min(i, len(self._strict) - 1)] for i in range(len(values))]
        if not any(value is None and must for value, must in zip(values, strict, strict=True)):
            self._call("accumulate" if adds else "retract", accumulator, *values)
        return accumulator

    def of(self, rows: Iterable[Sequence[Any]]) -> Any:
        """An accumulator of rows."""
        accumulator = self.create()
        for row in rows:
            self.change(accumulator, row)
        return accumulator

    def merge(self, accumulator: Any, others: Sequence[Any]) -> Any:
        """Merges others into the first; gives the first."""
        self._call("merge", accumulator, others)
        return accumulator

    def value(self, accumulator: Any) -> Any:
        """The value of an accumulator, converted as a result is; of a table aggregate its rows as tuples."""
        codec = codec_for(self.spec.result, MILLSTREAM_DIALECT, self.spec.result_shape)
        if self.spec.definition.kind == "aggregate":
            return self._converted(codec, [self._call("get_value", accumulator)])[0]
        emitted = self._call("emit_value", accumulator)
        rows = [] if emitted is None else emitted if isinstance(emitted, Iterable) else [emitted]
        single = len(self.spec.result.fields) == 1
        wrapped = [(row,) if single and not isinstance(row, (tuple, Row)) else row for row in rows]
        return [tuple(row) for row in self._converted(codec, wrapped)]

    def _converted(self, codec: Codec, values: list[Any]) -> list[Any]:
        try:
            return list(codec_for(self.spec.result).decode(codec.encode(values)))
        except Mismatch as mismatch:
            raise UdfError(
                "UDF_RETURN_COLUMNS" if mismatch.columns else "UDF_RETURN_TYPE",
                f"`{self.name}` gave {short_repr(mismatch.value)}; its result is {self.spec.result}: "
                f"{mismatch.reason}.",
                hint="Return a value of the declared type, or declare another one.",
            ) from None

    def defines(self, method: str) -> bool:
        """True where the user's class has the method itself."""
        found = getattr(type(self.spec.instance), method, None)
        return found is not None and not found.__module__.startswith("millstream.functions")

    def _call(self, method: str, *arguments: Any) -> Any:
        try:
            return getattr(self.spec.instance, method)(*arguments)
        except MillstreamError:
            raise
        except Exception as error:
            raise user_error(error, self.name, f"in `{method}`") from error
