"""Programs of their own for tests of `millstream.connect`: they have a `__main__` that is theirs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

#: Runs texts as a notebook does: in `__main__`, each with lines that `linecache` knows without a file.
CELLS = """
import json, linecache, sys
for number, text in enumerate(json.load(sys.stdin)):
    name = f"<cell {number}>"
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    exec(compile(text, name, "exec"), globals())
"""


def environment() -> dict[str, str]:
    """Environment of a program that finds this package."""
    return {**os.environ, "PYTHONPATH": str(ROOT / "python-udf")}


def run_python(*arguments: str, stdin: str = "", folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Runs a program to its end and gives what it said."""
    return subprocess.run(
        [sys.executable, *arguments],
        input=stdin,
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
