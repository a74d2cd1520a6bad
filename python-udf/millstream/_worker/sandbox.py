"""A running sandbox, as the warden holds it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess

from . import process_tree


class Sandbox:
    """A zygote behind bubblewrap. `init` is the host's id of its first process: all inside ends with it."""

    def __init__(self, process: subprocess.Popen[bytes], init: int) -> None:
        assert process.stdin is not None and process.stdout is not None
        self.init = init
        self.commands = process.stdin.fileno()
        self.events = process.stdout.fileno()
        self._process = process
        self._started = process_tree.start_time(init)

    def wait(self) -> int:
        """Waits for it to end by itself; its exit code, negative for a signal."""
        return self._process.wait()

    def end(self) -> None:
        """Ends every process in it, and returns when they have ended."""
        # Another process may have the number by now.
        if process_tree.start_time(self.init) == self._started:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.init, signal.SIGKILL)
        self._process.wait()
