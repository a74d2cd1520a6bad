"""Accumulators as bytes, on their way from the workers that make them to others, or to the job's state."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from typing import Any

from .._user_error import short_repr
from ..errors import UdfError
from .call import Call

#: The SQL type that they travel as.
ACCUMULATOR = "BYTES"

_PLAIN = "Keep plain values in it."
_MERGED = "Keep plain values in it, or SET 'table.optimizer.agg-phase-strategy' = 'ONE_PHASE'."


def pack(
    call: Call,
    state: Any,
    whither: str = "sent to the worker that merges",
    hint: str = _MERGED,
    name: str = "accumulator",
) -> bytes:
    """The bytes of an accumulator, or of what has another name.

    Raises:
        UdfError: UDF_ACCUMULATOR.
    """
    try:
        return pickle.dumps(state, pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        raise UdfError(
            "UDF_ACCUMULATOR",
            f"The {name} {short_repr(state)} of function `{call.name}` cannot be {whither}: "
            f"{type(error).__name__}: {error}",
            hint=hint,
            details=call.details(None),
        ) from error


def unpack(packed: bytes) -> Any:
    """The accumulator."""
    return pickle.loads(packed)


def kept(call: Call, state: Any, name: str = "accumulator") -> bytes:
    """The bytes of an accumulator that the job remembers. Raises as `pack`."""
    return pack(call, state, "kept between batches", _PLAIN, name)


def kept_states(call: Call, remembered: Any, states: Mapping[str, Any], key: object) -> bytes:
    """The bytes of what the job remembers of a key.

    Raises:
        UdfError: UDF_ACCUMULATOR that names the one of the states that has none.
    """
    try:
        return pickle.dumps(remembered, pickle.HIGHEST_PROTOCOL)
    except Exception:
        for name, value in states.items():
            kept(call, value, f"state '{name}' of key {short_repr(key)},")
        raise


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
