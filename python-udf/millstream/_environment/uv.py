"""Finds uv, which builds environments: named → PATH → beside this Python → by pip → a clear line."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from ..errors import EnvironmentError
from .cache_lock import locked
from .command import run
from .say import Say

_OF_PIP = {
    "PIP_INDEX_URL": "UV_DEFAULT_INDEX",
    "PIP_EXTRA_INDEX_URL": "UV_INDEX",
    "PIP_FIND_LINKS": "UV_FIND_LINKS",
    "PIP_CERT": "SSL_CERT_FILE",
}
_OLDEST = (0, 5)


def find_uv(cache: Path, say: Say) -> Path:
    """The first uv that runs; pip fetches one into the cache folder where there is none.

    Raises:
        EnvironmentError: ENV_UV, with what was tried.
    """
    named = os.environ.get("MILLSTREAM_UV")
    if named:
        if _works(Path(named)):
            return Path(named)
        raise EnvironmentError(
            "ENV_UV",
            f"MILLSTREAM_UV is {named}, which is no uv that runs.",
            hint="Correct it, or take it away.",
        )
    fetched = cache / "tools" / "uv"
    on_path = shutil.which("uv")
    beside = [Path(sys.prefix, "bin", "uv"), fetched / "bin" / "uv"]
    for candidate in [*([Path(on_path)] if on_path else []), *beside]:
        if _works(candidate):
            return candidate
    with locked(cache / "tools" / "uv.lock", say, "Another process is fetching uv …"):
        return fetched / "bin" / "uv" if _works(fetched / "bin" / "uv") else _fetch(fetched, say)


def uv_environment() -> dict[str, str]:
    """Variables for uv. It does not read pip's settings: an index set for pip is handed on by uv's names."""
    env = dict(os.environ)
    for of_pip, of_uv in _OF_PIP.items():
        if of_pip in env:
            env.setdefault(of_uv, env[of_pip])
    # Which environment is active must not matter; no interpreter is fetched without being asked for.
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH", "PYTHONHOME"):
        env.pop(name, None)
    return {**env, "UV_PYTHON_DOWNLOADS": "never", "NO_COLOR": "1", "UV_NO_PROGRESS": "1"}


def _works(candidate: Path) -> bool:
    if not candidate.is_file():
        return False
    words = run([candidate, "--version"], timeout=20).stdout.split()
    if len(words) < 2 or words[0] != "uv":
        return False
    return tuple(int(part) for part in words[1].split(".")[:2] if part.isdigit()) >= _OLDEST


def _fetch(folder: Path, say: Say) -> Path:
    say("Fetching uv, which builds environments, with pip …")
    if run([sys.executable, "-m", "pip", "--version"]).code != 0:
        made = run([sys.executable, "-m", "ensurepip", "--user"])
        if made.code != 0:
            raise _missing(f"{sys.executable} has neither pip nor ensurepip")
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--upgrade",
        "--target",
        folder,
        "uv",
    ]
    outcome = run(command)
    if outcome.code != 0 or not _works(folder / "bin" / "uv"):
        raise _missing(f"pip could not install it: {outcome.stderr.strip()[-1000:]}")
    return folder / "bin" / "uv"


def _missing(reason: str) -> EnvironmentError:
    return EnvironmentError(
        "ENV_UV",
        f"Building an environment needs uv, and there is none on PATH or beside {sys.executable}; {reason}.",
        hint=f"Install the package uv (`{sys.executable} -m pip install uv`), or name it with MILLSTREAM_UV.",
    )
