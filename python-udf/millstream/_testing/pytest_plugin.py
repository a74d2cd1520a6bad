"""Fixtures for pytest, there as soon as the package is installed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .harness import FunctionHarness


@pytest.fixture
def function_harness() -> Iterator[Callable[..., FunctionHarness]]:
    """Makes `FunctionHarness`es that are closed when the test ends."""
    from .harness import FunctionHarness

    opened: list[FunctionHarness] = []

    def make(function: object, *arguments: Any, **options: Any) -> FunctionHarness:
        opened.append(FunctionHarness(function, *arguments, **options))
        return opened[-1]

    yield make
    for harness in opened:
        harness.close()


@pytest.fixture
def check_function(request: pytest.FixtureRequest) -> Callable[..., list[str]]:
    """`millstream.testing.check_function`, with the seed of `--millstream-seed`."""
    from .checks import check_function

    seed = int(request.config.getoption("--millstream-seed"))

    def check(function: object, rows: Any = None, **options: Any) -> list[str]:
        return check_function(function, rows, **{"seed": seed, **options})

    return check


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option `--millstream-seed`."""
    group = parser.getgroup("millstream")
    group.addoption("--millstream-seed", default="0", help="seed of check_function's random rows")
