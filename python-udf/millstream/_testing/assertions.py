"""Comparing what a function gives with what it should."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._types import DataType
from .calls import call_rows
from .checks import same_value


def assert_rows(
    function: object,
    cases: Sequence[tuple[Sequence[Any], Any]],
    input_types: Sequence[DataType | str] | None = None,
    **context: Any,
) -> None:
    """Checks a scalar function: each case is the arguments and the value that they must give.

    >>> from millstream import udf
    >>> @udf
    ... def half(x: int) -> float:
    ...     return x / 2
    >>> assert_rows(half, [((4,), 2.0), ((None,), None)])

    Raises:
        AssertionError: names every case that gives another value.
    """
    values = call_rows(function, [arguments for arguments, _ in cases], input_types, **context)
    wrong = [
        f"  {tuple(arguments)!r} gives {value!r}, not {expected!r}"
        for (arguments, expected), value in zip(cases, values, strict=True)
        if not same_value(value, expected)
    ]
    if wrong:
        name = getattr(function, "__name__", type(function).__name__)
        raise AssertionError("\n".join([f"{name}: {len(wrong)} of {len(cases)} cases are wrong:", *wrong]))
