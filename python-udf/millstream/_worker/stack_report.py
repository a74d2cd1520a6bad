"""Where user code is now: its Python stacks from the user's first frame on, and whether Python code runs.

Made on the control thread, while the main thread goes on.
"""

from __future__ import annotations

import dis
import os
import sys
import threading
import time
import traceback
from typing import TYPE_CHECKING, Any, NamedTuple

from .._user_error import is_own_file, is_users_file

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Sequence
    from types import FrameType

_PAUSE_S = 0.03
"""Between two looks at a thread."""
_BUSY_SHARE = 0.1
"""Of that time on a processor: below it waits."""
_MOST_CALLS = 20
_EXECUTION = "millstream._execution"
_OF_HARNESS = "control"
# Where the interpreter lets other threads run between two instructions of Python code.
_BETWEEN_INSTRUCTIONS = ("JUMP", "RESUME", "POP_JUMP", "FOR_ITER")


class _Look(NamedTuple):
    frame: FrameType
    instruction: int
    cpu_s: float


def stack_report() -> str:
    """What the main thread does in a sentence, its stack, and those of other threads and calls in flight.

    Stacks begin at the user's first frame; a thread without one is shown whole.
    """
    main = threading.main_thread()
    before = _look(main)
    time.sleep(_PAUSE_S)
    now = _look(main)
    blocks = []
    if before is not None and now is not None and is_users_file(now.frame.f_code.co_filename):
        blocks.append(_doing(before, now))
    frames = sys._current_frames()
    for thread in sorted(threading.enumerate(), key=lambda thread: thread is not main):
        frame = frames.get(thread.ident or 0)
        if frame is not None and thread.name != _OF_HARNESS:
            blocks.append(f"Thread {thread.name}:\n{_stack(traceback.extract_stack(frame))}")
    for number, task in enumerate(_suspended_calls()):
        if number == _MOST_CALLS:
            blocks.append("… and more calls in flight.")
            break
        blocks.append(f"Call in flight:\n{_stack(_awaiting(task.get_coro()))}")
    return "\n".join(blocks)


def _suspended_calls() -> Sequence[asyncio.Task[Any]]:
    # Not imported here: a relational worker has none, and would take twice as long to start.
    running = sys.modules.get(_EXECUTION)
    return () if running is None else running.suspended_calls()


def _look(thread: threading.Thread) -> _Look | None:
    frame = sys._current_frames().get(thread.ident or 0)
    if frame is None:
        return None
    clock = time.pthread_getcpuclockid(thread.ident or 0) if hasattr(time, "pthread_getcpuclockid") else None
    return _Look(frame, frame.f_lasti, 0.0 if clock is None else time.clock_gettime(clock))


def _doing(before: _Look, now: _Look) -> str:
    """Python code moves on from one look to the next; native code is called from one place all the time."""
    place = f"{os.path.basename(now.frame.f_code.co_filename)}:{now.frame.f_lineno}"
    is_same = before.frame is now.frame and before.instruction == now.instruction
    if not is_same or _is_between_instructions(now.frame):
        return f"It runs Python code at {place}.\n"
    waits = now.cpu_s - before.cpu_s < _BUSY_SHARE * _PAUSE_S
    return f"It {'waits' if waits else 'computes'} in native code, called at {place}.\n"


def _is_between_instructions(frame: FrameType) -> bool:
    code = frame.f_code.co_code
    return frame.f_lasti >= 0 and dis.opname[code[frame.f_lasti]].startswith(_BETWEEN_INSTRUCTIONS)


def _stack(frames: traceback.StackSummary) -> str:
    # What started the worker, `runpy` and the program before it, is nobody's code here.
    own = next((i for i, frame in enumerate(frames) if is_own_file(frame.filename)), 0)
    users = (i for i, frame in enumerate(frames) if i >= own and is_users_file(frame.filename))
    first = next(users, 0)
    return "".join(traceback.format_list(frames[first:]))


def _awaiting(coroutine: Any) -> traceback.StackSummary:
    """A suspended coroutine and what it awaits, down to what is no coroutine."""
    frames = []
    while (frame := getattr(coroutine, "cr_frame", None)) is not None:
        frames.append((frame, frame.f_lineno))
        coroutine = coroutine.cr_await
    return traceback.StackSummary.extract(iter(frames))
