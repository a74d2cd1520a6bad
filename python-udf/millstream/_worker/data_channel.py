"""The data socket and the schemas received on it. Owned by one thread, as ZeroMQ sockets are."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import pyarrow as pa
import zmq

from . import arrow_ipc, checksum, protocol
from .arrow_ipc import MalformedFrameError
from .data_messages import Arena, BatchMessage, Release, SchemaMessage
from .mapped_arenas import MappedArenas
from .own_arena import OwnArena

if TYPE_CHECKING:
    from collections.abc import Sequence

    from typing_extensions import Buffer

    from .protocol import DataMessage


Frame: TypeAlias = "zmq.Frame | pa.Buffer"
"""What came with a header: a frame, or a buffer over shared memory."""

# The core reads all the time; a worker that runs ahead of it waits in `send` at this many messages.
_SEND_QUEUE_MESSAGES = 64
# What the core sends is bounded by its credits.
_RECEIVE_QUEUE_MESSAGES = 0
# As numbers: or-ing members of an enumeration takes as long as sending a small frame.
_NO_WAIT = int(zmq.NOBLOCK)
_MORE_FOLLOW = int(zmq.SNDMORE)
# Blocks are let go of in steps of this size: each message costs the core as much as routing a batch.
_RELEASE_BYTES = 2 << 20


class DataChannel:
    """A DEALER connected to the core's data endpoint."""

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], endpoint: str) -> None:
        self._socket = context.socket(zmq.DEALER)
        self._socket.linger = 0
        self._socket.sndhwm = _SEND_QUEUE_MESSAGES
        self._socket.rcvhwm = _RECEIVE_QUEUE_MESSAGES
        self._socket.connect(endpoint)
        self._poller = zmq.Poller()
        self._poller.register(self._socket, zmq.POLLIN)
        self._received_schemas: dict[int, pa.Schema] = {}
        self._mapped = MappedArenas()
        self.arena = OwnArena()
        """Shared memory for what is sent."""
        self.has_checksums = False
        """Every message ends with the checksum of its frames."""

    def wake_on(self, fileno: int) -> None:
        """Makes `wait` return as well when `fileno` is readable."""
        self._poller.register(fileno, zmq.POLLIN)

    def wait(self) -> bool:
        """Waits until a message or a registered descriptor is ready; True for a message."""
        return any(ready is self._socket for ready, _ in self._poller.poll())

    def receive(self) -> tuple[DataMessage, Sequence[Frame]] | None:
        """The next message with the frames after its header, or None when nothing waits.

        A message in shared memory comes as a buffer over it in the place of its frame; its `len` is that of
        the whole. What concerns schemas and shared memory is kept here and not returned. Raises
        `MalformedFrameError`, `msgspec.ValidationError`.
        """
        while True:
            try:
                frames = self._receive_frames()
            except zmq.Again:
                return None
            if self.has_checksums:
                checksum.check_last([frame.buffer for frame in frames])
                frames.pop()
            message = protocol.decode_data(frames[0].buffer)
            match message:
                case SchemaMessage():
                    if len(frames) != 2:
                        raise MalformedFrameError(
                            f"a schema came with {len(frames) - 1} frames instead of one"
                        )
                    self._received_schemas[message.id] = arrow_ipc.read_schema(frames[1].buffer)
                case Arena():
                    if message.writable_bytes > 0:
                        self.arena.grow(message)
                    else:
                        self._mapped.map(message)
                case Release():
                    self.arena.free(message.generations)
                case BatchMessage():
                    return message, self._open_blocks(message, frames[1:])
                case _:
                    return message, frames[1:]

    def decode(self, message: BatchMessage, frames: Sequence[Frame]) -> list[pa.Array]:
        """The columns of all groups of a batch side by side, selections applied, validated."""
        columns: list[pa.Array] = []
        remaining = iter(frames)
        for group in message.groups:
            selection = arrow_ipc.read_selection(_bytes_of(next(remaining))) if group.has_selection else None
            schema = self._received_schemas.get(group.schema)
            if schema is None:
                raise MalformedFrameError(f"a batch names schema {group.schema}, which was never sent")
            batch = arrow_ipc.read_group(_bytes_of(next(remaining)), schema, group.rows, selection)
            if batch.num_rows != message.rows:
                raise MalformedFrameError(f"a group has {batch.num_rows} rows in a batch of {message.rows}")
            columns.extend(batch.columns)
        return columns

    def send(self, message: DataMessage, frames: Sequence[pa.Buffer] = ()) -> None:
        """Sends a message; waits while the core lags behind."""
        # Copied: else a thread of pyzmq takes the interpreter lock from user code, which costs more.
        sent = [protocol.encode(message), *frames]
        if self.has_checksums:
            sent.append(checksum.checksum_frame(sent))
        for frame in sent[:-1]:
            self._socket.send(frame, _MORE_FOLLOW, copy=True)
        self._socket.send(sent[-1], copy=True)

    def let_go(self, *, of_all: bool = False) -> None:
        """Tells the core which shared memory is not used any more, once that is worth a message."""
        for release in self._mapped.releases(0 if of_all else _RELEASE_BYTES):
            self.send(release)

    def close(self) -> None:
        """Closes the socket; what is not on its way yet is dropped."""
        self._socket.close()

    def _receive_frames(self) -> list[zmq.Frame]:
        # As `recv_multipart`, which asks the socket after each frame what the frame knows.
        frame = self._socket.recv(_NO_WAIT, copy=False)
        frames = [frame]
        while frame.more:
            frame = self._socket.recv(_NO_WAIT, copy=False)
            frames.append(frame)
        return frames

    def _open_blocks(self, message: BatchMessage, frames: Sequence[zmq.Frame]) -> Sequence[Frame]:
        expected = len(message.groups) + sum(group.has_selection for group in message.groups)
        if len(frames) != expected:
            raise MalformedFrameError(f"a batch announced {expected} frames and came with {len(frames)}")
        opened: list[Frame] = list(frames)
        position = -1
        for group in message.groups:
            position += 1 + group.has_selection
            if group.block is not None:
                opened[position] = self._mapped.open(group.block, frames[position].buffer)
        return opened


def _bytes_of(frame: Frame) -> Buffer:
    return frame.buffer if isinstance(frame, zmq.Frame) else frame
