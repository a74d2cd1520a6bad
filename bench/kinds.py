"""CPU per row of each kind of function and of each type's conversion, in one process (README.md, "kinds").

Prints one JSON object: {"kinds": [[name, engine, loop]…], "types": [[type, nulls, engine, pyarrow]…]}, in
nanoseconds of CPU per row, the median of interleaved repetitions.
"""

from __future__ import annotations

import datetime
import json
import statistics
import struct
import sys
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from millstream import AggregateFunction, Row, udaf, udf, udtf
from millstream._execution import LoadedFunction, open_stage
from millstream._execution.codec import codec_for
from millstream._function_spec import specify
from millstream._types import from_arrow, parse_type

ROWS = 50_000
CALL_NS = 60.0


class Plain(SimpleNamespace):
    """An instruction's part; what is not given is null, as on the wire."""

    def __getattr__(self, name: str) -> None:
        return None


def stage_over(function: Any, batch: pa.RecordBatch) -> Callable[[], Any]:
    """Runs the function over the columns of a batch by a stage that is open, as a worker does."""
    spec = specify("f", function)
    kind = spec.definition.kind
    types = [str(from_arrow(arrow_type)) for arrow_type in batch.schema.types]
    arguments = [Plain(kind="column", column=i) for i in range(len(types))]
    step = Plain(function="f", arguments=arguments, argument_names=(), result_type=str(spec.result))
    stage = open_stage(
        mode=kind,  # type: ignore[arg-type]
        input=[Plain(name=f"c{i}", type=text) for i, text in enumerate(types)],  # type: ignore[misc]
        steps=[step],  # type: ignore[list-item]
        result_steps=[0],
        outer=False,
        key_columns=[],
        functions={"f": LoadedFunction("f", "", spec)},
    )
    return lambda: list(stage.process(batch.columns, batch.num_rows))


def axpy(x: float, y: float) -> float:
    return x * 2.5 + y * 1.5


def shout(text: str) -> str:
    return text.upper() + "!"


def three_of_batch(n: pa.Array) -> Any:
    parents = pa.array(range(3 * len(n)), pa.int32())
    rows = pc.divide(parents, 3)
    return rows, pa.table({"f0": n.take(rows), "f1": pc.subtract(parents, pc.multiply(rows, 3))})


def three(n: int) -> Iterator[tuple[int, int]]:
    for i in range(3):
        yield n, i


class Mean(AggregateFunction):
    def create_accumulator(self) -> list[float]:
        return [0.0, 0.0]

    def accumulate(self, accumulator: list[float], value: float) -> None:
        accumulator[0] += value
        accumulator[1] += 1

    def get_value(self, accumulator: list[float]) -> float:
        return accumulator[0] / accumulator[1]


DOUBLES = pa.record_batch([pa.array([i / 7 for i in range(ROWS)])] * 2, ["x", "y"])
TEXTS = pa.record_batch([pa.array([f"value {i}" for i in range(ROWS)])], ["text"])
INTS = pa.record_batch([pa.array(range(ROWS), pa.int64())], ["n"])


def loop_of_doubles() -> Any:
    x, y = (memoryview(column.buffers()[1]).cast("d") for column in DOUBLES.columns)
    return struct.pack(f"{ROWS}d", *map(axpy, x, y))


def loop_of_rows() -> Any:
    rows = [row for n in INTS.column(0).to_pylist() for row in three(n)]
    return [pa.array(list(column), pa.int64()) for column in zip(*rows, strict=True)]


def loop_of_sums() -> Any:
    mean = Mean()
    accumulator = mean.create_accumulator()
    for value in memoryview(DOUBLES.column(0).buffers()[1]).cast("d"):
        mean.accumulate(accumulator, value)
    return mean.get_value(accumulator)


def vector(batch: str) -> tuple[str, Callable[[], Any], Callable[[], Any]]:
    if batch == "arrow":
        declared = udf(lambda x, y: pc.add(pc.multiply(x, 2.5), y), result_type="DOUBLE", batch="arrow")
        x, y = DOUBLES.columns
        return "scalar, arrow", stage_over(declared, DOUBLES), lambda: pc.add(pc.multiply(x, 2.5), y)
    declared = udf(lambda x, y: x * 2.5 + y, result_type="DOUBLE", batch=batch)  # type: ignore[call-overload]
    if batch == "polars":
        import polars

        x, y = (polars.from_arrow(column) for column in DOUBLES.columns)
    else:
        x, y = (column.to_numpy() for column in DOUBLES.columns)
        if batch == "pandas":
            import pandas

            x, y = pandas.Series(x), pandas.Series(y)
    return f"scalar, {batch}", stage_over(declared, DOUBLES), lambda: x * 2.5 + y


def kinds() -> list[tuple[str, Callable[[], Any], Callable[[], Any]]]:
    scalar, text, table, mean = udf(axpy), udf(shout), udtf(three), udaf(Mean(), result_type="DOUBLE")
    one = DOUBLES.select([0])
    return [
        ("scalar, two DOUBLE", stage_over(scalar, DOUBLES), loop_of_doubles),
        (
            "scalar, STRING",
            stage_over(text, TEXTS),
            lambda: pa.array(list(map(shout, TEXTS.column(0).to_pylist()))),
        ),
        *(vector(batch) for batch in ("arrow", "numpy", "pandas", "polars")),
        ("table, three rows", stage_over(table, INTS), loop_of_rows),
        (
            "table, arrow, three rows",
            stage_over(udtf(three_of_batch, result_types=["BIGINT", "BIGINT"], batch="arrow"), INTS),
            lambda: three_of_batch(INTS.column(0)),
        ),
        ("aggregate, accumulate", stage_over(mean, one), loop_of_sums),
    ]


EPOCH = datetime.datetime(2020, 1, 1)
VALUES: dict[str, Callable[[int], Any]] = {
    "BOOLEAN": lambda i: i % 3 == 0,
    "INT": lambda i: i,
    "BIGINT": lambda i: i * 1000,
    "FLOAT": lambda i: i / 4,
    "DOUBLE": lambda i: i / 3,
    "DECIMAL(10, 2)": lambda i: Decimal(i).scaleb(-2),
    "STRING": lambda i: f"value {i}",
    "BYTES": lambda i: b"value %d" % i,
    "DATE": lambda i: (EPOCH + datetime.timedelta(days=i % 20_000)).date(),
    "TIME(6)": lambda i: (EPOCH + datetime.timedelta(microseconds=i * 1_717_171)).time(),
    "TIMESTAMP(3)": lambda i: EPOCH + datetime.timedelta(milliseconds=i * 1717),
    "TIMESTAMP(9)": lambda i: EPOCH + datetime.timedelta(microseconds=i * 17_171),
    "TIMESTAMP_LTZ(6)": lambda i: (EPOCH + datetime.timedelta(microseconds=i)).replace(
        tzinfo=datetime.timezone.utc
    ),
    "INTERVAL DAY TO SECOND(3)": lambda i: datetime.timedelta(milliseconds=i * 777),
    "ARRAY<BIGINT>": lambda i: [i, i + 1, i + 2],
    "ARRAY<STRING>": lambda i: ["a", f"b{i}"],
    "MAP<STRING, BIGINT>": lambda i: {"a": i, "b": i},
    "MULTISET<STRING>": lambda i: {"a": 1, "b": 2},
    "ROW<x BIGINT, y STRING>": lambda i: Row(x=i, y="a"),
}


def conversion(text: str, nulls: bool) -> tuple[Callable[[], Any], Callable[[], Any]]:
    """There and back by our codec, and by pyarrow's `to_pylist` and `pa.array`."""
    codec = codec_for(parse_type(text))
    values = [None if nulls and i % 10 == 0 else VALUES[text](i) for i in range(ROWS)]
    array = codec.encode(values)
    theirs = array.cast(codec.vector_type)
    plain = theirs.to_pylist() if text.startswith("ROW") else values
    return (
        lambda: (list(codec.decode(array)), codec.encode(values)),
        lambda: (theirs.to_pylist(), pa.array(plain, codec.vector_type)),
    )


def nanoseconds(first: Callable[[], Any], second: Callable[[], Any], repetitions: int) -> tuple[float, float]:
    """CPU per row of both, interleaved."""
    first(), second()
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(repetitions):
        for run, times in zip((first, second), taken, strict=True):
            start = time.process_time_ns()
            run()
            times.append((time.process_time_ns() - start) / ROWS)
    return statistics.median(taken[0]), statistics.median(taken[1])


def main(repetitions: int) -> None:
    of_kinds = [(name, *nanoseconds(ours, loop, repetitions)) for name, ours, loop in kinds()]
    of_types = []
    for text in VALUES:
        for nulls in (False, True):
            ours, theirs = nanoseconds(*conversion(text, nulls), repetitions)
            of_types.append((text, nulls, ours + CALL_NS, theirs + CALL_NS))
    json.dump({"kinds": of_kinds, "types": of_types}, sys.stdout)


if __name__ == "__main__":
    main(int(sys.argv[1]))
