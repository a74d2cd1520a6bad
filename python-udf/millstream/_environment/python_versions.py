"""Versions of Python: what a demand means, and whether a version meets it."""

from __future__ import annotations

import re

_CLAUSE = re.compile(r"^(~=|===|==|!=|<=|>=|<|>)?\s*([0-9]+(?:\.[0-9]+)*)(\.\*)?$")


def meets(version: str, demand: str) -> bool:
    """Whether `version` (3.12.1) meets a demand: `3.12` (any 3.12), `==3.12.*`, `>=3.11,<3.14`, `~=3.11`.

    >>> [meets("3.12.1", demand) for demand in ("3.12", ">=3.11,<3.13", "~=3.11", "3.1", "!=3.12.*")]
    [True, True, True, False, False]

    Raises:
        ValueError: the demand is of no such form.
    """
    return all(
        _meets_clause(_parts(version), clause.strip()) for clause in demand.split(",") if clause.strip()
    )


def _meets_clause(version: tuple[int, ...], clause: str) -> bool:
    match = _CLAUSE.match(clause)
    if match is None:
        raise ValueError(clause)
    operator, wanted, is_prefix = match[1], _parts(match[2]), match[3] is not None
    same = version[: len(wanted)] == wanted
    if operator is None or (is_prefix and operator == "=="):
        return same
    if is_prefix and operator == "!=":
        return not same
    width = max(len(version), len(wanted))
    a, b = (parts + (0,) * (width - len(parts)) for parts in (version, wanted))
    if operator == "~=":
        return a >= b and version[: len(wanted) - 1] == wanted[:-1]
    return {"==": a == b, "===": a == b, "!=": a != b, "<=": a <= b, ">=": a >= b, "<": a < b, ">": a > b}[
        operator
    ]


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
