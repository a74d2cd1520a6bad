"""`python -m millstream._environment COMMAND`: one JSON request on stdin, JSON lines on stdout.

The lines are progress and notes, then the result or the error; the core's side is `bridge/environments/`.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from threading import Thread
from types import FrameType
from typing import Any, NoReturn

from ..errors import InternalError, MillstreamError
from .archive import unpack
from .build import build, export
from .declared import declared_dependencies

_COMMANDS: dict[str, Callable[..., dict[str, Any]]] = {
    "declared": declared_dependencies,
    "build": build,
    "lock": export,
    "unpack": unpack,
}


def main() -> int:
    """Carries one command out; 0 where it succeeded."""
    signal.signal(signal.SIGTERM, _stop)
    try:
        request = json.loads(sys.stdin.readline())
        Thread(target=_end_with_the_core, daemon=True).start()
        result = _COMMANDS[sys.argv[1]](
            say=lambda text: _write({"type": "progress", "text": text}), **request
        )
    except MillstreamError as error:
        _write({"type": "failed", "error": error.to_wire()})
        return 1
    except Exception as error:
        defect = InternalError("INTERNAL", f"{type(error).__name__}: {error}")
        _write({"type": "failed", "error": defect.to_wire()})
        return 1
    _write({"type": "done", "result": result})
    return 0


def _end_with_the_core() -> None:
    """The core holds stdin open: its end means that nobody waits for the result."""
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


def _stop(signum: int, frame: FrameType | None) -> NoReturn:
    """Ends by an exception, so that folders that are half built are removed on the way out."""
    raise KeyboardInterrupt


def _write(message: dict[str, Any]) -> None:
    print(json.dumps(message), flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
