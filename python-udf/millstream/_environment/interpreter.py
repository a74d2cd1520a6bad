"""Which Python an environment is made of: this one, else one of the machine that meets all demands."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from ..errors import EnvironmentError
from .command import run
from .python_versions import meets
from .uv import uv_environment

OLDEST = ">=3.10"
_FACTS = """
import json, os, platform, sys, sysconfig
print(json.dumps({
    "executable": sys.executable,
    "home": os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable),
    "version": platform.python_version().rstrip("+"),
    "implementation": platform.python_implementation(),
    "abi": sysconfig.get_config_var("SOABI") or sys.implementation.cache_tag,
    "platform": sysconfig.get_platform(),
}))"""


class Demand(TypedDict):
    """A version of Python that somebody asks for, and who does."""

    python: str
    origin: str


@dataclass(frozen=True)
class Interpreter:
    """A Python on this machine. `home` is the interpreter itself, behind virtual environments and links."""

    executable: str
    home: str
    version: str
    implementation: str
    abi: str
    platform: str


def probe(executable: str | Path) -> Interpreter | None:
    """What a Python says of itself; None where it does not run."""
    outcome = run([executable, "-I", "-c", _FACTS], timeout=20)
    return Interpreter(**json.loads(outcome.stdout)) if outcome.code == 0 else None


def choose_interpreter(uv: Path, demands: Sequence[Demand]) -> Interpreter:
    """The interpreter for all demands; this one where it meets them. None is fetched.

    Raises:
        EnvironmentError: VERSION_MISMATCH with every demand and what the machine has, ENV_DECLARATION for a
        demand that is no version.
    """
    own = probe(sys.executable)
    assert own is not None
    named = [demand for demand in demands if "/" in demand["python"]]
    versions = [demand for demand in demands if "/" not in demand["python"]]
    for demand in versions:
        _check(demand)
    if named:
        chosen = probe(named[0]["python"])
        if chosen is None:
            raise EnvironmentError(
                "PYTHON_NOT_FOUND",
                f"The Python at {named[0]['python']}, asked for by {named[0]['origin']}, does not run.",
                hint="Name another one, or a version such as '3.12'.",
            )
        candidates = [chosen]
    else:
        candidates = [own]
    if not any(_meets_all(candidate.version, versions) for candidate in candidates) and not named:
        candidates += _installed(uv)
    for candidate in candidates:
        if candidate.implementation == "CPython" and _meets_all(candidate.version, versions):
            return candidate
    raise _mismatch(versions, candidates)


def _check(demand: Demand) -> None:
    try:
        meets("3.0", demand["python"])
    except ValueError:
        raise EnvironmentError(
            "ENV_DECLARATION",
            f"'{demand['python']}', asked for by {demand['origin']}, is no version of Python.",
            hint="Write '3.12', '>=3.11,<3.14', or the path of an interpreter.",
        ) from None


def _meets_all(version: str, demands: Sequence[Demand]) -> bool:
    return meets(version, OLDEST) and all(meets(version, demand["python"]) for demand in demands)


def _installed(uv: Path) -> list[Interpreter]:
    """The interpreters that uv finds on this machine, newest first."""
    command: list[str | Path] = [uv, "python", "list", "--only-installed", "--output-format", "json"]
    outcome = run(command, env=uv_environment())
    if outcome.code != 0:
        return []
    paths = dict.fromkeys(entry["path"] for entry in json.loads(outcome.stdout) if entry.get("path"))
    found = [interpreter for path in paths if (interpreter := probe(path)) is not None]
    unique = {interpreter.home: interpreter for interpreter in reversed(found)}
    return sorted(
        unique.values(), key=lambda i: [int(part) for part in i.version.split(".")[:2]], reverse=True
    )


def _mismatch(demands: Sequence[Demand], candidates: Sequence[Interpreter]) -> EnvironmentError:
    asked = "\n".join(f"  {demand['origin']} asks for Python {demand['python']}" for demand in demands)
    there = "\n".join(f"  Python {i.version} at {i.executable}" for i in candidates)
    return EnvironmentError(
        "VERSION_MISMATCH",
        f"No Python on this machine meets every demand ({OLDEST[2:]} or later is one of them).\n{asked}\n"
        f"This machine has\n{there}",
        hint="Change the demands so that they agree, or install such a Python "
        "(for example `uv python install 3.12`).",
    )
