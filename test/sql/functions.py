"""Functions of the SQL cases."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from millstream import (
    AggregateFunction,
    AnalyzeArgument,
    BatchAggregateFunction,
    BroadcastContext,
    Context,
    DataTypes,
    FunctionContext,
    KeyedBroadcastProcessFunction,
    KeyedProcessFunction,
    ListStateDescriptor,
    ReadOnlyContext,
    Row,
    TableAggregateFunction,
    TableFunction,
    ValueStateDescriptor,
    udaf,
    udf,
    udtaf,
    udtf,
)


@udf
def plus_one(n: int) -> int:
    return n + 1


@udf
def add(a: int, b: int) -> int:
    return a + b


@udf
def ratio(a: float, b: float) -> float | None:
    return a / b if b else None


@udf
def describe(n: int | None) -> str:
    return "nothing" if n is None else f"<{n}>"


@udf
def is_even(n: int) -> bool:
    return n % 2 == 0


@udf
def only_even(n: int) -> int:
    """Fails for odd numbers: shows which rows it was called for."""
    if n % 2:
        raise ValueError(f"{n} is odd")
    return n * 10


@udf
def shout(s: str) -> str:
    return s.upper() + "!"


@udf(batch="arrow")
def doubled(n: int) -> int:
    return pc.multiply(n, pa.scalar(2, pa.int64()))


@udtf
def numbers_to(n: int) -> Iterator[tuple[int, str]]:
    for i in range(1, n + 1):
        yield i, "*" * i


@udtf
def count_to(n: int) -> Iterator[int]:
    yield from range(1, n + 1)


class _WeightedMean(AggregateFunction):
    def create_accumulator(self) -> list[float]:
        return [0.0, 0.0]

    def accumulate(self, accumulator: list[float], value: float, weight: int) -> None:
        if value is not None and weight is not None:
            accumulator[0] += value * weight
            accumulator[1] += weight

    def get_value(self, accumulator: list[float]) -> float | None:
        return accumulator[0] / accumulator[1] if accumulator[1] else None


weighted_mean = udaf(
    _WeightedMean(),
    input_types=[DataTypes.DOUBLE(), DataTypes.BIGINT()],
    result_type=DataTypes.DOUBLE(),
    accumulator_type=DataTypes.ARRAY(DataTypes.DOUBLE()),
)


class _Total(AggregateFunction):
    """As SUM: NULL where there is nothing to add."""

    def create_accumulator(self) -> list[int]:
        return [0, 0]

    def accumulate(self, accumulator: list[int], value: int) -> None:
        accumulator[0] += value
        accumulator[1] += 1

    def retract(self, accumulator: list[int], value: int) -> None:
        accumulator[0] -= value
        accumulator[1] -= 1

    def get_value(self, accumulator: list[int]) -> int | None:
        return accumulator[0] if accumulator[1] else None


total = udaf(_Total())


class _Mean(AggregateFunction):
    def create_accumulator(self) -> list[int]:
        return [0, 0]

    def accumulate(self, accumulator: list[int], value: int) -> None:
        accumulator[0] += value
        accumulator[1] += 1

    def merge(self, accumulator: list[int], accumulators: Iterable[list[int]]) -> None:
        for total, count in accumulators:
            accumulator[0] += total
            accumulator[1] += count

    def get_value(self, accumulator: list[int]) -> float | None:
        return accumulator[0] / accumulator[1] if accumulator[1] else None


mean = udaf(_Mean())


class _Highest(BatchAggregateFunction):
    def partial(self, values: pa.Array) -> int | None:
        return pc.max(values).as_py()  # type: ignore[no-any-return]

    def merge(self, one: int | None, other: int | None) -> int | None:
        return max((v for v in (one, other) if v is not None), default=None)

    def finish(self, state: int | None) -> int | None:
        return state


highest = udaf(_Highest(), batch="arrow", input_types=["BIGINT"])


@udaf(batch="arrow")
def spread(values: pa.Array, scale: int = 1) -> int | None:
    bounds = pc.min_max(values).as_py()
    return None if bounds["min"] is None else (bounds["max"] - bounds["min"]) * scale


@udtf(result_types="ROW<total BIGINT, n BIGINT>")
def totals(t: pa.Table) -> pa.Table:
    return pa.table({"n": [t.num_rows], "total": [pc.sum(t["v"]).as_py()]})


@udtf(result_types="ROW<v BIGINT, note STRING>")
def tagged(batches: Iterator[pa.RecordBatch], note: str = "-") -> Iterator[pa.RecordBatch]:
    for batch in batches:
        odd = batch.filter(pc.equal(pc.bit_wise_and(batch["v"], 1), 1))
        yield pa.RecordBatch.from_arrays([odd["v"], pa.array([note] * odd.num_rows)], ["v", "note"])


@udtf(result_types="ROW<xs STRING, ys STRING>")
def paired(left: Iterator[Row], right: Iterator[Row]) -> Iterator[tuple[str, str]]:
    xs = "".join(row.x for row in left)
    yield xs, ",".join(str(row.y) for row in right)


@udtf
class columns_of(TableFunction):
    """Splits text into columns whose names are a constant."""

    @staticmethod
    def analyze(text: AnalyzeArgument, names: AnalyzeArgument) -> str:
        if not names.is_constant:
            raise ValueError("the names must be a constant")
        return "ROW<" + ", ".join(f"`{name}` STRING" for name in names.value.split(",")) + ">"

    def eval(self, text: str, names: str) -> Iterator[tuple[str, ...]]:
        yield tuple(text.split(","))


@udtf
class with_rank(TableFunction):
    """The table's own columns, and the number of the row in its partition."""

    def __init__(self) -> None:
        self.rank = 0

    @staticmethod
    def analyze(table: AnalyzeArgument, start: AnalyzeArgument) -> object:
        return DataTypes.ROW(
            [
                *(DataTypes.FIELD(f.name, f.type) for f in table.type.fields),
                DataTypes.FIELD("rank", start.type),
            ]
        )

    def eval(self, row: Row, start: int) -> Iterator[tuple[object, ...]]:
        self.rank += 1
        yield (*row, start + self.rank - 1)

    def terminate(self) -> None:
        pass


@udtf
class nothing_known(TableFunction):
    @staticmethod
    def analyze(text: AnalyzeArgument) -> int:
        return 42

    def eval(self, text: str) -> Iterator[tuple[str]]:
        yield (text,)


@udtf
class run_total(TableFunction):
    def __init__(self) -> None:
        self.total = 0

    def eval(self, row: Row) -> Iterator[tuple[int]]:
        self.total += row.v
        yield (self.total,)

    def terminate(self) -> Iterator[tuple[int]]:
        yield (-1,)


class _Top2(TableAggregateFunction):
    def create_accumulator(self) -> list[int]:
        return []

    def accumulate(self, accumulator: list[int], value: int) -> None:
        accumulator.append(value)

    def emit_value(self, accumulator: list[int]) -> Iterator[tuple[int, int]]:
        yield from enumerate(sorted(accumulator, reverse=True)[:2])


top2 = udtaf(_Top2(), result_type="ROW<place INT, v BIGINT>")


class _Squares(AggregateFunction):
    """The sum of squares and the sum, in one number."""

    def create_accumulator(self) -> list[int]:
        return [0, 0]

    def accumulate(self, accumulator: list[int], value: int) -> None:
        accumulator[0] += value * value
        accumulator[1] += value

    def retract(self, accumulator: list[int], value: int) -> None:
        accumulator[0] -= value * value
        accumulator[1] -= value

    def get_value(self, accumulator: list[int]) -> int:
        return accumulator[0] * 1000 + accumulator[1]


squares = udaf(_Squares())


@udaf(batch="arrow")
def reach(values: float) -> float:
    return pc.subtract(pc.max(values), pc.min(values))


class _Quiet(KeyedProcessFunction):
    """Numbers the rows of a key, and says how many there were once it had none for ten seconds."""

    def open(self, context: FunctionContext) -> None:
        self.rows = context.get_state(ValueStateDescriptor("rows"))
        self.due = context.get_state(ValueStateDescriptor("due"))

    def process_element(self, row: Row, ctx: Context) -> Iterator[tuple[str, int]]:
        timers, time = ctx.timer_service(), ctx.timestamp()
        assert time is not None
        if self.due.value() is not None:
            timers.delete_event_time_timer(self.due.value())
        self.rows.update((self.rows.value() or 0) + 1)
        self.due.update(time + 10_000)
        timers.register_event_time_timer(time + 10_000)
        yield f"row {row.id}", self.rows.value()

    def on_timer(self, timestamp: int, ctx: Context) -> Iterator[tuple[str, int]]:
        yield f"{ctx.get_current_key()} at {timestamp // 1000 % 1000}", self.rows.value()
        self.rows.clear()
        self.due.clear()


quiet = udtf(_Quiet(), result_types="ROW<what STRING, n INT>")


class _PerWindow(KeyedProcessFunction):
    """The rows of a window by their ids, once it has passed; each row as it comes where there is none."""

    def open(self, context: FunctionContext) -> None:
        self.ids = context.get_list_state(ListStateDescriptor("ids"))

    def process_element(self, row: Row, ctx: Context) -> Iterator[tuple[str, str]]:
        window = ctx.window()
        self.ids.add(row.id)
        if window is None:
            yield "no window", str(row.id)
        else:
            ctx.timer_service().register_event_time_timer(window.max_timestamp())

    def on_timer(self, timestamp: int, ctx: Context) -> Iterator[tuple[str, str]]:
        window = ctx.window()
        at = "key" if window is None else f"{window.start // 1000 % 1000} to {window.end // 1000 % 1000}"
        yield at, " ".join(map(str, sorted(self.ids.get())))


per_window = udtf(_PerWindow(), result_types="ROW<span STRING, ids STRING>")


class _RowWindow(KeyedBroadcastProcessFunction):
    """The window of each row as it comes."""

    def process_element(self, row: Row, ctx: ReadOnlyContext) -> Iterator[tuple[int, str]]:
        yield row.id, _seconds(ctx)

    def process_broadcast_element(self, name: Row, ctx: BroadcastContext) -> Iterator[tuple[int, str]]:
        yield name.n, _seconds(ctx)


def _seconds(ctx: ReadOnlyContext | BroadcastContext) -> str:
    window = ctx.window()
    return "none" if window is None else f"{window.start // 1000 % 1000} to {window.end // 1000 % 1000}"


row_window = udtf(_RowWindow(), result_types="ROW<id BIGINT, span STRING>")


_tickets = itertools.count()


@udf(deterministic=False)
def ticket(n: int) -> int:
    """Another number for each call."""
    return os.getpid() * 1_000_000 + next(_tickets)
