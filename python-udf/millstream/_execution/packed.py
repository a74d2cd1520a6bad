"""Accumulators as bytes, on their way from the workers that make them to those that merge them."""

from __future__ import annotations

import pickle
from typing import Any

from .._user_error import short_repr
from ..errors import UdfError
from .call import Call

#: The SQL type that they travel as.
ACCUMULATOR = "BYTES"


def pack(call: Call, state: Any) -> bytes:
    """The bytes of an accumulator.

    Raises:
        UdfError: UDF_ACCUMULATOR.
    """
    try:
        return pickle.dumps(state, pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        raise UdfError(
            "UDF_ACCUMULATOR",
            f"The accumulator {short_repr(state)} of function `{call.name}` cannot be sent to the worker "
            f"that merges: {type(error).__name__}: {error}",
            hint="Keep plain values in it, or SET 'table.optimizer.agg-phase-strategy' = 'ONE_PHASE'.",
            details=call.details(None),
        ) from error


def unpack(packed: bytes) -> Any:
    """The accumulator."""
    return pickle.loads(packed)
