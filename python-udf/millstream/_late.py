"""Modules that are imported when they are first used.

What a zygote imports is most of what a first row waits for.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import TYPE_CHECKING, Any

__all__ = ["asyncio", "pc"]


class _LateModule(ModuleType):
    """Stands for a module of its name until one of its attributes is asked for."""

    def __getattr__(self, attribute: str) -> Any:
        value = getattr(importlib.import_module(self.__name__), attribute)
        setattr(self, attribute, value)
        return value


if TYPE_CHECKING:
    import asyncio

    import pyarrow.compute as pc
else:
    asyncio = _LateModule("asyncio")
    # A third of what importing pyarrow takes, for functions that columns without NULL often do without.
    pc = _LateModule("pyarrow.compute")
