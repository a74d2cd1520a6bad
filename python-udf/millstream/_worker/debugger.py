"""What `breakpoint()` does in a worker: it opens a debugger at the user's terminal, or is passed over.

`MILLSTREAM_DEBUG` says which function is debugged, JSON: `{"function", "socket", "port"}`. The socket leads
to the terminal; with a port, debugpy serves the Debug Adapter Protocol there instead.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import pdb
import socket
import sys
from types import FrameType
from typing import Any

from ..context import running_function
from ..errors import UdfError

_log = logging.getLogger("millstream.debug")


class Breakpoints:
    """Stands in for `sys.breakpointhook`."""

    def __init__(self, settings: dict[str, Any] | None) -> None:
        self._settings = settings
        self._debugger: pdb.Pdb | None = None
        self._passed: set[tuple[str, int]] = set()

    def __call__(self, *args: Any, **kwargs: Any) -> None:
        frame = sys._getframe(1)
        running = running_function()
        settings = self._settings
        if settings is None or running is None or running != settings["function"]:
            self._pass_over(frame, running)
        elif settings["port"] is not None:
            _debug_by_adapter(settings["port"])
        else:
            self._debugger = self._debugger or _terminal_debugger(settings["socket"])
            self._debugger.set_trace(frame)

    def _pass_over(self, frame: FrameType, running: str | None) -> None:
        place = (frame.f_code.co_filename, frame.f_lineno)
        if place in self._passed:
            return
        self._passed.add(place)
        option = "--debug FUNCTION" if running is None else f"--debug {running}"
        where = f"{os.path.basename(place[0])}:{place[1]}"
        _log.warning("breakpoint() at %s was passed over: run the job with %s to stop there", where, option)


def install_breakpoints() -> None:
    """Called once, before user code is imported."""
    text = os.environ.get("MILLSTREAM_DEBUG")
    sys.breakpointhook = Breakpoints(None if text is None else json.loads(text))


def _terminal_debugger(path: str) -> pdb.Pdb:
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(path)
    # Two files: one for both would forget what it has read ahead whenever it writes.
    said = connection.makefile("r", encoding="utf-8", errors="replace")
    answer = connection.makefile("w", encoding="utf-8", errors="replace")
    debugger = pdb.Pdb(stdin=said, stdout=answer, skip=["millstream.*"])
    debugger.use_rawinput = False
    return debugger


def _debug_by_adapter(port: int) -> None:
    try:
        debugpy: Any = importlib.import_module("debugpy")
    except ModuleNotFoundError:
        raise UdfError(
            "UDF_PACKAGE_MISSING",
            f"--dap needs the package debugpy, which {sys.executable} does not have.",
            hint="Install it into the workers' Python, or leave --dap out: the terminal needs no package.",
        ) from None
    debugpy.listen(("127.0.0.1", port))
    _log.warning("waiting for a debugger on 127.0.0.1:%d", port)
    debugpy.wait_for_client()
    # Later calls go to it directly.
    sys.breakpointhook = debugpy.breakpoint
    debugpy.breakpoint()
