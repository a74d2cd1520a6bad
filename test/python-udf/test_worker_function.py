"""A function worker, a real process, against the core of `worker_support`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import zmq
from worker_support import CONTEXT, TOKEN, ColdWorker, FakeCore

from millstream._worker import process

FUNCTIONS = Path(__file__).parents[1] / "fixtures" / "workers"


@pytest.fixture(scope="module")
def core() -> Iterator[FakeCore]:
    """A core with one worker that has loaded all functions; each test opens its own stage."""
    core = FakeCore()
    worker = ColdWorker(core)
    try:
        core.welcome(heartbeat_ms=50)
        load(core)
        yield core
        worker.finish(core)
    finally:
        worker.kill()
        core.close()


def load(core: FakeCore) -> list[dict[str, Any]]:
    names = ("multiply", "invert", "leave", "spin", "talk", "knows_pandas")
    functions = [{"name": name, "target": f"harness_functions.{name}"} for name in names]
    result: dict[str, Any] = core.ask("load_functions", paths=[str(FUNCTIONS)], functions=functions)
    declarations: list[dict[str, Any]] = result["declarations"]
    return declarations


def open_stage(core: FakeCore, function: str) -> str:
    arguments = [{"kind": "column", "column": 0}, {"kind": "column", "column": 1}]
    step = {
        "function": function,
        "arguments": arguments,
        "argumentNames": [None, None],
        "guard": None,
        "resultType": "DOUBLE",
        "distinct": False,
        "filter": None,
        "frame": None,
    }
    result = core.ask(
        "open_function_stage",
        stage=function,
        mode="scalar",
        input=[{"name": "x", "type": "DOUBLE"}, {"name": "y", "type": "DOUBLE"}],
        steps=[step],
        resultSteps=[0],
        resultFields=None,
        rowSelection=True,
        partialAggregates=[],
        outer=False,
        context=CONTEXT,
        keyColumns=[],
        tagColumn=None,
        passedColumns=[],
        state=None,
        process=None,
        overrides=[],
        sharedFolder="/tmp",
        source=None,
    )
    assert [column["type"] for column in result["output"]] == ["DOUBLE"]
    return function


def numbers(*rows: tuple[float | None, float | None]) -> pa.RecordBatch:
    types = pa.float64()
    return pa.record_batch(
        {"x": pa.array([x for x, _ in rows], types), "y": pa.array([y for _, y in rows], types)}
    )


def answer(core: FakeCore) -> list[float | None]:
    """The values of a bundle answered by one batch, which says that it is the last."""
    batch, frames = core.receive_data()
    assert batch["type"] == "batch", batch
    assert (batch["done"]["rows"], batch["done"]["batches"]) == (batch["rows"], 1)
    _, table = core.decode(batch, frames)
    assert table is not None
    values: list[float | None] = table.column(0).to_pylist()
    return values


def failure(core: FakeCore) -> dict[str, Any]:
    failed, _ = core.receive_data()
    assert failed["type"] == "failed", failed
    error: dict[str, Any] = failed["error"]
    return error


def test_a_worker_says_hello_with_its_token_and_versions_and_exits_0_after_shutdown() -> None:
    core = FakeCore(worker="w9", epoch=4)
    worker = ColdWorker(core)
    try:
        hello = core.welcome()

        assert (hello["token"], hello["worker"], hello["epoch"]) == (TOKEN, "w9", 4)
        assert (hello["kind"], hello["pid"]) == ("function", worker.process.pid)
        assert {"python", "pyarrow", "pyzmq", "millstream"} <= hello["versions"].keys()
        worker.finish(core)
    finally:
        worker.kill()
        core.close()


def test_a_worker_exits_when_its_life_pipe_ends() -> None:
    core = FakeCore()
    worker = ColdWorker(core)
    try:
        core.welcome()
        assert worker.process.stdin is not None
        worker.process.stdin.close()

        assert worker.process.wait(10) == process.EXIT_CORE_GONE
    finally:
        worker.process.stdin = None
        worker.kill()
        core.close()


def test_a_bundle_is_answered_by_its_rows_and_done(core: FakeCore) -> None:
    core.send_batch(open_stage(core, "multiply"), 7, (numbers((2.0, 3.0), (None, 1.0), (4.0, 0.5)), None))

    assert answer(core) == [6.0, None, 2.0]


def test_groups_are_put_side_by_side_after_their_selections(core: FakeCore) -> None:
    left = pa.record_batch({"x": [1.0, 2.0, 3.0]})
    right = pa.record_batch({"y": [10.0, 20.0, 30.0, 40.0]})

    core.send_batch(open_stage(core, "multiply"), 0, (left, None), (right, [0, 0, 3]))

    assert answer(core) == [10.0, 20.0, 120.0]


def test_a_bundle_of_no_rows_is_answered(core: FakeCore) -> None:
    core.send_batch(open_stage(core, "multiply"), 0, (numbers(), None))

    assert answer(core) == []


def test_timing_is_of_the_monotonic_clock_and_by_step(core: FakeCore) -> None:
    core.send_batch(open_stage(core, "multiply"), 0, (numbers((2.0, 3.0)), None))
    timing = core.receive_data()[0]["done"]["timing"]

    assert int(timing["receivedNs"]) < int(timing["sentNs"])
    assert timing["stepCalls"] == [1]
    assert timing["stepNs"][0] > 0


def test_an_exception_of_a_function_fails_its_bundle_and_the_next_one_runs(core: FakeCore) -> None:
    stage = open_stage(core, "invert")

    core.send_batch(stage, 5, (numbers((1.0, 1.0), (0.0, 1.0)), None))
    core.send_batch(stage, 6, (numbers((4.0, 1.0)), None))
    error = failure(core)

    assert (error["kind"], error["code"]) == ("udf", "UDF_EXCEPTION")
    details = error["details"]
    assert (details["function"], details["stage"], details["bundle"], details["row"]) == (
        "invert",
        stage,
        5,
        1,
    )
    assert "_worker" not in details["traceback"]
    assert answer(core) == [0.25]


def test_sys_exit_in_a_function_fails_the_bundle_and_the_worker_lives(core: FakeCore) -> None:
    core.send_batch(open_stage(core, "leave"), 0, (numbers((1.0, 1.0)), None))

    error = failure(core)

    assert error["code"] == "UDF_EXIT"
    assert "`leave`" in error["message"]
    core.send_batch(open_stage(core, "multiply"), 0, (numbers((1.0, 2.0)), None))
    assert answer(core) == [2.0]


def test_prints_and_logs_are_sent_with_the_name_of_the_function(core: FakeCore) -> None:
    core.send_batch(open_stage(core, "talk"), 0, (numbers((8.0, 0.0)), None))
    answer(core)

    lines = [core.wait_for_log(text) for text in ("said 8.0", "complained 8.0", "talk: logged 8.0")]

    assert [line["source"] for line in lines] == ["stdout", "stderr", "logging"]
    assert [line["level"] for line in lines] == ["INFO", "INFO", "WARNING"]
    assert {line["function"] for line in lines} == {"talk"}


def test_a_running_function_is_seen_by_heartbeats_and_stack_dumps_and_ends_when_cancelled(
    core: FakeCore,
) -> None:
    stage = open_stage(core, "spin")
    core.send_batch(stage, 3, (numbers((1.0, 1.0)), None))
    core.wait_for_log("spinning")

    while (running := core.wait_for_heartbeat()["running"]) is None or running["stage"] != stage:
        pass
    text = core.ask("dump_stack")["text"]
    core.ask("cancel", stage=stage)

    assert (running["stage"], running["sequence"], running["function"]) == (stage, 3, "spin")
    assert "in spin" in text
    assert failure(core)["kind"] == "cancelled"
    core.send_batch(stage, 4, (numbers((1.0, 1.0)), None))
    assert failure(core)["kind"] == "cancelled"


def test_a_cancelled_stage_can_be_opened_again(core: FakeCore) -> None:
    stage = open_stage(core, "multiply")
    core.ask("cancel", stage=stage)
    core.ask("close_stage", stage=stage)

    core.send_batch(open_stage(core, "multiply"), 0, (numbers((2.0, 2.0)), None))

    assert answer(core) == [4.0]


def test_batches_of_another_epoch_and_of_closed_stages_are_dropped(core: FakeCore) -> None:
    stage = open_stage(core, "multiply")

    core.send_batch(stage, 0, (numbers((1.0, 1.0)), None), epoch=core.epoch - 1)
    core.send_batch("never opened", 0, (numbers((1.0, 1.0)), None))
    core.send_batch(stage, 1, (numbers((3.0, 3.0)), None))

    assert answer(core) == [9.0]


@pytest.mark.parametrize(
    ("selection", "rows", "reason"),
    [
        ([0, 9], 2, "cannot be decoded"),
        (None, 3, "has 1 rows in a batch of 3"),
    ],
)
def test_a_batch_that_is_not_what_it_announces_fails(
    core: FakeCore, selection: list[int] | None, rows: int, reason: str
) -> None:
    core.send_batch(open_stage(core, "multiply"), 0, (numbers((1.0, 1.0)), selection), rows=rows)

    error = failure(core)

    assert (error["kind"], error["code"]) == ("internal", "PROTOCOL_FRAME")
    assert reason in error["message"]


def test_a_function_that_cannot_be_loaded_is_an_error_of_the_instruction(core: FakeCore) -> None:
    target = {"name": "f", "target": "harness_functions.multiplied"}
    number = core.instruct("load_functions", paths=[str(FUNCTIONS)], functions=[target])

    reply = core.reply(number)

    assert reply["result"] is None
    assert reply["error"]["code"] == "UDF_NOT_FOUND"
    assert "multiply" in reply["error"]["message"] + (reply["error"]["hint"] or "")


def test_an_instruction_for_another_kind_of_worker_is_refused(core: FakeCore) -> None:
    body = {"sql": "SELECT 1", "inputs": [], "output": [], "groups": None, "keyColumns": None, "sink": None}
    settings = {"perBatch": False, "keepsOrder": False, "batchRows": 1, "memoryLimitBytes": 1, "threads": 1}
    temporary = {"temporaryDirectory": "/", "temporaryBytes": None}
    number = core.instruct("open_relational_stage", stage="r", **body, **settings, **temporary)

    assert core.reply(number)["error"]["code"] == "PROTOCOL_INSTRUCTION"


def test_row_functions_do_not_make_pyarrow_import_pandas(core: FakeCore) -> None:
    core.send_batch(open_stage(core, "knows_pandas"), 0, (numbers((1.0, 1.0)), None))

    assert answer(core) == [0.0]


def test_a_misaligned_frame_is_read(core: FakeCore) -> None:
    # ZeroMQ places small frames at any address of its receive buffer.
    stage = open_stage(core, "multiply")
    for sequence, length in enumerate((1, 2, 3, 5)):
        core.send_batch(stage, sequence, (numbers(*[(float(length), 2.0)] * length), None))
    values = [answer(core) for _ in range(4)]

    assert values == [[2.0], [4.0] * 2, [6.0] * 3, [10.0] * 5]
    assert core.data.getsockopt(zmq.EVENTS) & zmq.POLLIN == 0
