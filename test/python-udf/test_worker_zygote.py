"""The zygote with real forks, driven over its pipes as the core does."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from worker_support import CONTEXT, FakeCore, python_environment

FUNCTIONS = Path(__file__).parents[1] / "fixtures" / "workers"
SECONDS = 20

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the zygote runs on Linux")


class ZygoteProcess:
    """A zygote and its events."""

    def __init__(self, kind: str = "function", **environment: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "millstream._worker.zygote_main", kind],
            env={**python_environment(), **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self._events: list[dict[str, Any]] = []
        self._partial = b""
        self.cores: list[FakeCore] = []
        self.ready = self.wait_for("ready")

    def send(self, **command: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(command).encode() + b"\n")
        self.process.stdin.flush()

    def fork(self, worker: str, **changes: Any) -> tuple[FakeCore, dict[str, Any]]:
        """Forks a worker that waits; its core and the `forked` event."""
        core = FakeCore(worker=worker)
        self.cores.append(core)
        command = {
            "worker": worker,
            "arguments": core.arguments,
            "cgroups": [],
            "inherited": None,
            "environment": {},
            "workingDirectory": "/",
            "rlimits": {},
        }
        self.send(type="fork", **{**command, **changes})
        return core, self.wait_for("forked", worker)

    def start(self, worker: str, **changes: Any) -> tuple[FakeCore, dict[str, Any]]:
        """Forks a worker and lets it run until it is welcome."""
        core, forked = self.fork(worker, **changes)
        self.send(type="go", worker=worker)
        core.welcome()
        return core, forked

    def wait_for(self, kind: str, worker: str | None = None, text: str = "") -> dict[str, Any]:
        """The next event of a kind; others are kept."""
        deadline = time.monotonic() + SECONDS
        while True:
            for event in self._events:
                if event["type"] == kind and worker in (None, event.get("worker")) and text in str(event):
                    self._events.remove(event)
                    return event
            assert self.process.stdout is not None
            if not select.select([self.process.stdout], [], [], deadline - time.monotonic())[0]:
                raise TimeoutError(f"no event {kind}; there are {self._events}")
            chunk = os.read(self.process.stdout.fileno(), 1 << 16)
            assert chunk, self.process.stderr and self.process.stderr.read().decode()
            *lines, self._partial = (self._partial + chunk).split(b"\n")
            self._events += map(json.loads, lines)

    def end_input(self) -> int:
        """What the death of the core looks like; the exit code."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.process.wait(SECONDS)

    def close(self) -> None:
        if self.process.poll() is None:
            self.end_input()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()
        for core in self.cores:
            core.close()


@pytest.fixture
def zygote() -> Iterator[ZygoteProcess]:
    zygote = ZygoteProcess()
    yield zygote
    zygote.close()


def call(core: FakeCore, function: str) -> None:
    """Sends one row through a function; does not wait for the answer."""
    target = {"name": function, "target": f"zygote_functions.{function}"}
    core.ask("load_functions", paths=[str(FUNCTIONS)], functions=[target])
    step = {
        "function": function,
        "arguments": [{"kind": "column", "column": 0}],
        "argumentNames": [None],
        "guard": None,
        "resultType": "DOUBLE",
        "distinct": False,
        "filter": None,
        "frame": None,
    }
    core.ask(
        "open_function_stage",
        stage="s",
        mode="scalar",
        input=[{"name": "x", "type": "DOUBLE"}],
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
    core.send_batch("s", 0, (pa.record_batch({"x": [1.0]}), None))


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize(
    ("kind", "environment"),
    [("function", {}), ("relational", {}), ("function", {"OPENBLAS_NUM_THREADS": "8"})],
    ids=["function", "relational", "started with threads"],
)
def test_the_zygote_has_one_thread_when_it_forks(kind: str, environment: dict[str, str]) -> None:
    zygote = ZygoteProcess(kind, **environment)
    try:
        threads = Path(f"/proc/{zygote.process.pid}/task").iterdir()
        names = [Path(thread, "comm").read_text().strip() for thread in threads]

        assert len(names) == 1, names
        assert zygote.ready["threads"] == 1
        assert zygote.ready["pid"] == zygote.process.pid
        assert zygote.ready["importMs"] > 0
    finally:
        zygote.close()


@pytest.mark.parametrize(
    ("kind", "absent"),
    [
        ("relational", ["numpy", "pyarrow.compute", "millstream._execution", "asyncio", "pandas"]),
        ("function", ["pyarrow.compute", "asyncio", "pandas", "_duckdb"]),
    ],
)
def test_a_zygote_imports_only_what_its_workers_always_use(kind: str, absent: list[str]) -> None:
    program = (
        "import runpy, sys\n"
        "from millstream._worker import zygote_main, zygote\n"
        f"sys.argv = ['zygote', {kind!r}]\n"
        f"imported = lambda *_: [name for name in {absent!r} if sys.modules.get(name)]\n"
        "zygote.Zygote.run = lambda *_: print(imported(), file=sys.stderr)\n"
        "zygote_main.main()\n"
    )

    ended = subprocess.run(
        [sys.executable, "-c", program],
        env=python_environment(),
        capture_output=True,
        text=True,
    )

    assert (ended.stderr.strip(), ended.returncode) == ("[]", 0)


def test_a_forked_worker_waits_for_go_and_exits_0_after_shutdown(zygote: ZygoteProcess) -> None:
    core, forked = zygote.fork("w1")
    waits = core.control.poll(50) == 0

    zygote.send(type="go", worker="w1")
    hello = core.welcome()
    core.ask("shutdown")
    exited = zygote.wait_for("exited", "w1")

    assert waits
    assert hello["pid"] == forked["pid"]
    assert forked["startTime"] > 0
    assert (exited["exitCode"], exited["signal"], exited["pid"]) == (0, None, forked["pid"])
    assert exited["maxRssBytes"] > 1 << 20
    assert exited["userSeconds"] >= 0


def test_a_worker_has_its_environment_folder_and_limits_and_nothing_of_its_siblings(
    zygote: ZygoteProcess, tmp_path: Path
) -> None:
    changes = {"environment": {"A_NAME": "a value"}, "workingDirectory": str(tmp_path)}
    zygote.start("w1")
    _, forked = zygote.fork("w2", **changes, rlimits={"RLIMIT_NOFILE": 256})
    folder = Path(f"/proc/{forked['pid']}")
    zygote.send(type="go", worker="w2")
    zygote.cores[1].welcome()

    limits = (folder / "limits").read_text()
    targets = [os.readlink(fd) for fd in (folder / "fd").iterdir()]
    own = {os.readlink(folder / "fd" / str(fd)) for fd in (1, 2, 3)}
    siblings = {os.readlink(fd) for fd in Path(f"/proc/{zygote.process.pid}/fd").iterdir()}

    assert os.readlink(folder / "cwd") == str(tmp_path)
    assert [line.split()[3:5] for line in limits.splitlines() if "open files" in line] == [["256", "256"]]
    assert os.readlink(folder / "fd" / "0") == "/dev/null"
    assert len(own) == 3
    assert not (set(targets) - own) & {target for target in siblings if target.startswith("pipe:")}


def test_a_crash_is_reported_by_its_signal_after_its_stack(zygote: ZygoteProcess) -> None:
    core, _ = zygote.start("w1")

    call(core, "crash")
    output = zygote.wait_for("output", "w1", "Segmentation fault")
    exited = zygote.wait_for("exited", "w1")

    assert output["source"] == "stderr"
    assert "in crash" in output["text"] + zygote_text(zygote)
    assert (exited["exitCode"], exited["signal"]) == (None, "SIGSEGV")


def zygote_text(zygote: ZygoteProcess) -> str:
    return "".join(event["text"] for event in zygote._events if event["type"] == "output")


def test_what_goes_past_the_harness_is_forwarded(zygote: ZygoteProcess) -> None:
    core, _ = zygote.start("w1")

    call(core, "write_past_the_harness")

    assert zygote.wait_for("output", "w1", "native out")["source"] == "stdout"
    assert zygote.wait_for("output", "w1", "native err")["source"] == "stderr"


def test_a_kill_reaches_the_worker_and_its_children(zygote: ZygoteProcess) -> None:
    core, _ = zygote.start("w1")
    call(core, "start_children")
    _, inside, outside = core.wait_for_log("children ")["text"].split()

    zygote.send(type="kill", worker="w1", signal="SIGKILL")
    exited = zygote.wait_for("exited", "w1")

    assert exited["signal"] == "SIGKILL"
    wait_until_gone([int(inside), int(outside)])


def test_when_the_core_has_gone_nothing_is_left(tmp_path: Path) -> None:
    zygote = ZygoteProcess()
    try:
        core, forked = zygote.start("w1")
        _, waiting = zygote.fork("w2")
        call(core, "start_children")
        _, inside, outside = core.wait_for_log("children ")["text"].split()

        code = zygote.end_input()

        pids = [forked["pid"], waiting["pid"], int(inside), int(outside)]
        assert code == 0
        assert [pid for pid in pids if is_alive(pid)] == []
        assert not any(Path(each.folder).exists() for each in zygote.cores)
    finally:
        zygote.close()


@pytest.mark.parametrize("breaks", ["at once", "when it is ready"])
def test_a_core_that_goes_leaves_none_of_its_folders(tmp_path: Path, breaks: str) -> None:
    folder = tmp_path / "millstream-spilled"
    folder.mkdir()
    (folder / "file").write_text("spilled")
    own = {"type": "own", "cgroups": [], "folders": [str(folder)]}
    if breaks == "when it is ready":
        zygote = ZygoteProcess()
        zygote.send(**own)
        assert zygote.end_input() == 0
        zygote.close()
    else:
        process = subprocess.Popen(
            [sys.executable, "-m", "millstream._worker.zygote_main", "function"],
            env=python_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.close()
        process.stdin.write(json.dumps(own).encode() + b"\n")
        process.stdin.close()
        assert process.wait(SECONDS) == 0

    assert not folder.exists()


def test_a_core_that_goes_leaves_no_unfinished_output_and_all_that_was_released(tmp_path: Path) -> None:
    made, parts = tmp_path / "made", []
    made.mkdir()
    zygote = ZygoteProcess()
    for name in ("first", "second", "finished"):
        part = made / name if name != "finished" else tmp_path / name
        part.write_text("rows")
        parts.append(part)
        zygote.send(
            type="guard", name=name, files=[str(part)], folders=[str(made)] if name == "first" else []
        )
    zygote.send(type="release", name="finished")
    assert zygote.end_input() == 0
    zygote.close()

    assert not made.exists()
    assert [part.exists() for part in parts] == [False, False, True]


def test_workers_die_with_a_killed_zygote(zygote: ZygoteProcess) -> None:
    _, forked = zygote.start("w1")

    zygote.process.kill()

    wait_until_gone([forked["pid"]])


def test_a_worker_that_cannot_start_says_why(zygote: ZygoteProcess) -> None:
    zygote.fork("w1", workingDirectory="/no/such/folder")

    assert "/no/such/folder" in zygote.wait_for("output", "w1")["text"]
    assert zygote.wait_for("exited", "w1")["exitCode"] not in (0, None)


def wait_until_gone(pids: list[int]) -> None:
    deadline = time.monotonic() + SECONDS
    while any(map(is_alive, pids)):
        assert time.monotonic() < deadline, [pid for pid in pids if is_alive(pid)]
        os.sched_yield()
