"""The control socket and its thread, which never runs user code.

It answers stack dumps and cancellation by itself and hands every other instruction to the main thread.
"""

from __future__ import annotations

import os
import threading
import time
import traceback
from typing import TYPE_CHECKING

import zmq

from . import process, protocol
from .control_messages import Heartbeat, Instruction, Reply, Welcome
from .instructions import Cancel, DumpStack
from .mailbox import Mailbox
from .stack_report import stack_report

if TYPE_CHECKING:
    from collections.abc import Callable

    from .control_messages import Hello, Progress
    from .protocol import ControlFromWorker

# Replies and log lines of the last moment still reach a living core.
_LINGER_MS = 1000


class ControlChannel:
    """Runs the control conversation on its own thread from `start` until `close`.

    `life_fd` is the read end of a pipe that the worker's parent holds: at its end of file the process exits.
    """

    def __init__(
        self, context: zmq.Context[zmq.Socket[bytes]], endpoint: str, hello: Hello, life_fd: int | None
    ) -> None:
        self.inbox: Mailbox[Welcome | Instruction] = Mailbox()
        self.on_cancel: Callable[[str], None] = lambda stage: None
        self.on_beat: Callable[[], None] = lambda: None
        self.progress: Callable[[], Progress | None] = lambda: None
        self._context = context
        self._endpoint = endpoint
        self._hello = hello
        self._life_fd = life_fd
        self._outbox: Mailbox[ControlFromWorker] = Mailbox()
        self._is_closing = False
        self._heartbeat_s: float | None = None
        self._thread = threading.Thread(target=self._run, name="control", daemon=True)

    def start(self) -> None:
        """Connects and says hello."""
        self._thread.start()

    def send(self, message: ControlFromWorker) -> None:
        """Queues a message; any thread."""
        self._outbox.put(message)

    def close(self) -> None:
        """Sends what is queued and ends the thread."""
        self._is_closing = True
        self._outbox.wake()
        self._thread.join()

    def _run(self) -> None:
        try:
            self._converse()
        except BaseException:
            # A worker without its control conversation cannot be managed: it ends, the reason on its stderr.
            os.write(2, traceback.format_exc().encode())
            os._exit(process.EXIT_PROTOCOL)

    def _converse(self) -> None:
        socket = self._context.socket(zmq.DEALER)
        socket.linger = _LINGER_MS
        socket.connect(self._endpoint)
        socket.send(protocol.encode(self._hello))
        poller = zmq.Poller()
        poller.register(socket, zmq.POLLIN)
        poller.register(self._outbox.fileno(), zmq.POLLIN)
        if self._life_fd is not None:
            poller.register(self._life_fd, zmq.POLLIN)
        next_beat = 0.0
        while True:
            timeout = None
            if self._heartbeat_s is not None:
                now = time.monotonic()
                if now >= next_beat:
                    self.on_beat()
                    socket.send(protocol.encode(self._heartbeat()))
                    next_beat = now + self._heartbeat_s
                timeout = max(0, round((next_beat - now) * 1000))
            ready = dict(poller.poll(timeout))
            if self._life_fd in ready:
                os._exit(process.EXIT_CORE_GONE)
            if socket in ready:
                self._receive(socket)
            if self._outbox.fileno() in ready:
                self._outbox.clear_wake()
            is_last = self._is_closing
            while (message := self._outbox.take()) is not None:
                socket.send(protocol.encode(message))
            if is_last:
                socket.close()
                return

    def _receive(self, socket: zmq.Socket[bytes]) -> None:
        message = protocol.decode_control(socket.recv())
        if isinstance(message, Welcome):
            self._heartbeat_s = message.heartbeat_ms / 1000
            self.inbox.put(message)
        elif isinstance(message.body, DumpStack):
            self.send(Reply(message.id, None, {"text": stack_report()}))
        elif isinstance(message.body, Cancel):
            self.on_cancel(message.body.stage)
            self.send(Reply(message.id, None, {}))
        else:
            self.inbox.put(message)

    def _heartbeat(self) -> Heartbeat:
        return Heartbeat(str(time.monotonic_ns()), process.resident_bytes(), self.progress())
