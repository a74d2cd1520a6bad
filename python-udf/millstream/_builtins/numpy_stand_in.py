"""What DuckDB (1.5) asks of NumPy before it takes a Python function: that it is there.

It imports `numpy.core.multiarray`, so that no other thread has to, and never uses it for Arrow columns. The
relational worker has no NumPy, or does without it because its import is slow.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

_NAMES = [
    "numpy",
    *(f"numpy.{core}{inner}" for core in ("core", "_core") for inner in ("", ".multiarray")),
]


@contextmanager
def numpy_stand_in() -> Iterator[None]:
    """Empty modules under NumPy's names, unless it is imported already."""
    before = {name: sys.modules[name] for name in _NAMES if name in sys.modules}
    if before.get("numpy") is not None:
        yield
        return
    modules = {name: ModuleType(name) for name in _NAMES}
    modules["numpy"].__dict__["__version__"] = "2.0.0"
    for name, module in modules.items():
        parent, _, last = name.rpartition(".")
        if parent:
            setattr(modules[parent], last, module)
    sys.modules.update(modules)
    try:
        yield
    finally:
        for name in _NAMES:
            del sys.modules[name]
        sys.modules.update(before)
