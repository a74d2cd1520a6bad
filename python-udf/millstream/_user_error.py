"""Turns what user code raised into a `UdfError` whose traceback starts at the user's first frame."""

from __future__ import annotations

import contextlib
import importlib
import os
import traceback
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from ._limit_errors import limit_error
from .errors import CancelledError, ErrorDetails, MillstreamError, ResourceError, UdfError
from .retry import RetryAfter

#: Files whose frames come before the user's first one: ours, and the import system's.
_NOT_THE_USERS = (
    os.path.dirname(os.path.abspath(__file__)) + os.sep,
    os.path.dirname(importlib.__file__) + os.sep,
    "<frozen importlib",
    "<frozen runpy",
)
_LONGEST_VALUE = 200
NO_MEMORY_HINT = (
    "It asked for more memory than the worker can have. If the size is meant, give it more: "
    "SET 'millstream.worker.memory'; or lower 'millstream.batch.rows'."
)


def user_error(
    error: BaseException,
    function: str,
    doing: str,
    *,
    code: str = "UDF_EXCEPTION",
    row: int | None = None,
    values: Mapping[str, object] | None = None,
    hint: str | None = None,
) -> MillstreamError:
    """The `UdfError` for an exception; an error that is one of ours already is given back.

    `doing` says where it happened ("in `eval`"); `row` is the row in the bundle; `values` its arguments.
    """
    if isinstance(error, MillstreamError):
        error.add_details(function=function, row=row)
        return error
    if type(error).__name__ == "BdbQuit":
        return CancelledError("CANCELLED", f"The job was ended from the debugger, in function `{function}`.")
    tb = user_frames(error.__traceback__, importing=code == "UDF_IMPORT")
    file, line = _place(error, tb)
    text = {name: short_repr(value) for name, value in (values or {}).items()}
    arguments = f" for ({', '.join(f'{k}={v}' for k, v in text.items())})" if text else ""
    at = f" at {os.path.basename(file)}:{line}" if file is not None else ""
    summary = "".join(traceback.format_exception_only(type(error), error)).strip()
    if isinstance(error, SyntaxError):
        summary = f"{type(error).__name__}: {error.msg}"
    kind: type[MillstreamError] = UdfError
    # pyarrow's and NumPy's own classes derive from it.
    if isinstance(error, MemoryError):
        kind, code, hint = ResourceError, "WORKER_MEMORY", hint or NO_MEMORY_HINT
    elif (limit := limit_error(error, error.__traceback__)) is not None:
        kind, code, hint = ResourceError, limit.code, hint or limit.hint
    made = kind(
        code,
        f"Function `{function}` failed {doing}{arguments}: {summary}{at}",
        hint=hint or _hint_of(error),
        details=ErrorDetails(
            function=function,
            file=file,
            line=line,
            row=row,
            values=text or None,
            traceback="".join(traceback.format_exception(type(error), error, tb)),
        ),
    )
    made.raised = type(error).__name__[:_LONGEST_VALUE]
    return made


def attempt_of(error: BaseException) -> int:
    """The number of the call that raised, where it was tried again."""
    attempt: int = getattr(error, "__millstream_attempt__", 1)
    return attempt


def note_attempt(error: BaseException, attempt: int) -> None:
    """Says which call raised, where the exception takes attributes."""
    with contextlib.suppress(AttributeError):
        error.__millstream_attempt__ = attempt  # type: ignore[attr-defined]


def add_hint(error: BaseException, hint: str) -> None:
    """Gives an exception what its `UdfError` is to say beside it, where the exception takes attributes."""
    with contextlib.suppress(AttributeError):
        error.__millstream_hint__ = hint  # type: ignore[attr-defined]


def _hint_of(error: BaseException) -> str | None:
    if isinstance(error, RetryAfter) and not hasattr(error, "__millstream_hint__"):
        return "RetryAfter acts where the function is declared with retry=…."
    hint: str | None = getattr(error, "__millstream_hint__", None)
    return hint


def _place(error: BaseException, tb: TracebackType | None) -> tuple[str | None, int | None]:
    """File and line of the innermost frame that is not ours, or of the text that does not parse."""
    if isinstance(error, SyntaxError) and error.filename is not None:
        return error.filename, error.lineno
    frames = traceback.extract_tb(tb)
    if not frames:
        return None, None
    frame = next((frame for frame in reversed(frames) if is_users_file(frame.filename)), frames[-1])
    return frame.filename, frame.lineno


def user_frames(tb: TracebackType | None, importing: bool = False) -> TracebackType | None:
    """The traceback from the user's first frame on; None where there is none.

    `importing`: that frame runs a module's body. Frames of import hooks, which may be anybody's, come
    before it.
    """
    while tb is not None:
        code = tb.tb_frame.f_code
        is_module = not importing or code.co_name == "<module>"
        if is_module and is_users_file(code.co_filename):
            return tb
        tb = tb.tb_next
    return None


def is_own_file(name: str) -> bool:
    """Whether the code of a file is Millstream's."""
    return name.startswith(_NOT_THE_USERS[0])


def is_users_file(name: str) -> bool:
    """Whether the code of a file is neither ours nor that of the import system."""
    return not name.startswith(_NOT_THE_USERS)


def short_repr(value: Any) -> str:
    """`repr`, at most 200 characters, whatever the object does."""
    try:
        text = repr(value)
    except Exception as error:
        text = f"<{type(value).__name__} whose repr raised {type(error).__name__}>"
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 3] + "..."
