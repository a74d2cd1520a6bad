"""The loop that calls functions on each other's results, generated for how they read each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from types import CodeType, FunctionType
from typing import Any, Literal, NamedTuple

#: By type: what a value must be to go to the next function as it is.
_FITS = {
    "BOOLEAN": "{0}.__class__ is bool",
    "TINYINT": "{0}.__class__ is int and -0x80 <= {0} <= 0x7f",
    "SMALLINT": "{0}.__class__ is int and -0x8000 <= {0} <= 0x7fff",
    "INT": "{0}.__class__ is int and -0x80000000 <= {0} <= 0x7fffffff",
    "BIGINT": "{0}.__class__ is int and -0x8000000000000000 <= {0} <= 0x7fffffffffffffff",
    "DOUBLE": "{0}.__class__ is float",
    "STRING": "{0}.__class__ is str and {0}.isascii()",
}


def is_chainable(kind: str) -> bool:
    """Whether the values of a type may go from one function to the next."""
    return kind in _FITS


class Read(NamedTuple):
    """An argument by its variable in the loop; `strict`: the function is not called where it is None."""

    source: Literal["column", "step", "constant"]
    variable: str
    strict: bool


class ChainCall(NamedTuple):
    """A call by the kind of its result and its arguments."""

    kind: str
    reads: tuple[Read, ...]


class ChainLoop(NamedTuple):
    """A compiled loop.

    It takes the rows of the columns; for each step what makes its odd values fit, and what takes None where
    it is not called; for each result what takes its values; times by step, to be added to; and a clock.
    """

    code: CodeType
    steps: Mapping[int, int]
    #: Variables of the arguments, by step.
    arguments: Sequence[Sequence[str]]

    def bind(self, scope: dict[str, Any]) -> Callable[..., None]:
        """The function that runs the loop over `scope`, which has functions as f0, f1, … and constants."""
        return FunctionType(self.code, scope)

    def step_at(self, line: int) -> int | None:
        """The step that a line belongs to."""
        return self.steps.get(line)


@lru_cache(maxsize=256)
def chain_loop(
    calls: tuple[ChainCall, ...], results: tuple[int, ...], nullable: tuple[bool, ...], timed_rows: int
) -> ChainLoop:
    """The loop for calls in order. `nullable` says of each column whether it has NULL; `timed_rows` ends the
    loop after so many rows, in which each call is timed; 0: it does neither."""
    steps = range(len(calls))
    read = {read.variable for call in calls for read in call.reads}
    columns = [f"c{i}" for i in range(len(nullable))]
    may_be_none = {f"c{i}" for i, has_null in enumerate(nullable) if has_null}
    may_be_none |= {f"v{step}" for step in steps}
    lines: list[str] = []
    steps_of_lines: dict[int, int] = {}

    def add(indent: int, text: str, step: int | None = None) -> None:
        lines.append("    " * indent + text)
        if step is not None:
            steps_of_lines[len(lines)] = step

    add(0, "def run(rows, fits, skips, appends, times, clock):")
    # Locals: found faster than globals.
    add(1, f"{''.join(f'g{step}, ' for step in steps)} = {''.join(f'f{step}, ' for step in steps)}")
    for names, values in (("fit", "fits"), ("skip", "skips")):
        add(1, f"{''.join(f'{names}{step}, ' for step in steps)} = {values}")
    add(1, f"{''.join(f'a{step}, ' for step in results)} = appends")
    if timed_rows:
        add(1, f"left = {timed_rows}")
    add(1, f"for {', '.join(columns)}, in rows:")
    for step, call in enumerate(calls):
        value = f"v{step}"
        called = f"g{step}({', '.join(r.variable for r in call.reads)})"
        strict = sorted({r.variable for r in call.reads if r.strict and r.variable in may_be_none})
        if strict:
            called += f" if {' and '.join(f'{name} is not None' for name in strict)} else skip{step}(None)"
        if timed_rows:
            add(2, "began = clock()")
        add(2, f"{value} = {called}", step)
        if timed_rows:
            add(2, f"times[{step}] += clock() - began")
        if value in read:
            add(2, f"if not ({_FITS[call.kind].format(value)}): {value} = fit{step}({value})", step)
    add(2, "; ".join(f"a{step}(v{step})" for step in results))
    if timed_rows:
        add(2, "left -= 1")
        add(2, "if not left: return")
    scope: dict[str, Any] = {}
    # As a file of this folder: what is shown to users leaves its frames out.
    exec(compile("\n".join(lines), f"{__file__}: loop", "exec"), scope)
    arguments = [[read.variable for read in call.reads] for call in calls]
    return ChainLoop(scope["run"].__code__, steps_of_lines, arguments)
