"""Any exception → `WireError`."""

from __future__ import annotations

import os
import traceback
from typing import Any

import msgspec

from .._user_error import NO_MEMORY_HINT
from ..errors import (
    CancelledError,
    ErrorDetails,
    InternalError,
    MillstreamError,
    ResourceError,
    UdfError,
)
from .arrow_ipc import MalformedFrameError
from .data_messages import WireError

_PACKAGE_FOLDER = os.path.dirname(os.path.dirname(__file__)) + os.sep


class Interrupted(BaseException):
    """Raised in the main thread to leave user code whose stage was cancelled.

    Not an `Exception`, so that user code does not catch it by accident.
    """


class Terminated(BaseException):
    """Raised in the main thread by SIGTERM: functions are closed, and the worker ends."""


def wire_error(error: BaseException, **facts: Any) -> WireError:
    """The JSON form of an exception; `facts` fill details that it leaves open (`stage`, `bundle`, …)."""
    known = error if isinstance(error, MillstreamError) else _translate(error, facts.get("function"))
    known.add_details(**facts)
    return msgspec.convert(known.to_wire(), WireError)


def _translate(error: BaseException, function: str | None) -> MillstreamError:
    if isinstance(error, Interrupted):
        return CancelledError("CANCELLED", "The stage was cancelled.")
    if isinstance(error, SystemExit):
        where = "User code" if function is None else f"Function `{function}`"
        return UdfError(
            "UDF_EXIT",
            f"{where} called sys.exit({error.code!r}).",
            hint="Raise an exception to fail the job; return None for a row without a result.",
            details=ErrorDetails(traceback=_user_traceback(error)),
        )
    if isinstance(error, MemoryError):
        where = "A worker" if function is None else f"The worker that ran function `{function}`"
        return ResourceError(
            "WORKER_MEMORY",
            f"{where} could not allocate memory: {error or type(error).__name__}.",
            hint=NO_MEMORY_HINT,
            details=ErrorDetails(traceback=_user_traceback(error)),
        )
    code = "PROTOCOL_FRAME" if isinstance(error, MalformedFrameError) else "INTERNAL_WORKER"
    return InternalError(
        code,
        f"A worker failed: {type(error).__name__}: {error}",
        hint="This is a defect of Millstream; please report it with the traceback.",
        details=ErrorDetails(traceback=_traceback(error)),
    )


def _user_traceback(error: BaseException) -> str:
    """From the first frame that is not of this package on."""
    frame = error.__traceback__
    while frame is not None and frame.tb_frame.f_code.co_filename.startswith(_PACKAGE_FOLDER):
        frame = frame.tb_next
    return "".join(traceback.format_exception(type(error), error, frame))


def _traceback(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))
