"""Child processes of a build: their output is passed on line by line, and they end with this process."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from .say import Say


@dataclass(frozen=True)
class Outcome:
    """How a command ended. `code` is 127 where it could not be started."""

    code: int
    stdout: str
    stderr: str


def run(
    command: Sequence[str | Path],
    *,
    say: Say | None = None,
    stdin: str = "",
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Outcome:
    """Runs a command to its end; `say` gets the lines of its stderr. A timeout kills it: code 124."""
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=cwd,
            env=env,
            text=True,
            errors="replace",
        )
    except OSError as error:
        return Outcome(127, "", str(error))
    lines: list[str] = []
    reader = Thread(target=_relay, args=(process.stderr, lines, say), daemon=True)
    reader.start()
    try:
        assert process.stdin is not None and process.stdout is not None
        # It may have ended without reading.
        with contextlib.suppress(BrokenPipeError), process.stdin as pipe:
            pipe.write(stdin)
        out: list[str] = []
        writer = Thread(target=_relay, args=(process.stdout, out, None), daemon=True)
        writer.start()
        code = process.wait(timeout)
        writer.join()
    except subprocess.TimeoutExpired:
        process.kill()
        code = 124
    except BaseException:
        process.kill()
        process.wait()
        raise
    process.wait()
    reader.join()
    return Outcome(code, "".join(out), "".join(lines))


def _relay(stream: object, lines: list[str], say: Say | None) -> None:
    for line in stream:  # type: ignore[attr-defined]
        lines.append(line)
        if say is not None and line.strip():
            say(line.rstrip())
