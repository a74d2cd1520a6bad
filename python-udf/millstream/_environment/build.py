"""Builds an environment once: lock → virtual environment → harness → import check → its final name."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import EnvironmentError
from .cache_lock import locked
from .command import run
from .harness import MODULES, OLDEST, link_harness, own_harness
from .interpreter import Demand, Interpreter, choose_interpreter, probe
from .resolve import Requirements, install, resolve, run_uv
from .say import Say
from .uv import find_uv

FORMAT = 1
_CHECK_SECONDS = 120
_CHECK = """
import importlib, importlib.metadata as metadata, json, sys
for module in sys.argv[1:]:
    importlib.import_module(module)
print(json.dumps({d.metadata["Name"]: d.version for d in metadata.distributions()}))"""


def build(
    *,
    say: Say,
    cache: str,
    specification: str,
    subject: str,
    requirements: Sequence[str],
    files: Sequence[str],
    wheels: str | None,
    pythons: Sequence[Demand],
    lock: str | None,
) -> dict[str, Any]:
    """Makes the environment of a specification (its hash), or finds it made; returns its manifest.

    `lock` is the text of a lock file of the user's, used as it is.

    Raises:
        EnvironmentError: ENV_BUILD, ENV_UV, VERSION_MISMATCH.
    """
    folder = Path(cache)
    wanted = Requirements(subject, requirements, files, wheels)
    record = folder / "locks" / f"{specification}.json"
    with locked(record.with_suffix(".lock"), say, f"Another process is building for {subject} …"):
        known = _read_json(record) if lock is None else None
        manifest = None if known is None else read_manifest(folder / "environments" / known["key"])
        if manifest is not None:
            return manifest
        began = time.monotonic()
        uv = find_uv(folder, say)
        interpreter = choose_interpreter(uv, pythons)
        linked = _linkable(interpreter)
        if known is not None and known["python"] == interpreter.version:
            # What was resolved once stays, until the cache is cleaned.
            lock = known["lock"]
        if lock is None:
            lock = _lock(uv, wanted, interpreter, linked, folder, say)
        linked = {name: version for name, version in linked.items() if name not in _locked_names(lock)}
        key = _key(lock, interpreter, linked)
        with locked(folder / "environments" / f".{key}.lock", say, f"Another process is building {key} …"):
            manifest = read_manifest(folder / "environments" / key)
            if manifest is None:
                manifest = _make(folder, key, lock, wanted, interpreter, linked, uv, say)
                say(f"Built environment {key} in {time.monotonic() - began:.1f} s.")
        _write_json(record, {"format": FORMAT, "key": key, "python": interpreter.version, "lock": lock})
    return manifest


def export(
    *,
    say: Say,
    cache: str,
    subject: str,
    requirements: Sequence[str],
    files: Sequence[str],
    wheels: str | None,
    pythons: Sequence[Demand],
) -> dict[str, Any]:
    """The lock of requirements and the Python that it is for; nothing is installed."""
    uv = find_uv(Path(cache), say)
    interpreter = choose_interpreter(uv, pythons)
    wanted = Requirements(subject, requirements, files, wheels)
    lock = _lock(uv, wanted, interpreter, _linkable(interpreter), Path(cache), say)
    return {"lock": lock, "python": interpreter.version}


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of a finished environment; None where it is not there or its Python has gone."""
    manifest = _read_json(folder / "environment.json")
    return manifest if manifest is not None and os.path.exists(manifest["executable"]) else None


def _read_json(path: Path) -> dict[str, Any] | None:
    """None for what is missing, cut off or of another format."""
    try:
        value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return value if value.get("format") == FORMAT else None


def _linkable(interpreter: Interpreter) -> dict[str, str]:
    """The harness of this Python, where the environment's has the same version and binary interface."""
    own = probe(sys.executable)
    assert own is not None
    same = (own.abi, own.platform, own.implementation) == (
        interpreter.abi,
        interpreter.platform,
        interpreter.implementation,
    )
    return own_harness() if same else {}


def _lock(
    uv: Path, wanted: Requirements, interpreter: Interpreter, linked: Mapping[str, str], cache: Path, say: Say
) -> str:
    missing = [f"{name}>={oldest}" for name, oldest in OLDEST.items() if name not in linked]
    return resolve(uv, wanted, interpreter, missing, cache, say)


def _locked_names(lock: str) -> set[str]:
    lines = (line for line in lock.splitlines() if line[:1].isalnum())
    return {line.split("==")[0].split("@")[0].split("[")[0].strip().lower() for line in lines}


def _key(lock: str, interpreter: Interpreter, linked: Mapping[str, str]) -> str:
    identity = [FORMAT, lock, vars(interpreter) | {"executable": None}, sorted(linked.items())]
    return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:16]


def _make(
    cache: Path,
    key: str,
    lock: str,
    wanted: Requirements,
    interpreter: Interpreter,
    linked: Mapping[str, str],
    uv: Path,
    say: Say,
) -> dict[str, Any]:
    """Builds beside the final place and renames: what has the final name is complete."""
    final = cache / "environments" / key
    folder = cache / "environments" / f".{key}.building"
    # Left by a process that was killed: the lock says that nobody works on it.
    shutil.rmtree(folder, ignore_errors=True)
    try:
        command: list[str | Path] = [
            uv,
            "venv",
            "--quiet",
            "--relocatable",
            "--no-project",
            "--python",
            interpreter.executable,
            folder,
        ]
        made = run_uv(command, say, cwd=cache)
        if made.code != 0:
            raise EnvironmentError(
                "ENV_BUILD",
                f"The environment of {wanted.subject} cannot be built from {interpreter.executable}. "
                f"uv says:\n{made.stderr.strip()}",
            )
        (folder / "lock.txt").write_text(lock, encoding="utf-8")
        if lock.strip():
            install(uv, folder / "lock.txt", wanted, folder, say)
        link_harness(linked, _site_packages(folder))
        manifest = {
            "format": FORMAT,
            "key": key,
            "executable": str(final / "bin" / "python"),
            "python": interpreter.version,
            "home": interpreter.home,
            "subject": wanted.subject,
            "requirements": [*wanted.lines, *(f"-r {file}" for file in wanted.files)],
            "packages": _check_imports(folder, wanted.subject),
            "linked": dict(linked),
        }
        _write_json(folder / "environment.json", manifest)
        shutil.rmtree(final, ignore_errors=True)
        folder.rename(final)
        return manifest
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _site_packages(folder: Path) -> Path:
    return next((folder / "lib").glob("python*/site-packages"))


def _check_imports(folder: Path, subject: str) -> dict[str, str]:
    """Imports the harness there; the versions of all packages."""
    outcome = run([folder / "bin" / "python", "-I", "-c", _CHECK, *MODULES], timeout=_CHECK_SECONDS)
    if outcome.code == 0:
        return dict(sorted(json.loads(outcome.stdout).items()))
    raise EnvironmentError(
        "ENV_BUILD",
        f"The environment of {subject} was built, but what every worker needs cannot be imported there:\n"
        + outcome.stderr.strip()[-3000:],
        hint="A requirement may have replaced a part of it; take that requirement away.",
    )


def _write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Whole or not at all."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    temporary.write_text(json.dumps(value, indent=1), encoding="utf-8")
    temporary.replace(path)
