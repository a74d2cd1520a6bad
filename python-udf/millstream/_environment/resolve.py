"""Requirements → a lock: every package with its version and hashes. uv resolves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import EnvironmentError, ErrorDetails
from .command import Outcome, run
from .harness import harness_requirements
from .interpreter import Interpreter
from .say import Say
from .uv import uv_environment

_NETWORK = re.compile(
    r"(?i)error sending request|failed to fetch|dns error|connection refused|timed out|connect error"
)

_TOLD = ("Prepared ", "Downloading ", "Building ")
_PROGRESS = (*_TOLD, "Resolved ", "Installed ", "Using ", "Bytecode ")


@dataclass(frozen=True)
class Requirements:
    """What an environment shall have; the folder `wheels` replaces the package index."""

    subject: str
    lines: Sequence[str]
    files: Sequence[str]
    wheels: str | None


def resolve(
    uv: Path,
    requirements: Requirements,
    interpreter: Interpreter,
    harness: Sequence[str],
    cache: Path,
    say: Say,
) -> str:
    """The lock as text of a requirements file; `harness` are lines that are resolved with it.

    Raises:
        EnvironmentError: ENV_BUILD with uv's explanation.
    """
    lines = [*requirements.lines, *harness]
    if not lines and not requirements.files:
        return ""
    constraints = cache / "tools" / "harness.txt"
    constraints.parent.mkdir(parents=True, exist_ok=True)
    constraints.write_text("\n".join(harness_requirements()) + "\n")
    command: list[str | Path] = [
        *(uv, "pip", "compile", "--python", interpreter.executable, "--no-header", "--no-annotate"),
        *(
            "--generate-hashes",
            "--constraints",
            constraints,
            *_places(requirements),
            *requirements.files,
            "-",
        ),
    ]
    outcome = run_uv(command, say, stdin="\n".join(lines) + "\n", cwd=_folder(requirements, cache))
    if outcome.code != 0:
        raise build_error(requirements.subject, outcome)
    return outcome.stdout


def install(uv: Path, lock: Path, requirements: Requirements, folder: Path, say: Say) -> None:
    """Installs a lock into a virtual environment, without looking for anything else.

    Raises:
        EnvironmentError: ENV_BUILD with uv's explanation.
    """
    command: list[str | Path] = [
        *(uv, "pip", "install", "--python", folder, "--no-deps", "--require-hashes", "--compile-bytecode"),
        *(*_places(requirements), "-r", lock),
    ]
    outcome = run_uv(command, say, cwd=folder)
    if outcome.code != 0:
        raise build_error(requirements.subject, outcome)


def run_uv(command: Sequence[str | Path], say: Say, *, stdin: str = "", cwd: Path) -> Outcome:
    """Runs uv; where the network is the trouble, once more with what its cache has."""

    def tell(line: str) -> None:
        if line.startswith(_TOLD):
            say(line)

    outcome = run(command, say=tell, stdin=stdin, cwd=cwd, env=uv_environment())
    if outcome.code != 0 and _NETWORK.search(outcome.stderr):
        say("No package index can be reached: trying what uv has in its cache …")
        offline = run([*command, "--offline"], stdin=stdin, cwd=cwd, env=uv_environment())
        if offline.code == 0:
            return offline
    return outcome


def build_error(subject: str, outcome: Outcome) -> EnvironmentError:
    """ENV_BUILD with what uv printed, without its progress."""
    lines = [line for line in outcome.stderr.strip().splitlines() if not line.startswith(_PROGRESS)]
    is_network = _NETWORK.search(outcome.stderr) is not None
    return EnvironmentError(
        "ENV_BUILD",
        f"The environment of {subject} cannot be built. uv says:\n"
        + "\n".join(f"  {line}" for line in lines[-30:]),
        hint="No package index could be reached: build it once with a network (`millstream env build`), or "
        "name a folder of wheels (requirements.txt#wheels)."
        if is_network
        else "Change the requirements so that they can be met together.",
        details=ErrorDetails(),
    )


def _places(requirements: Requirements) -> list[str | Path]:
    return [] if requirements.wheels is None else ["--no-index", "--find-links", requirements.wheels]


def _folder(requirements: Requirements, cache: Path) -> Path:
    return Path(requirements.files[0]).parent if requirements.files else cache
