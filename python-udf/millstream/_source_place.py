"""Where a user's function or class is written."""

from __future__ import annotations

import inspect
import os
from typing import Any

_OURS = os.path.dirname(os.path.abspath(__file__)) + os.sep


def source_place(target: Any) -> dict[str, Any]:
    """`file` and 1-based `line` of a function (its first decorator), of a class's `eval` or `accumulate`, or
    of the class; None if unknown."""
    function = inspect.unwrap(target) if callable(target) else target
    code = getattr(function, "__code__", None)
    if code is not None:
        return {"file": code.co_filename, "line": code.co_firstlineno}
    owner = target if inspect.isclass(target) else type(target)
    for method in ("eval", "accumulate"):
        code = getattr(getattr(owner, method, None), "__code__", None)
        if code is not None and not code.co_filename.startswith(_OURS):
            return {"file": code.co_filename, "line": code.co_firstlineno}
    return _class_place(owner)


def _class_place(owner: type) -> dict[str, Any]:
    try:
        return {"file": inspect.getsourcefile(owner), "line": inspect.getsourcelines(owner)[1]}
    except (OSError, TypeError):
        return {"file": None, "line": None}
