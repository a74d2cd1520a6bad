"""What a stage knows of the workers beside its own, and of the job's settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class StageShare:
    """This worker is number `subtask`, from 0, of `subtasks`. `overrides`: by function, text by option.

    `shared_folder`: files in it are seen by all workers of the session; None where there is none.
    """

    subtask: int = 0
    subtasks: int = 1
    shared_folder: str | None = None
    overrides: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def overrides_of(self, function: str) -> Mapping[str, str]:
        """The job's settings for a function."""
        return self.overrides.get(function, {})

    def part_of(self, total: int) -> int:
        """This worker's part of a whole number that all workers share: at least 1, the parts differ by 1."""
        return max(1, total // self.subtasks + (self.subtask < total % self.subtasks))


#: One worker, no settings.
ALONE = StageShare()
