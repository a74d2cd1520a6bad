"""Relational stages: DuckDB inside a worker. The only modules that import duckdb are loaded from here."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from ..errors import InternalError
from .control_messages import Progress
from .data_messages import BatchMessage, Credit, End
from .duckdb_extension import duckdb
from .instructions import CloseStage, OpenRelationalStage
from .mailbox import Mailbox
from .relational_session import RelationalSession
from .relational_stage import RelationalStage
from .schema_ids import SchemaIds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pyarrow as pa

    from .control_messages import Welcome
    from .data_channel import DataChannel, Frame
    from .instructions import InstructionBody
    from .protocol import ControlFromWorker, DataMessage

_log = logging.getLogger("millstream.worker")


class RelationalWork:
    """Routes data between the channel, on the main thread, and stages, each on a thread of its own."""

    def __init__(self, epoch: int, data: DataChannel) -> None:
        self._epoch = epoch
        self._data = data
        self._outbox: Mailbox[tuple[DataMessage, Sequence[pa.Buffer]]] = Mailbox()
        self._schema_ids = SchemaIds(self._post)
        self._stages: dict[str, RelationalStage] = {}
        self._accepted: RelationalStage | None = None
        # Of a stage that has ended, or opened while there is nothing to do: the next stage need not wait.
        self._spare: RelationalSession | None = None
        self._time_zone = "UTC"
        self._late_frames = 0

    def versions(self) -> dict[str, str]:
        return {"duckdb": duckdb.__version__}

    def report_to(self, send: Callable[[ControlFromWorker], None]) -> None:
        pass

    def begin(self, welcome: Welcome) -> None:
        self._time_zone = welcome.time_zone

    def instruct(self, body: InstructionBody) -> Any:
        match body:
            case OpenRelationalStage():
                session, self._spare = self._spare or RelationalSession(), None
                self._accepted = self._stages[body.stage] = RelationalStage(
                    body,
                    session,
                    self._epoch,
                    self._time_zone,
                    self._data.decode,
                    self._schema_ids,
                    self._data.arena,
                    self._post,
                )
            case CloseStage():
                closing = self._stages.pop(body.stage, None)
                if closing is not None:
                    self._keep(closing.close())
            case _:
                raise InternalError(
                    "PROTOCOL_INSTRUCTION", f"A relational worker was given `{type(body).__name__}`."
                )
        return {}

    def after_reply(self) -> None:
        accepted, self._accepted = self._accepted, None
        if accepted is not None:
            accepted.start()
        elif not self._stages and self._spare is None:
            self._spare = RelationalSession()

    def receive(self, message: DataMessage, frames: Sequence[Frame]) -> None:
        if not isinstance(message, (BatchMessage, End, Credit)):
            return
        stage = self._stages.get(message.stage)
        if message.epoch != self._epoch or stage is None:
            self._late_frames += 1
            _log.debug("%d messages came late, the last for stage %s", self._late_frames, message.stage)
        elif isinstance(message, BatchMessage):
            stage.inputs[message.input].put(message, frames)
        elif isinstance(message, End):
            stage.inputs[message.input].end()
        else:
            stage.output.grant(message.bytes)

    def wake_fd(self) -> int | None:
        return self._outbox.fileno()

    def pump(self) -> None:
        self._outbox.clear_wake()
        while (item := self._outbox.take()) is not None:
            self._data.send(*item)

    def cancel(self, stage: str) -> None:
        running = self._stages.get(stage)
        if running is not None:
            running.cancel()

    def progress(self) -> Progress | None:
        for stage in list(self._stages.values()):
            if stage.is_running:
                return Progress(stage.body.stage, None, None, stage.output.rows, stage.fraction)
        return None

    def close(self) -> None:
        while self._stages:
            self._stages.popitem()[1].close()

    def _keep(self, session: RelationalSession | None) -> None:
        if session is not None and self._spare is not None:
            session.close()
        else:
            self._spare = session or self._spare

    def _post(self, message: DataMessage, frames: Sequence[pa.Buffer]) -> None:
        self._outbox.put((message, frames))
