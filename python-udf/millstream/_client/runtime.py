"""Finds the command of the runtime and starts it; says what is missing where it does not start."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections import deque
from pathlib import Path
from threading import Thread

from ..errors import EnvironmentError

OLDEST_NODE = (20, 19)
_CHECKOUT = Path(__file__).resolve().parents[3]


def runtime_command() -> list[str]:
    """MILLSTREAM_COMMAND if it is set, else the build in this checkout, else `millstream` on PATH.

    Raises:
        EnvironmentError: RUNTIME_NOT_FOUND, RUNTIME_NOT_BUILT or NODE_NOT_FOUND.
    """
    named = os.environ.get("MILLSTREAM_COMMAND")
    if named:
        return shlex.split(named)
    built = _CHECKOUT / "dist" / "cli" / "main.js"
    if built.exists():
        return [_node(), str(built)]
    if (_CHECKOUT / "tsconfig.json").exists():
        raise EnvironmentError(
            "RUNTIME_NOT_BUILT",
            f"The runtime in {_CHECKOUT} is not built.",
            hint="Run `npm install && npm run build` there.",
        )
    found = shutil.which("millstream")
    if found is None:
        raise EnvironmentError(
            "RUNTIME_NOT_FOUND",
            "There is no command `millstream` on PATH.",
            hint="Install it with `npm install --global millstream`, or name it in MILLSTREAM_COMMAND.",
        )
    return [found]


class RuntimeProcess:
    """A running `millstream serve`. It is in a session of its own, so that Ctrl-C in a terminal does not
    reach it: this process decides what a Ctrl-C cancels."""

    def __init__(self, command: list[str], working_directory: str | os.PathLike[str] | None) -> None:
        self._command = command
        self._last_lines: deque[str] = deque(maxlen=20)
        try:
            self._process = subprocess.Popen(
                [*command, "serve"],
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=working_directory,
                start_new_session=True,
            )
        except OSError as error:
            raise EnvironmentError(
                "RUNTIME_START",
                f"`{shlex.join(command)}` cannot be started: {error}.",
                hint="Check MILLSTREAM_COMMAND and the working directory.",
            ) from error
        assert self._process.stdin and self._process.stdout and self._process.stderr
        self.requests = self._process.stdin
        self.answers = self._process.stdout
        self._errors = self._process.stderr
        self._reader = Thread(target=self._keep_last_lines, name="millstream-stderr", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """The process id of the runtime."""
        return self._process.pid

    def wait(self, seconds: float) -> None:
        """Waits for its end; kills it after `seconds`. Its workers end with it in either case."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()
        for stream in (self.requests, self.answers, self._errors):
            stream.close()

    def ended_early(self) -> EnvironmentError:
        """Why it is gone, for a runtime that nobody has closed."""
        self._process.wait()
        self._reader.join()
        wrong_node = _wrong_node(self._command)
        if wrong_node is not None:
            return wrong_node
        said = "".join(f"\n  {line}" for line in self._last_lines)
        return EnvironmentError(
            "RUNTIME_ENDED",
            f"The runtime (`{shlex.join(self._command)}`) ended with code {self._process.returncode}.{said}",
            hint="`millstream doctor` checks this machine; connect again to go on.",
        )

    def _keep_last_lines(self) -> None:
        with open(self._errors.fileno(), encoding="utf-8", errors="replace", closefd=False) as lines:
            for line in lines:
                self._last_lines.append(line.rstrip())


def check_node(version: str) -> None:
    """Raises EnvironmentError NODE_VERSION for a Node that is too old.

    >>> check_node("20.20.2")
    """
    numbers = tuple(int(number) for number in re.findall(r"\d+", version)[:2])
    if numbers < OLDEST_NODE:
        oldest = ".".join(map(str, OLDEST_NODE))
        raise EnvironmentError(
            "NODE_VERSION",
            f"Node.js is {version}, and Millstream needs {oldest} or newer.",
            hint="Install a newer one (https://nodejs.org), and put it first on PATH.",
        )


def _node() -> str:
    node = shutil.which("node")
    if node is None:
        raise EnvironmentError(
            "NODE_NOT_FOUND",
            "There is no `node` on PATH, and the runtime needs Node.js.",
            hint=f"Install Node.js {'.'.join(map(str, OLDEST_NODE))} or newer (https://nodejs.org).",
        )
    return node


def _wrong_node(command: list[str]) -> EnvironmentError | None:
    """An old Node may not even get as far as saying its version."""
    if Path(command[0]).name != "node":
        return None
    asked = subprocess.run([command[0], "--version"], capture_output=True, text=True, check=False)
    try:
        check_node(asked.stdout.strip())
    except EnvironmentError as error:
        return error
    return None
