"""A core for tests: binds the two sockets of one worker and speaks the protocol from the other side."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import zmq

PACKAGE_FOLDER = Path(__file__).parents[2] / "python-udf"
TIMEOUT_MS = 20_000
TOKEN = "a token"
CONTEXT = {
    "jobId": "job",
    "subtask": 0,
    "parallelism": 1,
    "attempt": 0,
    "jobParameters": {},
    "cachedFiles": {},
}
NO_LIMITS = {"memoryBytes": None, "cpus": None, "processes": None, "openFiles": None}


def python_environment() -> dict[str, str]:
    """Environment in which the package is found and libraries start no threads, as the bridge sets it."""
    no_threads = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    no_allocator_thread = {"JE_ARROW_MALLOC_CONF": "background_thread:false"}
    return {**os.environ, "PYTHONPATH": str(PACKAGE_FOLDER), **no_threads, **no_allocator_thread}


class FakeCore:
    """The core's ends of the two sockets; `close` removes their folder."""

    def __init__(self, kind: str = "function", worker: str = "w1", epoch: int = 1) -> None:
        self.epoch = epoch
        self.folder = tempfile.mkdtemp(prefix="ms-", dir="/tmp")
        self.context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self.control = self._bind("c")
        self.data = self._bind("d")
        self.arguments = {
            "kind": kind,
            "worker": worker,
            "epoch": epoch,
            "controlEndpoint": f"ipc://{self.folder}/c",
            "dataEndpoint": f"ipc://{self.folder}/d",
            "token": TOKEN,
        }
        self.logs: list[dict[str, Any]] = []
        self.heartbeats: list[dict[str, Any]] = []
        self.credits: dict[int, int] = {}
        self.schemas: dict[int, pa.Schema] = {}
        self._replies: dict[int, dict[str, Any]] = {}
        self._ids = itertools.count(1)
        self._sent_schemas: list[pa.Schema] = []

    def welcome(
        self,
        *,
        heartbeat_ms: int = 100,
        log_level: str = "INFO",
        time_zone: str = "UTC",
        checksum: bool = False,
    ) -> Any:
        """Waits for hello, returns it, and answers welcome."""
        hello = self._receive_control()
        assert hello["type"] == "hello", hello
        message = {
            "type": "welcome",
            "limits": NO_LIMITS,
            "heartbeatMs": heartbeat_ms,
            "logLevel": log_level,
            "logLevels": {"quiet": "ERROR"},
            "timeZone": time_zone,
            "checksum": checksum,
        }
        self.control.send(json.dumps(message).encode())
        return hello

    def instruct(self, kind: str, **body: Any) -> int:
        """Gives an instruction and returns its id."""
        number = next(self._ids)
        message = {"type": "instruction", "id": number, "body": {"kind": kind, **body}}
        self.control.send(json.dumps(message).encode())
        return number

    def reply(self, number: int) -> dict[str, Any]:
        """Waits for the reply to an instruction; logs and heartbeats are kept aside."""
        while number not in self._replies:
            self._sort(self._receive_control())
        return self._replies.pop(number)

    def ask(self, kind: str, **body: Any) -> Any:
        """The result of an instruction that succeeds."""
        reply = self.reply(self.instruct(kind, **body))
        assert reply["error"] is None, reply["error"]
        return reply["result"]

    def wait_for_log(self, text: str) -> dict[str, Any]:
        """Waits for a log line that contains `text`."""
        while True:
            for line in self.logs:
                if text in line["text"]:
                    return line
            self._sort(self._receive_control())

    def wait_for_heartbeat(self) -> dict[str, Any]:
        """Waits for a heartbeat."""
        while not self.heartbeats:
            self._sort(self._receive_control())
        return self.heartbeats.pop(0)

    def send_batch(
        self,
        stage: str,
        sequence: int,
        *groups: tuple[pa.RecordBatch, list[int] | None],
        input: int = 0,
        epoch: int | None = None,
        rows: int | None = None,
        continued: bool = False,
        may_join: bool = False,
    ) -> int:
        """Sends column groups, each with its selection or None; returns the bytes charged."""
        frames: list[Any] = []
        wire: list[dict[str, Any]] = []
        for batch, selection in groups:
            if selection is not None:
                frames.append(pa.array(selection, pa.int32()).buffers()[1])
            frames.append(batch.serialize())
            wire.append(
                {
                    "schema": self._schema_id(batch.schema),
                    "rows": batch.num_rows,
                    "hasSelection": selection is not None,
                    "block": None,
                }
            )
        batch, selection = groups[0]
        count = batch.num_rows if selection is None else len(selection)
        header = {
            "type": "batch",
            "stage": stage,
            "epoch": self.epoch if epoch is None else epoch,
            "sequence": sequence,
            "input": input,
            "rows": count if rows is None else rows,
            "groups": wire,
            "hasRowSelection": False,
            "continued": continued,
            "notCalled": None,
            "split": None,
            "done": None,
            "mayJoin": may_join,
        }
        self.data.send_multipart([json.dumps(header).encode(), *frames])
        return sum(frame.size for frame in frames)

    def send_data(self, **message: Any) -> None:
        """Sends a data message without frames."""
        self.data.send(json.dumps({"epoch": self.epoch, **message}).encode())

    def end_input(self, stage: str, input: int = 0) -> None:
        """No more batches on an input."""
        self.send_data(type="end", stage=stage, input=input, statistics=None)

    def grant(self, stage: str, credit: int) -> None:
        """Permits output."""
        self.send_data(type="credit", stage=stage, input=0, bytes=credit)

    def receive_data(self) -> tuple[dict[str, Any], list[bytes]]:
        """The next data message but schemas and credits, which are kept."""
        while True:
            if not self.data.poll(TIMEOUT_MS):
                raise TimeoutError("no data message came")
            header, *frames = self.data.recv_multipart()
            message = json.loads(header)
            if message["type"] == "schema":
                self.schemas[message["id"]] = pa.ipc.read_schema(pa.py_buffer(frames[0]))
            elif message["type"] == "credit":
                self.credits[message["input"]] = self.credits.get(message["input"], 0) + message["bytes"]
            else:
                return message, frames

    def wait_for_credit(self, input: int, at_least: int) -> None:
        """Waits until the worker has granted this much on an input."""
        while self.credits.get(input, 0) < at_least:
            if not self.data.poll(TIMEOUT_MS):
                raise TimeoutError("no credit came")
            message = json.loads(self.data.recv())
            assert message["type"] == "credit", message
            self.credits[message["input"]] = self.credits.get(message["input"], 0) + message["bytes"]

    def decode(
        self, message: dict[str, Any], frames: list[bytes]
    ) -> tuple[list[int] | None, pa.Table | None]:
        """Row selection and columns of a batch; columns of several groups side by side."""
        remaining = iter(frames)
        selection = None
        if message["hasRowSelection"]:
            selection = _int32(next(remaining))
        names: list[str] = []
        columns: list[pa.Array] = []
        for group in message["groups"]:
            batch = pa.ipc.read_record_batch(pa.py_buffer(next(remaining)), self.schemas[group["schema"]])
            assert batch.num_rows == group["rows"]
            names += batch.schema.names
            columns += batch.columns
        assert next(remaining, None) is None
        return selection, pa.table(columns, names) if columns else None

    def close(self) -> None:
        """Closes the sockets and removes their folder."""
        self.control.close(0)
        self.data.close(0)
        self.context.term()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _bind(self, name: str) -> zmq.Socket[bytes]:
        socket = self.context.socket(zmq.DEALER)
        socket.bind(f"ipc://{self.folder}/{name}")
        return socket

    def _schema_id(self, schema: pa.Schema) -> int:
        if schema not in self._sent_schemas:
            self._sent_schemas.append(schema)
            header = {"type": "schema", "id": self._sent_schemas.index(schema)}
            self.data.send_multipart([json.dumps(header).encode(), schema.serialize()])
        return self._sent_schemas.index(schema)

    def _receive_control(self) -> dict[str, Any]:
        if not self.control.poll(TIMEOUT_MS):
            raise TimeoutError("no control message came")
        return json.loads(self.control.recv())

    def _sort(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "reply":
                self._replies[message["instruction"]] = message
            case "log":
                self.logs.append(message)
            case "heartbeat":
                self.heartbeats.append(message)
            case other:
                raise AssertionError(f"unexpected {other}")


class ColdWorker:
    """A worker process of its own, connected to a `FakeCore`."""

    def __init__(self, core: FakeCore) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "millstream._worker", json.dumps(core.arguments), "{}"],
            env=python_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert self.process.stdin is not None
        self.process.stdin.write(b"go\n")
        self.process.stdin.flush()

    def finish(self, core: FakeCore) -> None:
        """Shuts the worker down and checks that it leaves with 0."""
        core.ask("shutdown")
        assert self.process.wait(10) == 0

    def kill(self) -> None:
        """Ends whatever is left of it."""
        self.process.kill()
        self.process.communicate()


def _int32(frame: bytes) -> list[int]:
    return pa.Array.from_buffers(pa.int32(), len(frame) // 4, [None, pa.py_buffer(frame)]).to_pylist()
