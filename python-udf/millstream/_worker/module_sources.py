"""The files of the modules that a worker has imported for the user."""

from __future__ import annotations

import hashlib
import os
import site
import sys
import sysconfig

_INSTALLED = tuple(
    os.path.join(os.path.realpath(folder), "")
    for folder in {
        *(sysconfig.get_path(key) for key in ("stdlib", "platstdlib", "purelib", "platlib")),
        *site.getsitepackages(),
        os.path.dirname(os.path.dirname(__file__)),
    }
    if folder
)

#: Hashes by file: a module is hashed when it is first seen, which is when it was imported.
_seen: dict[str, str] = {}


def module_sources() -> list[dict[str, str]]:
    """`{file, sha256}` of every imported .py file that is not of Python, of an installed package or ours."""
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if not isinstance(file, str) or file in _seen or not file.endswith(".py"):
            continue
        path = os.path.realpath(file)
        if path.startswith(_INSTALLED):
            continue
        try:
            with open(path, "rb") as stream:
                _seen[file] = hashlib.sha256(stream.read()).hexdigest()
        except OSError:
            # In a zip file, or deleted since.
            continue
    return [{"file": file, "sha256": sha256} for file, sha256 in _seen.items()]
