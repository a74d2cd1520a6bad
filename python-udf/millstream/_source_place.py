"""Where a user's function or class is written."""

from __future__ import annotations

import inspect
from typing import Any


def source_place(target: Any) -> dict[str, Any]:
    """`file` and 1-based `line` of a function (its first decorator) or a class's `eval`; None if unknown."""
    function = inspect.unwrap(target) if callable(target) else target
    code = getattr(function, "__code__", None)
    if code is None:
        owner = target if inspect.isclass(target) else type(target)
        method = getattr(owner, "eval", None) or getattr(owner, "accumulate", None)
        code = getattr(method, "__code__", None)
    return {
        "file": None if code is None else code.co_filename,
        "line": None if code is None else code.co_firstlineno,
    }
