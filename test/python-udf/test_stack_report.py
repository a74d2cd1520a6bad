"""Where user code is, seen from another thread while it goes on."""

from __future__ import annotations

import asyncio
import threading
import time
import zlib
from collections.abc import Callable

import pytest

from millstream._execution import close_event_loop, suspended_calls
from millstream._execution.event_loop import event_loop
from millstream._worker.stack_report import stack_report


def seen_from_beside(work: Callable[[threading.Event], object]) -> str:
    """The report made while the main thread works until the event is set."""
    reports: list[str] = []
    done = threading.Event()

    def report() -> None:
        time.sleep(0.1)
        reports.append(stack_report())
        done.set()

    thread = threading.Thread(target=report, name="control")
    thread.start()
    work(done)
    thread.join()
    return reports[0]


def wait(done: threading.Event) -> None:
    while not done.is_set():
        time.sleep(0.5)


def compute(done: threading.Event) -> None:
    while not done.is_set():
        zlib.compress(bytes(60_000_000), 9)


def loop(done: threading.Event) -> None:
    number = 0
    flag = done.__dict__
    while not flag["_flag"]:
        number += 1


@pytest.mark.parametrize(
    ("work", "sentence"),
    [
        (wait, "It waits in native code, called at test_stack_report.py:"),
        (compute, "It computes in native code, called at test_stack_report.py:"),
        (loop, "It runs Python code at test_stack_report.py:"),
    ],
)
def test_waiting_computing_and_python_code_are_told_apart(
    work: Callable[[threading.Event], object], sentence: str
) -> None:
    report = seen_from_beside(work)

    assert report.startswith(sentence)
    assert f", in {work.__name__}\n" in report
    assert "Thread control" not in report


def test_calls_in_flight_are_shown_with_what_they_await() -> None:
    started = threading.Event()

    async def inner() -> None:
        started.set()
        await asyncio.sleep(3600)

    async def outer() -> None:
        await inner()

    event_loop().submit(outer())
    started.wait()

    report = stack_report()

    call = report.split("Call in flight:\n")[1]
    assert call.index("in outer") < call.index("in inner") < call.index("in sleep")
    assert len(suspended_calls()) == 1
    close_event_loop()
    assert suspended_calls() == []
