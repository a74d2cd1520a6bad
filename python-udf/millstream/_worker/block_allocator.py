"""Places in an arena: first fit over free intervals, so that what is used lies together, in the caches."""

from __future__ import annotations

from bisect import bisect_left

ALIGNMENT = 64
"""Blocks begin at multiples of it, so that no two share a cache line."""


class BlockAllocator:
    """Hands out intervals of `[0, capacity)`; not thread-safe."""

    def __init__(self) -> None:
        self.capacity = 0
        # Free intervals by their start, ascending; no two touch.
        self._starts: list[int] = []
        self._ends: list[int] = []

    @property
    def free_bytes(self) -> int:
        """Bytes that are not handed out."""
        return sum(self._ends) - sum(self._starts)

    def grow(self, capacity: int) -> None:
        """Adds what lies between the old capacity and a larger one, a multiple of `ALIGNMENT`."""
        if capacity > self.capacity:
            start, self.capacity = self.capacity, capacity
            self._add(start, capacity)

    def allocate(self, size: int) -> int | None:
        """The start of `size` bytes at the lowest place where they fit; None where there is none."""
        size = _aligned(size)
        for index, (start, end) in enumerate(zip(self._starts, self._ends, strict=True)):
            if end - start >= size:
                self._starts[index] += size
                if self._starts[index] == end:
                    del self._starts[index], self._ends[index]
                return start
        return None

    def free(self, start: int, size: int) -> None:
        """Takes back what `allocate` gave for `size`."""
        self._add(start, start + _aligned(size))

    def _add(self, start: int, end: int) -> None:
        index = bisect_left(self._starts, start)
        if index < len(self._starts) and self._starts[index] == end:
            end = self._ends[index]
            del self._starts[index], self._ends[index]
        if index > 0 and self._ends[index - 1] == start:
            self._ends[index - 1] = end
        else:
            self._starts.insert(index, start)
            self._ends.insert(index, end)


def _aligned(size: int) -> int:
    return -(-size // ALIGNMENT) * ALIGNMENT
