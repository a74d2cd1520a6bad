"""What every worker does: say hello, then take instructions and data until it is told to stop.

User code and all of the data path run on the main thread; the control thread never runs user code.
"""

from __future__ import annotations

import math
import os
import platform
from typing import TYPE_CHECKING, Any, Protocol

import pyarrow as pa
import zmq

from .. import __version__
from ..context import running_function
from . import protocol
from .control_channel import ControlChannel
from .control_messages import Hello, Instruction, Reply, Welcome
from .data_channel import DataChannel
from .instructions import Shutdown
from .output_capture import OutputCapture
from .wire_errors import Terminated, wire_error

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .control_messages import Progress
    from .data_channel import Frame
    from .instructions import InstructionBody
    from .protocol import ControlFromWorker, DataMessage, WorkerArguments


_VERSIONS = {
    "python": platform.python_version(),
    "pyarrow": pa.__version__,
    "pyzmq": zmq.__version__,
    "millstream": __version__,
}


class Work(Protocol):
    """What one kind of worker does. All methods but `cancel` and `progress` are called on the main thread."""

    def versions(self) -> dict[str, str]:
        """Versions to report besides those of the harness."""

    def report_to(self, send: Callable[[ControlFromWorker], None]) -> None:
        """Called once, before `begin`: where messages of its own accord go."""

    def begin(self, welcome: Welcome) -> None:
        """Called once, before any instruction."""

    def instruct(self, body: InstructionBody) -> Any:
        """Carries out an instruction; returns the JSON-able result of its reply."""

    def after_reply(self) -> None:
        """Called when the reply of an instruction is on its way."""

    def receive(self, message: DataMessage, frames: Sequence[Frame]) -> None:
        """Takes a message of the data channel."""

    def wake_fd(self) -> int | None:
        """A descriptor that is readable when `pump` has something to do; None: never."""

    def pump(self) -> None:
        """Sends what other threads have left to send."""

    def cancel(self, stage: str) -> None:
        """Stops a stage; any thread, returns at once."""

    def progress(self) -> Progress | None:
        """What runs now; any thread."""

    def close(self) -> None:
        """Ends all stages."""


def run_worker(arguments: WorkerArguments, life_fd: int | None) -> None:
    """Runs a worker until it is told to shut down; errors of the protocol are raised.

    `life_fd`: at its end of file the process exits, because the core has gone.

    Raises:
        Terminated: SIGTERM came; everything is closed.
    """
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    data = DataChannel(context, arguments.data_endpoint)
    work = _create_work(arguments, data)
    control = ControlChannel(context, arguments.control_endpoint, _hello(arguments, work), life_fd)
    capture = OutputCapture(control.send, lambda: _running_function(work))
    control.on_cancel = work.cancel
    work.report_to(control.send)
    control.progress = work.progress
    control.on_beat = capture.flush
    data.wake_on(control.inbox.fileno())
    wake_fd = work.wake_fd()
    if wake_fd is not None:
        data.wake_on(wake_fd)
    control.start()
    try:
        _serve(data, control, work, capture)
    except Terminated:
        work.close()
        raise
    finally:
        capture.flush()
        control.close()
        data.close()
        context.term()


def _serve(data: DataChannel, control: ControlChannel, work: Work, capture: OutputCapture) -> None:
    while True:
        control.inbox.clear_wake()
        while (message := control.inbox.take()) is not None:
            if isinstance(message, Welcome):
                data.has_checksums = message.checksum
                capture.install(message.log_level, message.log_levels)
                if message.limits.cpus is not None:
                    pa.set_cpu_count(max(1, math.ceil(message.limits.cpus)))
                work.begin(message)
                continue
            is_shutdown = isinstance(message.body, Shutdown)
            control.send(_shut_down(message, work) if is_shutdown else _carry_out(message, work))
            if is_shutdown:
                return
            work.after_reply()
            data.let_go(of_all=True)
        work.pump()
        data.let_go()
        received = data.receive() if data.wait() else None
        if received is not None:
            work.receive(*received)
            # A batch must not outlive its turn: its memory is charged to the core's credits.
            del received


def _carry_out(instruction: Instruction, work: Work) -> Reply:
    try:
        return Reply(instruction.id, None, work.instruct(instruction.body))
    except Terminated:
        raise
    except BaseException as error:
        return Reply(instruction.id, wire_error(error), None)


def _shut_down(instruction: Instruction, work: Work) -> Reply:
    try:
        work.close()
    except Terminated:
        raise
    except BaseException as error:
        return Reply(instruction.id, wire_error(error), None)
    return Reply(instruction.id, None, {})


def _create_work(arguments: WorkerArguments, data: DataChannel) -> Work:
    if arguments.kind == "function":
        from .function_worker import FunctionWork

        return FunctionWork(arguments.epoch, data)
    from .relational_worker import RelationalWork

    return RelationalWork(arguments.epoch, data)


def _hello(arguments: WorkerArguments, work: Work) -> Hello:
    return Hello(
        protocol.PROTOCOL_VERSION,
        arguments.token,
        arguments.worker,
        arguments.epoch,
        os.getpid(),
        arguments.kind,
        {**_VERSIONS, **work.versions()},
    )


def _running_function(work: Work) -> str | None:
    progress = work.progress()
    return running_function() if progress is None else progress.function
