"""Functions that go wrong, one way each."""

import ctypes
import time

from millstream import udf


@udf
def greedy(n: int) -> int:
    """Wants ten megabytes for each row that it remembers."""
    remembered.append(b"x" * 10_000_000)
    return n


@udf
def patient(n: int) -> int:
    """Waits for an answer that takes too long for one row."""
    return ask(n)


remembered: list[bytes] = []


def ask(n: int) -> int:
    time.sleep(4 if n == 3 else 0)
    return n


@udf(on_error="dead_letter")
def fragile(n: int) -> int:
    """Native code that crashes on one row, and Python that raises on another."""
    if n == 3:
        ctypes.string_at(0)
    return 12 // (n - 1)
