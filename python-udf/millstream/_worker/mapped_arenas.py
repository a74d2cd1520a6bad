"""Arenas of other workers, mapped for reading: blocks become Arrow buffers without a copy."""

from __future__ import annotations

import mmap
import os
from collections import defaultdict, deque
from typing import TYPE_CHECKING

import pyarrow as pa

from .arrow_ipc import MalformedFrameError
from .data_messages import Release

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from .data_messages import Arena, Block


class MappedArenas:
    """A block is let go of when the last array, in whatever hands, that lies in it is gone.

    Used by one thread; arrays may be dropped by any.
    """

    def __init__(self) -> None:
        self._mapped: dict[int, pa.Buffer] = {}
        self._dropped: deque[Block] = deque()
        # Generations by arena, and the bytes of all.
        self._unused: dict[int, list[int]] = defaultdict(list)
        self._unused_bytes = 0

    def map(self, arena: Arena) -> None:
        """Maps an arena, or forgets one that is gone."""
        if arena.path is None:
            self._mapped.pop(arena.arena, None)
            return
        descriptor = os.open(arena.path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            mapped = mmap.mmap(descriptor, arena.file_bytes, mmap.MAP_SHARED, mmap.PROT_READ)
        finally:
            os.close(descriptor)
        self._mapped[arena.arena] = pa.py_buffer(mapped)

    def open(self, block: Block, head: Buffer) -> pa.Buffer:
        """The message in a block, which begins with `head`. Raises `MalformedFrameError`."""
        arena = self._mapped.get(block.arena)
        if arena is None:
            raise MalformedFrameError(f"a batch lies in arena {block.arena}, which was never mapped")
        if block.offset + block.length > arena.size:
            raise MalformedFrameError(f"a batch lies outside of arena {block.arena}")
        owner = _Owner(arena, block, self._dropped)
        buffer = pa.foreign_buffer(arena.address + block.offset, block.length, base=owner)
        announced = pa.py_buffer(head)
        if not buffer.slice(0, announced.size).equals(announced):
            raise MalformedFrameError(f"a batch in arena {block.arena} is not what was announced")
        return buffer

    def releases(self, least_bytes: int) -> list[Release]:
        """Messages for all blocks that are not used any more, each told once; none below `least_bytes`."""
        while self._dropped:
            block = self._dropped.popleft()
            self._unused[block.arena].append(block.generation)
            self._unused_bytes += block.length
        if self._unused_bytes < least_bytes:
            return []
        releases = [Release(arena, generations) for arena, generations in self._unused.items()]
        self._unused.clear()
        self._unused_bytes = 0
        return releases


class _Owner:
    """Lives as long as buffers over the block do; keeps the mapping."""

    __slots__ = ("_arena", "_block", "_dropped")

    def __init__(self, arena: pa.Buffer, block: Block, dropped: deque[Block]) -> None:
        self._arena = arena
        self._block = block
        self._dropped = dropped

    def __del__(self) -> None:
        self._dropped.append(self._block)
