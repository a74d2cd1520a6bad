"""Bundles of async stages that are on their way, several at once."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from .control_messages import Progress
from .mailbox import Mailbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .._execution import BundleRun
    from .data_messages import BatchMessage

_Key = tuple[str, int]


class AsyncBundles:
    """Started and answered on the main thread; ended in the event loop's, which wakes the main one."""

    def __init__(self) -> None:
        self._running: dict[_Key, tuple[BatchMessage, BundleRun, int]] = {}
        self._ended: Mailbox[_Key] = Mailbox()

    def fileno(self) -> int:
        """Readable when `take_ended` has something."""
        return self._ended.fileno()

    def add(
        self, message: BatchMessage, received_ns: int, start: Callable[[Callable[[], None]], BundleRun]
    ) -> None:
        """Starts a bundle; `start` is given what to call at its end, from any thread."""
        key = (message.stage, message.sequence)
        self._running[key] = (message, start(lambda: self._ended.put(key)), received_ns)

    def take_ended(self) -> Iterator[tuple[BatchMessage, BundleRun, int]]:
        """The bundles whose answers are there, with the time when they were received."""
        self._ended.clear_wake()
        while (key := self._ended.take()) is not None:
            bundle = self._running.pop(key, None)
            if bundle is not None:
                yield bundle

    def cancel(self, stage: str) -> None:
        """Cancels the bundles of a stage; any thread, returns at once."""
        for (name, _), (_, run, _) in list(self._running.items()):
            if name == stage:
                run.cancel()

    def end(self, stage: str) -> None:
        """Cancels the bundles of a stage and waits until their calls have ended; they are not answered."""
        self.cancel(stage)
        for key in [key for key in self._running if key[0] == stage]:
            _, run, _ = self._running.pop(key)
            with contextlib.suppress(BaseException):
                run.answer()

    def progress(self) -> Progress | None:
        """What the oldest bundle is at; any thread."""
        for (stage, sequence), (_, run, _) in list(self._running.items()):
            return Progress(stage, sequence, run.running, run.running_rows, None)
        return None
