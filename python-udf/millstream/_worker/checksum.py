"""The last frame of data messages where `welcome` asked for checksums (`bridge/protocol/checksum.ts`)."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from .arrow_ipc import MalformedFrameError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from typing_extensions import Buffer


def checksum_frame(frames: Iterable[Buffer]) -> bytes:
    """CRC-32 of the frames one behind the other, little-endian."""
    value = 0
    for frame in frames:
        value = zlib.crc32(frame, value)
    return value.to_bytes(4, "little")


def check_last(frames: list[Buffer]) -> None:
    """Raises `MalformedFrameError` unless the last frame is the checksum of those before it."""
    if not frames or bytes(frames[-1]) != checksum_frame(frames[:-1]):
        raise MalformedFrameError(
            "a message of the core was changed on its way: its checksum does not hold; "
            "look for faulty memory, or for native code of a function that writes where it must not"
        )
