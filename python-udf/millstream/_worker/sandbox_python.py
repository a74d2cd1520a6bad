"""Which folders an interpreter needs to run: its own, and those of the Python that it was made of."""

from __future__ import annotations

import contextlib
import os
import shutil


def interpreter_folders(python: str, python_path: str) -> list[str]:
    """Prefixes of `python` (a path, or a name on PATH) behind links and `pyvenv.cfg`, and the module path."""
    folders: list[str] = []
    waiting = [shutil.which(python) or python]
    while waiting:
        executable = os.path.abspath(waiting.pop())
        prefix = os.path.dirname(os.path.dirname(executable))
        if prefix in folders:
            continue
        folders.append(prefix)
        if os.path.islink(executable):
            waiting.append(os.path.join(os.path.dirname(executable), os.readlink(executable)))
            waiting.append(os.path.realpath(executable))
        home = _home(os.path.join(prefix, "pyvenv.cfg"))
        if home is not None:
            waiting.append(os.path.join(home, os.path.basename(executable)))
    return [*folders, *(folder for folder in python_path.split(os.pathsep) if folder != "")]


def _home(configuration: str) -> str | None:
    """The folder of the base interpreter that a virtual environment names."""
    with contextlib.suppress(OSError), open(configuration, encoding="utf8") as file:
        for line in file:
            key, _, value = line.partition("=")
            if key.strip() == "home":
                return value.strip()
    return None
