"""Frames of `millstream serve` (cli/serve/frames.ts): bytes of a pipe ↔ headers and payloads."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import Any

import pyarrow as pa


@dataclass(frozen=True)
class Frame:
    """One message of the runtime; `payload` is None where it has none."""

    header: dict[str, Any]
    payload: pa.Buffer | None

    @property
    def type(self) -> str:
        """What kind of message it is."""
        return str(self.header["type"])


def encode_request(header: dict[str, Any]) -> bytes:
    """A frame without payloads.

    >>> encode_request({})
    b'\\x02\\x00\\x00\\x00{}\\x00\\x00\\x00\\x00'
    """
    text = json.dumps(header).encode()
    return b"".join([len(text).to_bytes(4, "little"), text, bytes(4)])


def read_frame(pipe: io.RawIOBase) -> Frame | None:
    """The next frame; None where the pipe has ended. A payload is read into Arrow's memory, once."""
    length = _read_number(pipe)
    if length is None:
        return None
    header = bytearray(length)
    if not _fill(pipe, memoryview(header)):
        return None
    payload = None
    for _ in range(_read_number(pipe) or 0):
        payload = pa.allocate_buffer(_read_number(pipe) or 0)
        if not _fill(pipe, memoryview(payload)):
            return None
    return Frame(json.loads(header), payload)


def _read_number(pipe: io.RawIOBase) -> int | None:
    number = bytearray(4)
    return int.from_bytes(number, "little") if _fill(pipe, memoryview(number)) else None


def _fill(pipe: io.RawIOBase, view: memoryview) -> bool:
    """False where the pipe ends before."""
    while len(view) > 0:
        count = pipe.readinto(view)
        if not count:
            return False
        view = view[count:]
    return True
