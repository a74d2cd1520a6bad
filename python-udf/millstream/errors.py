"""The error tree: the same classes, codes and JSON form as in the TypeScript core (core/errors.ts)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

__all__ = [
    "CancelledError",
    "ConfigurationError",
    "EnvironmentError",
    "ErrorDetails",
    "InternalError",
    "MillstreamError",
    "PlanError",
    "ResourceError",
    "SinkError",
    "SourceError",
    "SqlError",
    "UdfError",
    "WorkerError",
    "error_from_wire",
]


@dataclass(frozen=True)
class ErrorDetails:
    """Facts about the place of a failure; None where they do not apply.

    `line` and `column` are 1-based; `row` is 0-based in the bundle; `values` are the row's arguments as
    text, by name; `traceback` starts at the user's first frame.

    >>> ErrorDetails(function="f", row=3).row
    3
    """

    function: str | None = None
    file: str | None = None
    line: int | None = None
    column: int | None = None
    length: int | None = None
    stage: str | None = None
    worker: str | None = None
    bundle: int | None = None
    row: int | None = None
    values: dict[str, str] | None = None
    traceback: str | None = None


class MillstreamError(Exception):
    """Base of all errors that Millstream raises. `code` is stable; `hint` says what to do.

    >>> error = UdfError("UDF_EXCEPTION", "Function `f` failed.", hint="See the traceback.")
    >>> error.code, str(error)
    ('UDF_EXCEPTION', 'Function `f` failed. See the traceback.')
    """

    kind: ClassVar[str] = "internal"

    def __init__(
        self, code: str, message: str, *, hint: str | None = None, details: ErrorDetails | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.details = ErrorDetails() if details is None else details
        #: The class of the user's exception that this error tells of; None where there was none.
        self.raised: str | None = None

    def __str__(self) -> str:
        return self.message if self.hint is None else f"{self.message} {self.hint}"

    def add_details(self, **facts: Any) -> None:
        """Fills facts that are not known yet; a known fact stays."""
        unknown = {name: fact for name, fact in facts.items() if getattr(self.details, name) is None}
        self.details = replace(self.details, **unknown)

    def to_wire(self) -> dict[str, Any]:
        """The fields of `WireError` (bridge/protocol/data-messages.ts), JSON-able."""
        return {
            "kind": self.kind,
            "code": self.code,
            "message": self.message,
            "hint": self.hint,
            "details": dict(vars(self.details)),
        }


class SqlError(MillstreamError):
    """Text that cannot be parsed or bound; has line, column and length."""

    kind = "sql"


class PlanError(MillstreamError):
    """A valid statement that this engine cannot run; says the rewriting."""

    kind = "plan"


class ConfigurationError(MillstreamError):
    """An option, a key or a job file that is wrong."""

    kind = "configuration"


class SourceError(MillstreamError):
    """Input that is missing or does not fit."""

    kind = "source"


class SinkError(MillstreamError):
    """Output that cannot be written."""

    kind = "sink"


class UdfError(MillstreamError):
    """A user-defined function: its import, declaration, exception or result."""

    kind = "udf"


class EnvironmentError(MillstreamError):
    """A Python interpreter or packages that do not fit."""

    kind = "environment"


class WorkerError(MillstreamError):
    """A worker process: start, out of memory, crash, timeout, killed."""

    kind = "worker"


class ResourceError(MillstreamError):
    """Memory or cores that do not suffice, with the arithmetic."""

    kind = "resource"


class CancelledError(MillstreamError):
    """The user stopped it."""

    kind = "cancelled"


class InternalError(MillstreamError):
    """A defect of Millstream; please report it."""

    kind = "internal"


_BY_KIND: dict[str, type[MillstreamError]] = {
    error.kind: error
    for error in (
        SqlError, PlanError, ConfigurationError, SourceError, SinkError, UdfError, EnvironmentError,
        WorkerError, ResourceError, CancelledError, InternalError,
    )
}  # fmt: skip


def error_from_wire(wire: dict[str, Any]) -> MillstreamError:
    """The error of a `WireError`; an unknown kind is an `InternalError`.

    >>> error_from_wire(UdfError("UDF_EXCEPTION", "boom").to_wire()).code
    'UDF_EXCEPTION'
    """
    error = _BY_KIND.get(wire["kind"], InternalError)
    details = ErrorDetails(**wire["details"])
    return error(wire["code"], wire["message"], hint=wire["hint"], details=details)
