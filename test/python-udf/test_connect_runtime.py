"""The runtime as a process: how it is found, how it ends, what it leaves."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from connect_support import ROOT, environment

import millstream
from millstream._client import runtime


def test_a_wrong_setting_is_refused_when_connecting() -> None:
    with pytest.raises(millstream.ConfigurationError, match="parallelism.defualt"):
        millstream.connect({"parallelism.defualt": 2})


def test_a_closed_connection_says_so_and_may_be_closed_again() -> None:
    con = millstream.connect()
    con.close()
    con.close()

    with pytest.raises(millstream.CancelledError) as raised:
        con.sql("SELECT 1")

    assert raised.value.code == "CONNECTION_CLOSED"


def test_a_runtime_that_dies_is_reported_and_close_still_works() -> None:
    con = millstream.connect()
    os.kill(con.runtime_pid, signal.SIGKILL)

    with pytest.raises(millstream.EnvironmentError) as raised:
        con.sql("SELECT 1")
    con.close()

    assert raised.value.code == "RUNTIME_ENDED"


@pytest.mark.skipif(sys.platform != "linux", reason="waits for the end of a stranger by its pidfd")
def test_nothing_is_left_when_the_program_is_killed() -> None:
    program = (
        "import millstream, sys, pyarrow as pa\n"
        "con = millstream.connect()\n"
        "con.register('t', pa.table({'x': [1]}))\n"
        "con.sql('SELECT * FROM t').fetchall()\n"
        "print(con.runtime_pid, con._folder, flush=True)\n"
        "sys.stdin.read()\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env=environment(),
        text=True,
    )
    assert child.stdout is not None and child.stdin is not None
    pid, folder = child.stdout.readline().split()
    ended = os.pidfd_open(int(pid))

    child.kill()
    child.wait()
    child.stdin.close()
    child.stdout.close()
    _wait_readable(ended)

    assert not Path(folder).exists()


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("echo v18.1.0", "NODE_VERSION"),
        ("echo v22.0.0; echo it broke >&2; exit 3", "RUNTIME_ENDED"),
    ],
)
def test_a_runtime_that_does_not_start_says_why(
    script: str, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = tmp_path / "node"
    node.write_text(f"#!/bin/sh\n{script}\n")
    node.chmod(0o755)
    monkeypatch.setenv("MILLSTREAM_COMMAND", str(node))

    with pytest.raises(millstream.EnvironmentError) as raised:
        millstream.connect()

    assert raised.value.code == code
    assert "18.1.0" in str(raised.value) or "it broke" in str(raised.value)


def test_without_node_or_command_the_error_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MILLSTREAM_COMMAND", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    codes = []
    for checkout, made in (("installed", None), ("sources", "tsconfig.json"), ("built", "dist/cli/main.js")):
        root = tmp_path / checkout
        if made is not None:
            (root / made).parent.mkdir(parents=True)
            (root / made).touch()
        monkeypatch.setattr(runtime, "_CHECKOUT", root)
        with pytest.raises(millstream.EnvironmentError) as raised:
            runtime.runtime_command()
        codes.append(raised.value.code)

    assert codes == ["RUNTIME_NOT_FOUND", "RUNTIME_NOT_BUILT", "NODE_NOT_FOUND"]


def _wait_readable(descriptor: int) -> None:
    """A pidfd is readable once its process has ended."""
    try:
        ready, _, _ = select.select([descriptor], [], [], 30)
        assert ready
    finally:
        os.close(descriptor)
