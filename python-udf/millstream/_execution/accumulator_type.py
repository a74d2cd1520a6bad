"""Whether an accumulator is of the type that the aggregate declares for it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from .._user_error import short_repr
from ..errors import UdfError
from ..row import Row
from ..views import ListView, MapView
from .call import Call
from .codec import Mismatch, codec_for

#: Elements of a list or entries of a map that are looked at.
_LOOKED_AT = 100


class AccumulatorType:
    """Looks at the accumulator of a stage's first group: when it is made, and with all its rows."""

    def __init__(self, call: Call) -> None:
        declared = call.loaded.spec.accumulator
        self._call = call
        self._codec = None if declared is None else codec_for(declared, call.dialect)
        self._left = ["`create_accumulator`", "`accumulate`"]

    def check(self, accumulator: Any) -> None:
        """Called when a group begins, and when it ends.

        Raises:
            UdfError: UDF_RETURN_TYPE.
        """
        if self._codec is None or not self._left:
            return
        method = self._left.pop(0)
        try:
            self._codec.encode([_plain(accumulator)])
        except Mismatch as mismatch:
            raise UdfError(
                "UDF_RETURN_TYPE",
                f"The accumulator of function `{self._call.name}` is {short_repr(accumulator)} after "
                f"{method}; it is declared {self._codec.data_type}: {mismatch.reason}.",
                hint="Make it of the declared type, or declare another accumulator_type.",
                details=self._call.details(None),
            ) from None


def _plain(value: Any) -> Any:
    """The value with the beginning of its lists and maps, and nothing of its views: they may be large."""
    if isinstance(value, ListView):
        return []
    if isinstance(value, MapView):
        return {}
    if isinstance(value, list):
        return [_plain(item) for item in value[:_LOOKED_AT]]
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in list(value.items())[:_LOOKED_AT]}
    if isinstance(value, (tuple, Row)):
        return tuple(map(_plain, value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return tuple(_plain(getattr(value, field.name)) for field in dataclasses.fields(value))
    return value
