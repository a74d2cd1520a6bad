"""Conversions that make many containers and no garbage, at the cost of making them."""

from __future__ import annotations

import functools
import gc
from collections.abc import Callable
from typing import Any, TypeVar

Result = TypeVar("Result")


def without_collection(convert: Callable[..., Result]) -> Callable[..., Result]:
    """The same function, during which Python's cyclic collector does not run.

    A list or Row for each row makes it run again and again, and look at all of them each time: up to two
    thirds of the time of a conversion.
    """

    @functools.wraps(convert)
    def paused(*args: Any) -> Result:
        if not gc.isenabled():
            return convert(*args)
        gc.disable()
        try:
            return convert(*args)
        finally:
            gc.enable()

    return paused
