"""Python values as constants of a query."""

from __future__ import annotations

import base64
import math
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from .._types import DataType
from .._worker.instructions import LiteralArgument
from ..errors import UdfError

_Encoding = tuple[str, Callable[[Any], Any]]

#: By class: the SQL type where none is declared, and the JSON form of the value.
_FORMS: dict[type, _Encoding] = {
    bool: ("BOOLEAN", lambda value: value),
    int: ("BIGINT", lambda value: value),
    float: ("DOUBLE", lambda value: value if math.isfinite(value) else {"$float": str(value)}),
    str: ("STRING", lambda value: value),
    bytes: ("BYTES", lambda value: {"$bytes": base64.b64encode(value).decode()}),
    Decimal: ("DECIMAL(38, 18)", str),
    date: ("DATE", date.isoformat),
    time: ("TIME(6)", time.isoformat),
    datetime: ("TIMESTAMP(6)", lambda value: value.isoformat(" ")),
    type(None): ("STRING", lambda value: value),
}


def constant(name: str, value: Any, declared: DataType | None) -> LiteralArgument:
    """The argument that a literal of the query would be.

    Raises:
        UdfError: UDF_TEST_TYPE for values of other classes.
    """
    form = _FORMS.get(type(value))
    if form is None:
        raise UdfError(
            "UDF_TEST_TYPE",
            f"The argument `{name}` is a {type(value).__name__}, which is no constant of SQL.",
            hint="Constants are bool, int, float, str, bytes, Decimal, date, time, datetime and None.",
        )
    type_text, encode = form
    return LiteralArgument(encode(value), type_text if declared is None else str(declared))
