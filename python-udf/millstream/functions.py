"""Base classes of functions that keep something between calls, with PyFlink's names and meaning."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ._types import DataType
from .context import FunctionContext

__all__ = [
    "AggregateFunction",
    "AnalyzeArgument",
    "AsyncScalarFunction",
    "BatchAggregateFunction",
    "FunctionContext",
    "ScalarFunction",
    "SkipRestOfPartition",
    "TableAggregateFunction",
    "TableFunction",
    "UserDefinedFunction",
]


class UserDefinedFunction:
    """Base of all function classes. One instance serves a worker; its methods are called by one thread."""

    def open(self, function_context: FunctionContext) -> None:
        """Called once before the first row: the place to load models and connect."""

    def close(self) -> None:
        """Called once after the last row."""

    def is_deterministic(self) -> bool:
        """False: the function may give another result for the same arguments, and is called once for each
        row."""
        return True


class ScalarFunction(UserDefinedFunction):
    """One value for each row: define `eval`.

    >>> class Scale(ScalarFunction):
    ...     def __init__(self, factor: float) -> None:
    ...         self.factor = factor
    ...     def eval(self, x: float) -> float:
    ...         return x * self.factor
    >>> Scale(2.0)(21.0)
    42.0
    """

    def eval(self, *args: Any) -> Any:
        """The value for one row."""
        raise NotImplementedError(f"{type(self).__name__} defines no eval().")

    def __call__(self, *args: Any) -> Any:
        return self.eval(*args)


class AsyncScalarFunction(UserDefinedFunction):
    """One value for each row, awaited: define `async def eval`. Calls for several rows are in flight at once.

    >>> import asyncio
    >>> class Lookup(AsyncScalarFunction):
    ...     async def eval(self, key: int) -> str:
    ...         await asyncio.sleep(0)
    ...         return f"value {key}"
    >>> asyncio.run(Lookup()(7))
    'value 7'
    """

    async def eval(self, *args: Any) -> Any:
        """The value for one row."""
        raise NotImplementedError(f"{type(self).__name__} defines no eval().")

    def __call__(self, *args: Any) -> Any:
        return self.eval(*args)


@dataclass(frozen=True)
class AnalyzeArgument:
    """What the static method `analyze` of a table function is told of an argument, before the job runs.

    `type` is the SQL type; of a table it is a ROW with one field for each column. `value` is the Python value
    of a constant; None where the argument is none, which `is_constant` tells from a constant NULL.

    >>> from millstream import AnalyzeArgument, DataTypes
    >>> AnalyzeArgument(DataTypes.INT(), value=3, is_constant=True).value
    3
    """

    type: DataType
    is_table: bool = False
    is_constant: bool = False
    value: Any = None


class TableFunction(UserDefinedFunction):
    """Any number of rows for each row: define `eval`, which yields or returns them.

    A tuple or `Row` is one row; a list, range or generator is many; None is none.

    >>> class Repeat(TableFunction):
    ...     def eval(self, word: str, times: int):
    ...         for i in range(times):
    ...             yield i, word
    >>> list(Repeat()("a", 2))
    [(0, 'a'), (1, 'a')]

    A class whose columns depend on the call has a static method `analyze`. It is called with an
    `AnalyzeArgument` for each argument, as `eval` will be, when the query is planned, and returns the
    columns: a ROW type, its SQL text or a `pa.Schema`.

    >>> class Columns(TableFunction):
    ...     @staticmethod
    ...     def analyze(text, names):
    ...         return "ROW<" + ", ".join(f"{name} STRING" for name in names.value.split(",")) + ">"
    ...     def eval(self, text: str, names: str):
    ...         yield tuple(text.split(","))
    """

    def eval(self, *args: Any) -> Any:
        """The rows for one row."""
        raise NotImplementedError(f"{type(self).__name__} defines no eval().")

    def begin(self) -> None:
        """Called before the first row of each partition of a table; a declared class is made anew instead."""

    def terminate(self) -> Any:
        """Rows after the last row of each partition of a table. A function that defines it sees whole
        partitions."""

    def cleanup(self) -> None:
        """Called after each partition of a table, also where it failed."""

    def __call__(self, *args: Any) -> Any:
        return self.eval(*args)


class SkipRestOfPartition(Exception):  # noqa: N818
    """Raised by `eval` over a table: it needs no further row of this partition. `terminate` is called.

    >>> from millstream import Row, TableFunction
    >>> class First(TableFunction):
    ...     def eval(self, row: Row):
    ...         yield row[0]
    ...         raise SkipRestOfPartition
    """


class ImperativeAggregateFunction(UserDefinedFunction):
    """What aggregates share: an accumulator that is changed in place. Inherit from one of the two below."""

    def create_accumulator(self) -> Any:
        """A new accumulator of an empty group."""
        raise NotImplementedError(f"{type(self).__name__} defines no create_accumulator().")

    def accumulate(self, accumulator: Any, *args: Any) -> None:
        """Adds a row to the accumulator."""
        raise NotImplementedError(f"{type(self).__name__} defines no accumulate().")

    def retract(self, accumulator: Any, *args: Any) -> None:
        """Takes a row back; needed where input is updated (streaming)."""
        raise NotImplementedError(f"{type(self).__name__} defines no retract().")

    def merge(self, accumulator: Any, accumulators: Iterable[Any]) -> None:
        """Adds other accumulators to the first."""
        raise NotImplementedError(f"{type(self).__name__} defines no merge().")

    def get_result_type(self) -> DataType | str:
        """The type of the result, unless the declaration gives it."""
        raise NotImplementedError(f"{type(self).__name__} defines no get_result_type().")

    def get_accumulator_type(self) -> DataType | str:
        """The type of the accumulator, unless the declaration gives it."""
        raise NotImplementedError(f"{type(self).__name__} defines no get_accumulator_type().")


class AggregateFunction(ImperativeAggregateFunction):
    """One value for each group of rows.

    >>> class Total(AggregateFunction):
    ...     def create_accumulator(self) -> list[int]:
    ...         return [0]
    ...     def accumulate(self, accumulator: list[int], value: int) -> None:
    ...         accumulator[0] += value
    ...     def get_value(self, accumulator: list[int]) -> int:
    ...         return accumulator[0]
    >>> total, accumulator = Total(), [0]
    >>> total.accumulate(accumulator, 42); total.get_value(accumulator)
    42
    """

    def get_value(self, accumulator: Any) -> Any:
        """The value of a group."""
        raise NotImplementedError(f"{type(self).__name__} defines no get_value().")


class BatchAggregateFunction(UserDefinedFunction):
    """One value for each group, from vectors: of a group of any size only partial results are kept.

    >>> import pyarrow as pa, pyarrow.compute as pc
    >>> class Mean(BatchAggregateFunction):
    ...     def partial(self, values):
    ...         return pc.sum(values).as_py() or 0.0, len(values)
    ...     def merge(self, one, other):
    ...         return one[0] + other[0], one[1] + other[1]
    ...     def finish(self, state) -> float | None:
    ...         return state[0] / state[1] if state[1] else None
    >>> mean = Mean()
    >>> mean.finish(mean.merge(mean.partial(pa.array([1.0])), mean.partial(pa.array([2.0, 6.0]))))
    3.0
    """

    def partial(self, *vectors: Any) -> Any:
        """What is to be known of some rows of a group: one vector for each argument, which may be empty."""
        raise NotImplementedError(f"{type(self).__name__} defines no partial().")

    def merge(self, one: Any, other: Any) -> Any:
        """What is to be known of the rows of both."""
        raise NotImplementedError(f"{type(self).__name__} defines no merge().")

    def finish(self, state: Any) -> Any:
        """The value of a group."""
        raise NotImplementedError(f"{type(self).__name__} defines no finish().")


class TableAggregateFunction(ImperativeAggregateFunction):
    """Any number of rows for each group of rows.

    >>> class Bounds(TableAggregateFunction):
    ...     def emit_value(self, accumulator):
    ...         yield min(accumulator)
    ...         yield max(accumulator)
    >>> list(Bounds().emit_value([3, 1, 2]))
    [1, 3]
    """

    def emit_value(self, accumulator: Any) -> Iterable[Any]:
        """The rows of a group."""
        raise NotImplementedError(f"{type(self).__name__} defines no emit_value().")
