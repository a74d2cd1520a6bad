"""Captured and forwarded output: lines, limits, and pipes that nobody reads."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from millstream._worker import output_capture, output_relay
from millstream._worker.control_messages import Log
from millstream._worker.event_writer import FULL_BYTES, EventWriter
from millstream._worker.output_capture import OutputCapture
from millstream._worker.output_relay import OutputPipe
from millstream._worker.zygote_protocol import Output


@contextmanager
def captured() -> Iterator[tuple[OutputCapture, list[Log]]]:
    """Captures this process's own output. No fixture: pytest sets its streams again before each call."""
    logs: list[Log] = []
    root = logging.getLogger()
    before = sys.stdout, sys.stderr, root.handlers[:], root.level
    capture = OutputCapture(logs.append, lambda: "f")
    capture.install("WARNING")
    try:
        yield capture, logs
    finally:
        sys.stdout, sys.stderr, root.handlers[:], level = before
        root.setLevel(level)


def test_each_line_is_one_message() -> None:
    with captured() as (_, logs):
        print("one\ntwo")
        print("three", end="")
        print(" and more")
        sys.stdout.buffer.write(b"bytes\xff\n")
        sys.stdout.flush()
        logging.getLogger("user").info("too quiet")
        logging.getLogger("user").error("loud")

    assert [log.text for log in logs] == ["one", "two", "three and more", "bytes\ufffd", "user: loud"]
    assert [log.level for log in logs] == ["INFO"] * 4 + ["ERROR"]
    assert {log.function for log in logs} == {"f"}


def test_an_unfinished_line_is_sent_by_flush() -> None:
    with captured() as (output, logs):
        print("no end", end="", flush=True)
        output.flush()

    assert [log.text for log in logs] == ["no end"]


def test_lines_beyond_the_limit_of_a_second_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(output_capture, "monotonic", lambda: now)

    with captured() as (output, logs):
        for number in range(output_capture.LINES_PER_SECOND + 7):
            print(number)
        now = 101.0
        print("next second")
        output.flush()

    assert len(logs) == output_capture.LINES_PER_SECOND + 1
    assert (logs[-1].text, logs[-1].dropped) == ("next second", 7)


def test_long_lines_are_fewer_in_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output_capture, "monotonic", lambda: 100.0)

    with captured() as (output, logs):
        for _ in range(300):
            print("x" * 8000)
        output.flush()

    kept = -(-output_capture.CHARACTERS_PER_SECOND // 8000)
    assert len(logs) == kept + 1
    assert logs[-1].dropped == 300 - kept


def test_lines_that_were_left_out_last_are_told_by_flush(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output_capture, "monotonic", lambda: 100.0)

    with captured() as (output, logs):
        for number in range(output_capture.LINES_PER_SECOND + 7):
            print(number)
        output.flush()

    assert (logs[-1].level, logs[-1].dropped) == ("WARNING", 7)


def test_a_pipe_is_read_as_text_though_a_character_comes_in_parts() -> None:
    read_fd, write_fd = os.pipe()
    pipe = OutputPipe(read_fd)

    os.write(write_fd, "grü".encode()[:-1])
    first = pipe.read()
    os.write(write_fd, "grü".encode()[-1:])
    second = pipe.read()
    nothing = pipe.read()
    os.close(write_fd)
    end = pipe.read()

    assert (first, second, nothing, end) == (("gr", 0), ("ü", 0), None, None)
    assert not pipe.is_open


def test_a_pipe_that_says_too_much_has_its_lines_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    read_fd, write_fd = os.pipe()
    pipe = OutputPipe(read_fd)
    monkeypatch.setattr(output_relay, "BYTES_PER_SECOND", 4)
    now = 100.0
    monkeypatch.setattr(output_relay, "monotonic", lambda: now)

    os.write(write_fd, b"12345\n")
    first = pipe.read()
    os.write(write_fd, b"a\nb\nc\n")
    second = pipe.read()
    now = 101.0
    os.write(write_fd, b"d\n")
    third = pipe.read()
    os.close(write_fd)
    pipe.close()

    assert (first, second, third) == (("12345\n", 0), None, ("d\n", 3))


def test_lines_that_nobody_has_room_for_are_counted_and_the_writer_goes_on() -> None:
    read_fd, write_fd = os.pipe()
    pipe = OutputPipe(read_fd)

    os.write(write_fd, b"a\nb\n")
    refused = pipe.read(keeps=False)
    os.write(write_fd, b"c\n")
    taken = pipe.read()
    os.close(write_fd)
    pipe.close()

    assert (refused, taken) == (None, ("c\n", 2))


def test_events_wait_for_a_reader_that_lags_behind_and_keep_their_order() -> None:
    read_fd, write_fd = os.pipe()
    writer = EventWriter(write_fd)
    text = "x" * 100_000
    count = FULL_BYTES // len(text) + 2

    for number in range(count):
        writer.write(Output(str(number), "stdout", text, 0))
    was_full = writer.is_full
    received = b""
    while writer.has_pending:
        received += os.read(read_fd, 1 << 16)
        writer.flush()
    os.close(write_fd)
    while chunk := os.read(read_fd, 1 << 16):
        received += chunk
    os.close(read_fd)

    assert was_full
    workers = [json.loads(line)["worker"] for line in received.splitlines()]
    assert workers == [str(number) for number in range(count)]
