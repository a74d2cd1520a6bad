"""Aggregates over vectors, over frames: each frame is a slice of what is held of the partition."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from .bundle import Bundle
from .called_rows import CalledRows
from .frame_calls import FrameCall
from .vector_aggregates import OverVectors


class VectorFrames(FrameCall):
    """Gives each distinct frame to an aggregate as a group of its own."""

    def __init__(self, aggregate: OverVectors) -> None:
        self._aggregate = aggregate
        self._bundle: list[pa.Array] = []
        super().__init__(aggregate.call)
        self._forget()

    def _forget(self) -> None:
        self._pieces: list[list[pa.Array]] = []
        self._first = 0
        self._range: tuple[int, int] | None = None
        self._last: Any = None

    def abandon(self) -> None:
        super().abandon()
        self._aggregate.abandon()

    def _read(self, bundle: Bundle, rows: CalledRows) -> None:
        self._bundle = self._aggregate.columns_of(bundle, rows)

    def _extend(self, start: int, end: int) -> None:
        self._pieces.append([array.slice(start, end - start) for array in self._bundle])

    def _drop(self, before: int) -> None:
        self._pieces = [[array.slice(before - self._first) for array in self._held()]]
        self._first = before

    def _value(self, first: int, last: int) -> Any:
        if self._range != (first, last):
            shift = 0 if last == 0 else self._first
            self._last = self._aggregate.value_over(self._held(), first - shift, last - shift)
            self._range = (first, last)
        return self._last

    def _held(self) -> list[pa.Array]:
        if len(self._pieces) > 1:
            self._pieces = [[pa.concat_arrays(arrays) for arrays in zip(*self._pieces, strict=True)]]
        return self._pieces[0]
