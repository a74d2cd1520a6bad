"""The examples in docstrings run."""

import doctest
import importlib
import pkgutil

import pytest

import millstream

#: Imports PyFlink, which tests of this package do without.
NEEDS_FLINK = "millstream._flink.adapted"


def _modules() -> list[str]:
    found = (module.name for module in pkgutil.walk_packages(millstream.__path__, "millstream."))
    return ["millstream", *(name for name in found if "._worker" not in name and name != NEEDS_FLINK)]


@pytest.mark.parametrize("module", _modules())
def test_examples_run(module: str) -> None:
    result = doctest.testmod(importlib.import_module(module))

    assert result.failed == 0


def test_every_public_name_has_an_example() -> None:
    finder = doctest.DocTestFinder(recurse=False)
    plain_errors = {name for name in millstream.__all__ if name.endswith("Error")}
    without_example_of_their_own = {"UserDefinedFunction"}

    missing = [
        name
        for name in millstream.__all__
        if name not in plain_errors | without_example_of_their_own
        and not any(test.examples for test in finder.find(getattr(millstream, name), name))
    ]

    assert missing == []
    assert finder.find(millstream.MillstreamError, "MillstreamError")[0].examples
