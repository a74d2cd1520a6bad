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
        return pa.ipc.read_schema(aligned_buffer(frame))
    except pa.ArrowMemoryError:
        raise
    except (pa.ArrowException, OSError, EOFError) as error:
        raise MalformedFrameError(f"a schema cannot be decoded: {error}") from error
