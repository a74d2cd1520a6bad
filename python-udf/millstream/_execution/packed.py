"""Accumulators as bytes, on their way from the workers that make them to others, or to the job's state."""

from __future__ import annotations

import pickle
from typing import Any

from .._user_error import short_repr
from ..errors import UdfError
from .call import Call

#: The SQL type that they travel as.
ACCUMULATOR = "BYTES"

_MERGED = "Keep plain values in it, or SET 'table.optimizer.agg-phase-strategy' = 'ONE_PHASE'."


def pack(
    call: Call, state: Any, whither: str = "sent to the worker that merges", hint: str = _MERGED
) -> bytes:
    """The bytes of an accumulator.

    Raises:
        UdfError: UDF_ACCUMULATOR.
    """
    try:
        return pickle.dumps(state, pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        raise UdfError(
            "UDF_ACCUMULATOR",
            f"The accumulator {short_repr(state)} of function `{call.name}` cannot be {whither}: "
            f"{type(error).__name__}: {error}",
            hint=hint,
            details=call.details(None),
        ) from error


def unpack(packed: bytes) -> Any:
    """The accumulator."""
    return pickle.loads(packed)


def kept(call: Call, state: Any) -> bytes:
    """The bytes of an accumulator that the job remembers. Raises as `pack`."""
    return pack(call, state, "kept between batches", "Keep plain values in it.")


def restored(call: Call, packed: bytes) -> Any:
    """An accumulator that the job remembered.

    Raises:
        UdfError: UDF_ACCUMULATOR.
    """
    try:
        return unpack(packed)
    except Exception as error:
        raise UdfError(
            "UDF_ACCUMULATOR",
            f"A remembered accumulator of function `{call.name}` cannot be read: "
            f"{type(error).__name__}: {error}",
            hint="Keep the classes of its values where they were when the checkpoint was taken.",
            details=call.details(None),
        ) from error
