"""A relational worker, a real process with DuckDB, against the core of `worker_support`."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from worker_support import ColdWorker, FakeCore

MEBIBYTE = 1 << 20
_stages = (f"r{number}" for number in itertools.count())


@pytest.fixture(scope="module")
def core() -> Iterator[FakeCore]:
    """A core with one relational worker; each test opens stages of its own."""
    core = FakeCore("relational")
    worker = ColdWorker(core)
    try:
        hello = core.welcome(time_zone="Asia/Tokyo")
        assert hello["kind"] == "relational"
        assert "duckdb" in hello["versions"]
        yield core
        worker.finish(core)
    finally:
        worker.kill()
        core.close()


def open_stage(core: FakeCore, sql: str, output: dict[str, str], **changes: Any) -> str:
    """Opens a stage; `inputs` are dictionaries of name → type."""
    stage = next(_stages)
    inputs = changes.pop("inputs", [])
    body: dict[str, Any] = {
        "sql": sql,
        "inputs": [columns(each) for each in inputs],
        "output": columns(output),
        "groups": [list(range(len(output)))],
        "keyColumns": None,
        "sink": None,
        "perBatch": False,
        "keepsOrder": True,
        "batchRows": 2048,
        "memoryLimitBytes": 256 * MEBIBYTE,
        "threads": 2,
        "temporaryDirectory": f"{core.folder}/temporary",
        "temporaryBytes": None,
    }
    core.credits.clear()
    core.ask("open_relational_stage", stage=stage, **{**body, **changes})
    return stage


def columns(types: dict[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "type": type_text} for name, type_text in types.items()]


def results(core: FakeCore) -> tuple[list[tuple[dict[str, Any], pa.Table]], dict[str, Any]]:
    """All batches of the stage that runs, and the message that ended it."""
    batches = []
    while (received := core.receive_data())[0]["type"] == "batch":
        _, table = core.decode(*received)
        assert table is not None
        batches.append((received[0], table))
    return batches, received[0]


def rows(batches: list[tuple[dict[str, Any], pa.Table]]) -> list[tuple[Any, ...]]:
    return [
        row
        for _, table in batches
        for row in zip(*(column.to_pylist() for column in table.columns), strict=True)
    ]


def test_a_query_over_a_file_is_sent_as_column_groups_and_counted(core: FakeCore, tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": range(5000), "b": [f"x{n}" for n in range(5000)]}), tmp_path / "t.parquet")
    sql = f"SELECT a AS c0, b AS c1 FROM read_parquet('{tmp_path}/t.parquet')"
    stage = open_stage(core, sql, {"c0": "BIGINT", "c1": "STRING"}, groups=[[1], [0]])

    core.grant(stage, MEBIBYTE)
    batches, end = results(core)

    assert [message["sequence"] for message, _ in batches] == [0, 1, 2]
    assert [message["rows"] for message, _ in batches] == [2048, 2048, 904]
    assert all(len(message["groups"]) == 2 for message, _ in batches)
    assert rows(batches)[-1] == ("x4999", 4999)
    assert (end["type"], end["statistics"]["rows"], end["statistics"]["batches"]) == ("end", 5000, 3)
    assert end["statistics"]["bytes"] > 40_000


def test_inputs_are_relations_of_their_declared_names_and_types(core: FakeCore) -> None:
    sql = "SELECT l.k AS c0, r.v AS c1 FROM input_0 l JOIN input_1 r USING (k) ORDER BY 1, 2"
    inputs = [{"k": "INT"}, {"k": "INT", "v": "STRING"}]
    stage = open_stage(core, sql, {"c0": "INT", "c1": "STRING"}, inputs=inputs)
    keys = pa.record_batch({"any": pa.array([1, 2, 3], pa.int32())})
    values = pa.record_batch({"any": ["one", "two", "three"]})

    core.grant(stage, MEBIBYTE)
    core.send_batch(stage, 0, (keys, [0, 2]), input=0)
    core.send_batch(stage, 0, (keys, None), (values, None), input=1)
    core.send_batch(stage, 1, (keys, [2]), (values, [0]), input=1)
    core.end_input(stage, 0)
    core.end_input(stage, 1)
    batches, end = results(core)

    assert rows(batches) == [(1, "one"), (3, "one"), (3, "three")]
    assert end["type"] == "end"


def test_results_have_the_wire_types_declared(core: FakeCore) -> None:
    sql = (
        "SELECT TIMESTAMPTZ '2024-01-01 00:00:00+09' AS c0, [1, NULL] AS c1, {'n': 1::TINYINT} AS c2, "
        "MAP {'k': 1} AS c3, 1.5::DECIMAL(4, 1) AS c4, TIME '10:00' AS c5"
    )
    types = {
        "c0": "TIMESTAMP_LTZ(6)",
        "c1": "ARRAY<BIGINT>",
        "c2": "ROW<`n` TINYINT>",
        "c3": "MAP<STRING, INT>",
        "c4": "DECIMAL(10, 2)",
        "c5": "TIME(0)",
    }
    stage = open_stage(core, sql, types)

    core.grant(stage, MEBIBYTE)
    [(_, table)], _ = results(core)

    assert table.schema.types == [
        pa.timestamp("us", "UTC"),
        pa.list_(pa.field("item", pa.int64())),
        pa.struct([pa.field("n", pa.int8())]),
        pa.map_(pa.string(), pa.int32()),
        pa.decimal128(10, 2),
        pa.time64("us"),
    ]
    assert table.column(0)[0].as_py().isoformat() == "2023-12-31T15:00:00+00:00"


def test_the_session_has_the_time_zone_of_the_core(core: FakeCore) -> None:
    stage = open_stage(
        core, "SELECT CAST(TIMESTAMPTZ '2024-01-01 00:00:00Z' AS VARCHAR) AS c0", {"c0": "STRING"}
    )

    core.grant(stage, MEBIBYTE)
    batches, _ = results(core)

    assert rows(batches) == [("2024-01-01 09:00:00+09",)]


def test_a_stage_after_another_has_its_own_settings(core: FakeCore) -> None:
    settings = ("threads", "preserve_insertion_order")
    sql = "SELECT " + ", ".join(f"current_setting('{name}')::VARCHAR AS {name}" for name in settings)

    found = []
    for threads, keeps_order in ((2, True), (1, False), (2, True)):
        stage = open_stage(
            core, sql, dict.fromkeys(settings, "STRING"), threads=threads, keepsOrder=keeps_order
        )
        core.grant(stage, MEBIBYTE)
        found += rows(results(core)[0])
        core.ask("close_stage", stage=stage)

    assert found == [("2", "true"), ("1", "false"), ("2", "true")]


def test_a_stage_after_another_reads_a_file_as_it_is_now(core: FakeCore, tmp_path: Path) -> None:
    parquet, csv = tmp_path / "t.parquet", tmp_path / "t.csv"
    sql = f"SELECT max(p.a) AS p, max(c.a) AS c FROM '{parquet}' AS p, read_csv('{csv}') AS c"

    found = []
    for value in (1, 2, 3):
        pq.write_table(pa.table({"a": [value]}), parquet)
        csv.write_text(f"a\n{value}\n")
        stage = open_stage(core, sql, {"p": "BIGINT", "c": "BIGINT"})
        core.grant(stage, MEBIBYTE)
        found += rows(results(core)[0])
        core.ask("close_stage", stage=stage)

    assert found == [(1, 1), (2, 2), (3, 3)]


def test_a_stage_after_one_that_failed_works(core: FakeCore) -> None:
    failing = open_stage(core, "SELECT error('no') AS a", {"a": "INT"})
    assert results(core)[1]["type"] == "failed"
    core.ask("close_stage", stage=failing)

    stage = open_stage(core, "SELECT 1 AS a", {"a": "INT"})
    core.grant(stage, MEBIBYTE)
    assert rows(results(core)[0]) == [(1,)]
    core.ask("close_stage", stage=stage)


def test_output_waits_for_credit(core: FakeCore) -> None:
    stage = open_stage(core, "SELECT range AS c0 FROM range(10000)", {"c0": "BIGINT"})

    core.grant(stage, 1)
    first, _ = core.receive_data()
    is_silent = core.data.poll(200) == 0
    core.grant(stage, MEBIBYTE)
    batches, end = results(core)

    assert first["rows"] == 2048
    assert is_silent
    assert sum(message["rows"] for message, _ in batches) == 10000 - 2048
    assert end["type"] == "end"


def test_credit_for_input_is_granted_at_once_and_again_in_eighths_as_it_is_consumed(core: FakeCore) -> None:
    stage = open_stage(
        core, "SELECT sum(x)::BIGINT AS c0 FROM input_0", {"c0": "BIGINT"}, inputs=[{"x": "BIGINT"}]
    )
    core.wait_for_credit(0, 1)
    window = core.credits[0]

    sent = sum(
        core.send_batch(stage, number, (pa.record_batch({"x": range(100_000)}), None)) for number in range(5)
    )
    core.wait_for_credit(0, window + window // 8)
    core.end_input(stage)
    core.grant(stage, MEBIBYTE)
    batches, _ = results(core)

    assert window == 16 * MEBIBYTE
    assert window + window // 8 <= core.credits[0] < window + sent
    assert rows(batches) == [(5 * sum(range(100_000)),)]


def test_a_sink_writes_a_file_and_counts_its_rows(core: FakeCore, tmp_path: Path) -> None:
    path = tmp_path / ".part's.parquet"
    sink = {"temporaryPath": str(path), "format": "parquet", "copyOptions": "FORMAT parquet"}
    stage = open_stage(core, "SELECT range AS a FROM range(3000)", {"a": "BIGINT"}, groups=None, sink=sink)

    batches, end = results(core)

    assert (batches, end["type"], end["statistics"]["written"]) == ([], "end", 3000)
    assert pq.read_table(path).column("a").to_pylist() == list(range(3000))
    core.ask("close_stage", stage=stage)


def test_a_sink_that_fails_leaves_no_file(core: FakeCore, tmp_path: Path) -> None:
    path = tmp_path / ".part.csv"
    sink = {"temporaryPath": str(path), "format": "csv", "copyOptions": "FORMAT csv"}
    sql = "SELECT CAST(CASE WHEN range = 200000 THEN 'x' ELSE '1' END AS INT) AS a FROM range(300000)"
    open_stage(core, sql, {"a": "INT"}, groups=None, sink=sink)

    _, failed = results(core)

    assert failed["error"]["code"] == "SQL_CAST"
    assert not path.exists()


def test_a_query_that_spills_more_than_it_may_says_so(core: FakeCore) -> None:
    sql = "SELECT range AS c0 FROM range(8000000) ORDER BY hash(range)"
    limits = {"memoryLimitBytes": 48 * MEBIBYTE, "temporaryBytes": MEBIBYTE}
    stage = open_stage(core, sql, {"c0": "BIGINT"}, **limits)

    core.grant(stage, MEBIBYTE)
    failed, _ = core.receive_data()

    assert failed["error"]["code"] == "SPILL_FULL"
    assert "millstream.temporary.disk" in failed["error"]["hint"]


def test_a_query_per_batch_answers_every_batch_with_one_of_its_sequence(core: FakeCore) -> None:
    sql = "SELECT x * 2 AS c0 FROM input_0 WHERE x > 1"
    stage = open_stage(core, sql, {"c0": "BIGINT"}, inputs=[{"x": "BIGINT"}], perBatch=True)
    core.grant(stage, MEBIBYTE)

    answers = []
    for sequence, values in enumerate(([1, 2, 3], [1], [], [4])):
        core.send_batch(stage, sequence + 10, (pa.record_batch({"x": pa.array(values, pa.int64())}), None))
        message, frames = core.receive_data()
        _, table = core.decode(message, frames)
        assert table is not None
        answers.append((message["sequence"], table.column(0).to_pylist()))
    core.end_input(stage)

    assert answers == [(10, [4, 6]), (11, []), (12, []), (13, [8])]
    assert core.receive_data()[0]["statistics"]["batches"] == 4


def test_what_waits_for_a_query_per_batch_is_answered_together(core: FakeCore) -> None:
    sql = "SELECT x * 2 AS c0 FROM input_0"
    stage = open_stage(core, sql, {"c0": "BIGINT"}, inputs=[{"x": "BIGINT"}], perBatch=True)
    # Without credit the first answer stays in the worker until all batches are there.
    for sequence, may_join in enumerate((False, False, True, True)):
        batch = pa.record_batch({"x": pa.array([sequence], pa.int64())})
        core.send_batch(stage, sequence, (batch, None), may_join=may_join)
    core.grant(stage, MEBIBYTE)
    core.end_input(stage)

    answers, end = results(core)

    rows = [(message["sequence"], table.column(0).to_pylist()) for message, table in answers]
    assert rows == [(0, [0]), (3, [2, 4, 6])]
    assert end["statistics"]["batches"] == 2


def test_key_aligned_output_is_cut_between_groups(core: FakeCore) -> None:
    sql = "SELECT range // 1500 AS c0 FROM range(6000)"
    stage = open_stage(core, sql, {"c0": "BIGINT"}, keyColumns=[0])

    core.grant(stage, MEBIBYTE)
    batches, _ = results(core)

    keys = [set(table.column(0).to_pylist()) for _, table in batches]
    assert sum(len(each) for each in keys) == 4
    assert not any(message["continued"] for message, _ in batches)


def test_the_one_group_without_keys_is_there_even_without_rows(core: FakeCore) -> None:
    stage = open_stage(core, "SELECT 1 AS c0 WHERE false", {"c0": "INT"}, keyColumns=[])

    core.grant(stage, MEBIBYTE)
    batches, end = results(core)

    assert [(message["rows"], message["continued"]) for message, _ in batches] == [(0, False)]
    assert end["type"] == "end"


@pytest.mark.parametrize("waits_for", ["input", "credit", "nothing"])
def test_a_cancelled_stage_fails_as_cancelled(core: FakeCore, waits_for: str) -> None:
    sql = {
        "input": "SELECT count(*) AS c0 FROM input_0",
        "credit": "SELECT 1::BIGINT AS c0",
        "nothing": "SELECT count(*) AS c0 FROM range(1000000) a, range(1000000) b WHERE a.range < b.range",
    }[waits_for]
    stage = open_stage(core, sql, {"c0": "BIGINT"}, inputs=[{"x": "BIGINT"}] if waits_for == "input" else [])

    core.ask("cancel", stage=stage)
    failed, _ = core.receive_data()

    assert (failed["type"], failed["sequence"]) == ("failed", None)
    assert failed["error"]["kind"] == "cancelled"


def test_closing_a_stage_that_runs_ends_it_and_the_worker_goes_on(core: FakeCore) -> None:
    stage = open_stage(core, "SELECT count(*) AS c0 FROM input_0", {"c0": "BIGINT"}, inputs=[{"x": "BIGINT"}])

    core.ask("close_stage", stage=stage)
    closed, _ = core.receive_data()
    again = open_stage(core, "SELECT 1 AS c0", {"c0": "INT"})
    core.grant(again, MEBIBYTE)

    assert (closed["stage"], closed["type"]) == (stage, "failed")
    assert rows(results(core)[0]) == [(1,)]


def test_a_batch_that_cannot_be_decoded_fails_as_itself_and_not_as_duckdb_tells_it(core: FakeCore) -> None:
    stage = open_stage(core, "SELECT count(*) AS c0 FROM input_0", {"c0": "BIGINT"}, inputs=[{"x": "BIGINT"}])

    core.send_batch(stage, 0, (pa.record_batch({"x": [1, 2]}), [5]))
    failed, _ = core.receive_data()

    assert failed["error"]["code"] == "PROTOCOL_FRAME"


def test_extensions_are_neither_installed_nor_loaded_by_a_query(core: FakeCore) -> None:
    settings = (
        "current_setting('autoinstall_known_extensions') OR current_setting('autoload_known_extensions')"
    )
    sql = f"SELECT {settings} AS c0"
    stage = open_stage(core, sql, {"c0": "BOOLEAN"})

    core.grant(stage, MEBIBYTE)

    assert rows(results(core)[0]) == [(False,)]
