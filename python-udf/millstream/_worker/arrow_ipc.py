"""Record batches ↔ encapsulated IPC messages, and row selections ↔ int32 frames.

What was received is validated here before anyone reads its values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from typing_extensions import Buffer


class MalformedFrameError(ValueError):
    """Bytes received that are not what their header announces."""


def aligned_buffer(frame: Buffer) -> pa.Buffer:
    """An Arrow buffer over `frame`; a copy of it where its address is not 8-byte aligned."""
    buffer = frame if isinstance(frame, pa.Buffer) else pa.py_buffer(frame)
    return buffer if buffer.address % 8 == 0 else pa.py_buffer(buffer.to_pybytes())


def read_selection(frame: Buffer) -> pa.Int32Array:
    """Row positions from a little-endian int32 frame; no copy."""
    buffer = aligned_buffer(frame)
    if buffer.size % 4 != 0:
        raise MalformedFrameError(f"a selection has {buffer.size} bytes, which is not a multiple of 4")
    return pa.Array.from_buffers(pa.int32(), buffer.size // 4, [None, buffer])


def selection_frame(selection: pa.Int32Array) -> pa.Buffer:
    """The int32 bytes of a selection; it must hold no nulls."""
    return selection.buffers()[1].slice(selection.offset * 4, len(selection) * 4)


def read_group(
    frame: Buffer, schema: pa.Schema, rows: int, selection: pa.Int32Array | None
) -> pa.RecordBatch:
    """Decodes and validates one group and applies its selection.

    Raises `MalformedFrameError` where bytes, row count or selection do not fit.
    """
    try:
        batch = pa.ipc.read_record_batch(aligned_buffer(frame), schema)
        batch.validate(full=True)
        if batch.num_rows != rows:
            raise MalformedFrameError(f"a group of {rows} rows has a message of {batch.num_rows} rows")
        return batch if selection is None else batch.take(selection)
    except pa.ArrowMemoryError:
        raise
    except (pa.ArrowException, OSError, EOFError) as error:
        raise MalformedFrameError(f"a column group cannot be decoded: {error}") from error


def batch_frame(batch: pa.RecordBatch) -> pa.Buffer:
    """The encapsulated IPC message of a batch, without its schema."""
    return batch.serialize()


def schema_frame(schema: pa.Schema) -> pa.Buffer:
    """The IPC schema message."""
    return schema.serialize()


def read_schema(frame: Buffer) -> pa.Schema:
    """Schema from its IPC message. Raises `MalformedFrameError`."""
    try:
        schema = pa.ipc.read_schema(aligned_buffer(frame))
    except pa.ArrowMemoryError:
        raise
    except (pa.ArrowException, OSError, EOFError) as error:
        raise MalformedFrameError(f"a schema cannot be decoded: {error}") from error
    if _is_big_endian(memoryview(frame).cast("B")):
        raise MalformedFrameError("a schema is big-endian")
    return schema


def _is_big_endian(message: memoryview) -> bool:
    """Field 0 of the table Schema (Arrow format/Schema.fbs), in a message that pyarrow has verified.

    pyarrow reads single messages in the order of bytes of the machine, whatever the schema says.
    """
    root = 8 + _uint(message, 8, 4)
    schema = _field(message, root, 2)
    if schema is None:
        return False
    endianness = _field(message, schema + _uint(message, schema, 4), 0)
    return endianness is not None and _uint(message, endianness, 2) != 0


def _field(message: memoryview, table: int, slot: int) -> int | None:
    """Where a field of a FlatBuffer table lies; None where it has its default."""
    vtable = table - int.from_bytes(message[table : table + 4], "little", signed=True)
    entry = 4 + 2 * slot
    offset = _uint(message, vtable + entry, 2) if entry < _uint(message, vtable, 2) else 0
    return table + offset if offset else None


def _uint(message: memoryview, at: int, size: int) -> int:
    return int.from_bytes(message[at : at + size], "little")
