"""Function stages: bundles of Arrow columns through user code, in order, on the main thread."""

from __future__ import annotations

import logging
import math
import signal
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from .. import _execution
from .._late import asyncio
from ..context import Limits
from ..errors import InternalError
from .async_bundles import AsyncBundles
from .bundle_answers import ColumnAnswers, SplitAnswers
from .bundle_reply import BundleReply
from .control_messages import Progress
from .data_messages import BatchMessage, Failed
from .debugger import install_breakpoints
from .instructions import (
    AnalyzeFunction,
    CloseStage,
    ColumnSpec,
    DescribeFiles,
    LoadFunctions,
    OpenFunctionStage,
)
from .metrics_report import MetricsReport
from .module_sources import module_sources
from .open_function_stage import open_function_stage
from .schema_ids import SchemaIds
from .split_reader import SplitReader
from .thread_pools import size_thread_pools
from .wire_errors import Interrupted, Terminated, wire_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from .._execution import AsyncStage, BundleRun, FunctionStage, LoadedFunction
    from .bundle_answers import PlacedAnswer
    from .control_messages import Welcome
    from .data_channel import DataChannel, Frame
    from .instructions import InstructionBody
    from .protocol import ControlFromWorker, DataMessage

_log = logging.getLogger("millstream.worker")


class FunctionWork:
    """Loads functions, opens stages, answers bundles; an exception of user code fails its bundle only."""

    def __init__(self, epoch: int, data: DataChannel) -> None:
        self._epoch = epoch
        self._data = data
        self._schema_ids = SchemaIds(data.send)
        self._functions: dict[str, LoadedFunction] = {}
        self._stages: dict[str, FunctionStage] = {}
        # By stage; None where a stage calls several.
        self._only_function: dict[str, str | None] = {}
        # Of stages that read their rows themselves.
        self._readers: dict[str, SplitReader] = {}
        self._cancelled: set[str] = set()
        self._time_zone = "UTC"
        self._partition_bytes = _execution.PARTITION_BYTES
        self._running: BatchMessage | None = None
        self._is_in_user_code = False
        self._late_frames = 0
        self._limits = Limits()
        self._metrics = MetricsReport()
        self._async = AsyncBundles()

    def versions(self) -> dict[str, str]:
        return {}

    def report_to(self, send: Callable[[ControlFromWorker], None]) -> None:
        self._metrics.send = send

    def begin(self, welcome: Welcome) -> None:
        self._time_zone = welcome.time_zone
        if welcome.limits.memory_bytes is not None:
            self._partition_bytes = welcome.limits.memory_bytes // 4
        self._limits = Limits(welcome.limits.memory_bytes, welcome.limits.cpus)
        if welcome.limits.cpus is not None:
            size_thread_pools(math.ceil(welcome.limits.cpus))
        signal.signal(signal.SIGUSR1, self._interrupt)
        signal.signal(signal.SIGTERM, _terminate)
        install_breakpoints()

    def instruct(self, body: InstructionBody) -> Any:
        match body:
            case LoadFunctions():
                loaded = _execution.load_functions(body.paths, [(f.name, f.target) for f in body.functions])
                self._functions.update((function.name, function) for function in loaded)
                return {
                    "declarations": [function.declaration for function in loaded],
                    "sources": module_sources(),
                }
            case AnalyzeFunction():
                return {"columns": _execution.analyze(self._functions[body.function], body.arguments)}
            case DescribeFiles():
                # Not before it is needed: it imports the reader of Parquet.
                from .parquet_footer import describe_files

                return describe_files(body.files, body.columns, body.predicate, body.keys)
            case OpenFunctionStage():
                stage = open_function_stage(
                    body, self._functions, self._time_zone, self._limits, self._partition_bytes
                )
                self._cancelled.discard(body.stage)
                self._stages[body.stage] = stage
                if body.source is not None:
                    self._readers[body.stage] = SplitReader(body.source, body.input)
                names = {step.function for step in body.steps}
                self._only_function[body.stage] = names.pop() if len(names) == 1 else None
                return {"output": [ColumnSpec(name, type_text) for name, type_text in stage.output]}
            case CloseStage():
                self._async.end(body.stage)
                closing = self._stages.pop(body.stage, None)
                if (reader := self._readers.pop(body.stage, None)) is not None:
                    reader.close()
                if closing is not None:
                    self._metrics.send_all(body.stage, closing)
                    try:
                        closing.close()
                    finally:
                        self._metrics.send_all(body.stage, closing, gauges=False)
                return {}
            case _:
                raise InternalError(
                    "PROTOCOL_INSTRUCTION", f"A function worker was given `{type(body).__name__}`."
                )

    def after_reply(self) -> None:
        pass

    def wake_fd(self) -> int | None:
        return self._async.fileno()

    def pump(self) -> None:
        for message, run, received_ns in self._async.take_ended():
            self._guarded(message, partial(self._answer, message, run, received_ns))

    def receive(self, message: DataMessage, frames: Sequence[Frame]) -> None:
        if not isinstance(message, BatchMessage):
            return
        if message.epoch != self._epoch or message.stage not in self._stages:
            self._late_frames += 1
            _log.debug("%d batches came late, the last for stage %s", self._late_frames, message.stage)
            return
        stage = self._stages[message.stage]
        if isinstance(stage, _execution.AsyncStage):
            self._guarded(message, partial(self._start, stage, message, frames))
            return
        self._running = message
        try:
            self._guarded(message, partial(self._run, stage, message, frames))
        finally:
            self._running = None

    def _guarded(self, message: BatchMessage, work: Callable[[], None]) -> None:
        """Does something for a bundle; what it raises is the bundle's failure."""
        try:
            work()
        except Terminated:
            raise
        except BaseException as error:
            # An interrupt may have come while the flag was being taken back.
            self._is_in_user_code = False
            facts = {"function": self._only_function.get(message.stage), "stage": message.stage}
            failure = wire_error(error, **facts, bundle=message.sequence)
            self._data.send(Failed(message.stage, self._epoch, message.sequence, failure))

    def cancel(self, stage: str) -> None:
        self._cancelled.add(stage)
        self._async.cancel(stage)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR1)

    def progress(self) -> Progress | None:
        running = self._running
        if running is None:
            return self._async.progress()
        stage = self._stages.get(running.stage)
        rows = 0 if stage is None else stage.running_rows
        function = None if stage is None else stage.running
        return Progress(running.stage, running.sequence, function, rows, None)

    def close(self) -> None:
        errors: list[Exception] = []
        while self._stages:
            name, stage = self._stages.popitem()
            try:
                self._async.end(name)
                stage.close()
            except Exception as error:
                errors.append(error)
        _execution.close_event_loop()
        if errors:
            raise errors[0]

    def _run(self, stage: FunctionStage, message: BatchMessage, frames: Sequence[Frame]) -> None:
        received = time.monotonic_ns()
        stage.not_called = message.not_called
        answers = self._answers(stage, message, frames)
        reply = BundleReply(self._data, self._schema_ids, message)
        try:
            while (placed := self._next(answers, message.stage)) is not None:
                reply.add(*placed)
            reply.end(answers.take_failed_rows(), received, answers.decode_ns, stage.take_timing())
        finally:
            reply.flush()
        self._metrics.send_sometimes(message.stage, stage)

    def _answers(
        self, stage: FunctionStage, message: BatchMessage, frames: Sequence[Frame]
    ) -> ColumnAnswers | SplitAnswers:
        if message.split is not None:
            return SplitAnswers(stage, self._readers[message.stage], message.split, message.rows)
        began = time.monotonic_ns()
        columns = self._data.decode(message, frames)
        decode_ns = time.monotonic_ns() - began
        return ColumnAnswers(stage, columns, message.rows, message.continued, decode_ns)

    def _start(self, stage: AsyncStage, message: BatchMessage, frames: Sequence[Frame]) -> None:
        received = time.monotonic_ns()
        if message.stage in self._cancelled:
            raise Interrupted
        columns = self._data.decode(message, frames)
        stage.not_called = message.not_called
        self._async.add(message, received, lambda on_done: stage.start(columns, message.rows, on_done))

    def _answer(self, message: BatchMessage, run: BundleRun, received: int) -> None:
        try:
            answer = run.answer()
        except asyncio.CancelledError:
            raise Interrupted from None
        reply = BundleReply(self._data, self._schema_ids, message)
        reply.add(answer)
        reply.end(run.take_failed_rows(), received, 0, run.take_timing())
        self._metrics.send_sometimes(message.stage, self._stages[message.stage])

    def _next(self, answers: Iterator[PlacedAnswer], stage: str) -> PlacedAnswer | None:
        self._is_in_user_code = True
        try:
            # Set before the check: a cancellation now either is seen here or interrupts.
            if stage in self._cancelled:
                raise Interrupted
            return next(answers, None)
        finally:
            self._is_in_user_code = False

    def _interrupt(self, signum: int, frame: object) -> None:
        running = self._running
        if self._is_in_user_code and running is not None and running.stage in self._cancelled:
            raise Interrupted


def _terminate(signum: int, frame: object) -> None:
    # Once: `close` of a function is not interrupted by the signal that calls it.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise Terminated
