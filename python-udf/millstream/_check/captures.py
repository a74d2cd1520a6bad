"""Variables that a function closes over and that cannot be sent to a worker."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from .._captured_variables import pickle_problem
from .._source_place import source_place
from .._user_error import short_repr
from .finding import Finding


def unpicklable_captures(name: str, target: Any) -> Iterator[Finding]:
    """One finding for each closed-over variable; module globals are imported again and need not be sent."""
    function = inspect.unwrap(target) if callable(target) else target
    closure = getattr(function, "__closure__", None) or ()
    place = source_place(target)
    for variable, cell in zip(getattr(function, "__code__", _NO_CODE).co_freevars, closure, strict=False):
        reason = pickle_problem(cell.cell_contents)
        if reason is not None:
            yield Finding(
                str(place["file"]),
                int(place["line"] or 1),
                "UNPICKLABLE",
                f"`{name}` closes over `{variable}`, {short_repr(cell.cell_contents)}, which cannot be sent "
                f"to a worker: {reason}",
                "Make it inside the function, or in `open` of a function class.",
            )


class _NoCode:
    co_freevars: tuple[str, ...] = ()


_NO_CODE = _NoCode()
