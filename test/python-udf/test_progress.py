"""Each call of a function is progress, which its time limit and the report of stuck functions go by."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pytest
from execution_support import CallStep, Column, Stage, Table, open_test_stage

from millstream import AggregateFunction, Row, TableFunction, udaf, udf, udtf

Note = Callable[[], None]


def table_function(note: Note) -> Any:
    @udtf(result_types="INT")
    def f(x: int) -> Iterator[int]:
        note()
        yield x

    return f


def vector_table_function(note: Note) -> Any:
    @udtf(result_types="INT", batch="arrow", batch_rows=1)
    def f(x: pa.Array) -> Any:
        note()
        return pa.array([[value] for value in x.to_pylist()], pa.list_(pa.int32()))

    return f


def vector_function(note: Note) -> Any:
    @udf(result_type="INT", batch="arrow", batch_rows=1)
    def f(x: pa.Array) -> Any:
        note()
        return x

    return f


class Noted(AggregateFunction):
    def __init__(self, note: Note) -> None:
        self.note = note

    def create_accumulator(self) -> list[int]:
        return []

    def accumulate(self, accumulator: list[int], value: int) -> None:
        self.note()

    def get_value(self, accumulator: list[int]) -> int:
        return 1


class NotedRows(TableFunction):
    def __init__(self, note: Note) -> None:
        self.note = note

    def eval(self, row: Row) -> Iterator[int]:
        self.note()
        yield 1


KINDS: dict[str, tuple[Callable[[Note], Any], dict[str, Any]]] = {
    "table": (table_function, {"mode": "table"}),
    "outer table": (table_function, {"mode": "table", "outer": True}),
    "table that skips": (lambda note: udtf(table_function(note), on_error="skip"), {"mode": "table"}),
    "table over vectors": (vector_table_function, {"mode": "table"}),
    "vectors": (vector_function, {"mode": "scalar"}),
    "aggregate": (lambda note: udaf(Noted(note)), {"mode": "aggregate"}),
    "aggregate of groups": (lambda note: udaf(Noted(note)), {"mode": "aggregate", "key_columns": [0]}),
    "aggregate that skips": (lambda note: udaf(Noted(note), on_error="skip"), {"mode": "aggregate"}),
    "partial": (lambda note: udaf(Noted(note)), {"mode": "partial"}),
    "rows of a table": (lambda note: udtf(NotedRows(note), result_types="INT"), {"mode": "map"}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_rows_done_grow_with_each_call(kind: str) -> None:
    seen: list[tuple[str | None, int]] = []
    stage: Stage

    def note() -> None:
        seen.append((stage.stage.running, stage.stage.running_rows))

    make, options = KINDS[kind]
    result = "ROW<r INT>" if options["mode"] in ("table", "map") else "INT"
    argument: Any = Table([0], ["x"]) if options["mode"] == "map" else Column(0)
    stage = open_test_stage({"f": make(note)}, ["INT"], [CallStep("f", [argument], result)], **options)

    stage.answers([5, 6, 7])

    rows = [done for _, done in seen]
    assert {name for name, _ in seen} == {"f"}
    assert len(rows) == 3
    assert rows[0] < rows[1] < rows[2]
