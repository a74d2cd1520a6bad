"""The arena that this worker writes to: large batches go there once instead of through the sockets."""

from __future__ import annotations

import mmap
import os
import threading
from typing import TYPE_CHECKING

import pyarrow as pa

from . import arrow_ipc
from .block_allocator import ALIGNMENT, BlockAllocator
from .data_messages import Block

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .data_messages import Arena

LEAST_SHARED_BYTES = 64 << 10
"""Messages from this size on are shared: below it a descriptor costs as much as the copies."""

_PREFIX_BYTES = 8
_END_OF_STREAM_BYTES = 8


class OwnArena:
    """Has no room until the core gives some, and then as long as blocks are free. Any thread."""

    def __init__(self) -> None:
        self.sending = threading.Lock()
        """Held from the first `write` of a message until it is posted: generations rise by message."""
        self._lock = threading.Lock()
        self._allocator = BlockAllocator()
        self._memory: memoryview | None = None
        self._number = 0
        self._generation = 0
        # Start and size of what was allocated, by generation.
        self._blocks: dict[int, tuple[int, int]] = {}

    def grow(self, arena: Arena) -> None:
        """Takes what the core gives: the file at first, more of it later."""
        with self._lock:
            if self._memory is None and arena.path is not None:
                self._number = arena.arena
                self._memory = _map(arena.path, arena.file_bytes)
            self._allocator.grow(arena.writable_bytes)

    def free(self, generations: Iterable[int]) -> None:
        """Takes back blocks that nobody holds any more."""
        with self._lock:
            for generation in generations:
                self._allocator.free(*self._blocks.pop(generation))

    def write(self, batch: pa.RecordBatch) -> tuple[pa.Buffer, Block | None]:
        """The message of a batch, for its frame; with a block, prefix and metadata of what lies there."""
        size = pa.ipc.get_record_batch_size(batch)
        if size < LEAST_SHARED_BYTES or self._memory is None:
            return arrow_ipc.batch_frame(batch), None
        # A stream writer is the only one that writes into given memory; it begins with the schema.
        schema_bytes = arrow_ipc.schema_frame(batch.schema).size
        padding = -schema_bytes % ALIGNMENT
        length = padding + schema_bytes + size + _END_OF_STREAM_BYTES
        with self._lock:
            start = self._allocator.allocate(length)
            if start is None:
                return arrow_ipc.batch_frame(batch), None
            self._generation += 1
            generation = self._generation
            self._blocks[generation] = start, length
        try:
            memory = self._memory[start + padding : start + length]
            with pa.ipc.new_stream(pa.FixedSizeBufferWriter(pa.py_buffer(memory)), batch.schema) as stream:
                stream.write_batch(batch)
        except BaseException:
            self.free([generation])
            raise
        head = _PREFIX_BYTES + int.from_bytes(memory[schema_bytes + 4 : schema_bytes + 8], "little")
        frame = pa.py_buffer(bytes(memory[schema_bytes : schema_bytes + head]))
        return frame, Block(self._number, start + padding + schema_bytes, size, generation)


def _map(path: str, size: int) -> memoryview:
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        return memoryview(mmap.mmap(descriptor, size))
    finally:
        os.close(descriptor)
