"""Functions that write down each of their calls, for `calls.test.ts`. It sets the folder where they write."""

from __future__ import annotations

import os
from collections.abc import Iterator

from millstream import AggregateFunction, udaf, udf, udtf

FOLDER = os.path.dirname(__file__)


def _note(call: str) -> None:
    """One write of less than a page to a file open for appending: calls of several workers do not mix."""
    file = os.open(os.path.join(FOLDER, "calls"), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, f"{call}\n".encode())
    finally:
        os.close(file)


@udf
def counted(n: int) -> int:
    _note(f"counted {n}")
    return n + 1


@udf
def even(n: int) -> bool:
    _note(f"even {n}")
    return n % 2 == 0


@udf
def added(a: int, b: int) -> int:
    _note(f"added {a} {b}")
    return a + b


@udf(deterministic=False)
def fresh(n: int) -> int:
    _note(f"fresh {n}")
    return n


@udtf
def up_to(n: int) -> Iterator[int]:
    _note(f"up_to {n}")
    yield from range(1, n + 1)


class _Summed(AggregateFunction):
    def create_accumulator(self) -> list[int]:
        return [0]

    def accumulate(self, accumulator: list[int], n: int) -> None:
        _note(f"summed {n}")
        accumulator[0] += n

    def get_value(self, accumulator: list[int]) -> int:
        return accumulator[0]


summed = udaf(_Summed())
