"""What the code of a generator function says about every row that it yields."""

from __future__ import annotations

import dis
import inspect
from collections.abc import Callable
from typing import Any


def yields_rows(function: Callable[..., Any], width: int) -> bool:
    """Whether each call is certain to be a generator whose rows are tuples of `width` fields; of one column,
    whose rows are taken as they are, whether it is a generator."""
    return inspect.isgeneratorfunction(function) and (width == 1 or _yields_tuples(function, width))


def _yields_tuples(function: Callable[..., Any], width: int) -> bool:
    """Whether each `yield` is written as `yield a, b, …`, said by the instruction before it, which makes a
    tuple of this width or is one that is a constant. Not so for `yield row` or `yield from rows`."""
    code = getattr(function, "__code__", None)
    if code is None:
        return False
    before: dis.Instruction | None = None
    for instruction in dis.get_instructions(code):
        if instruction.opname == "YIELD_VALUE" and (
            # Whoever jumps to it brings a value of another instruction.
            instruction.is_jump_target or before is None or not _is_tuple(before, width)
        ):
            return False
        before = instruction
    return True


def _is_tuple(made: dis.Instruction, width: int) -> bool:
    if made.opname == "BUILD_TUPLE":
        return made.arg == width
    return made.opname == "LOAD_CONST" and type(made.argval) is tuple and len(made.argval) == width
