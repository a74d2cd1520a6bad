"""One thing that is wrong in a file of functions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Finding:
    """`code` is an error code of functions, or the name of a check; `line` is 1-based."""

    file: str
    line: int
    code: str
    message: str
    hint: str | None = None

    def __str__(self) -> str:
        text = f"{self.file}:{self.line}: {self.code}: {self.message}"
        return text if self.hint is None else f"{text}\n    {self.hint}"
