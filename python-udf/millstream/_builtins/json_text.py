"""JSON text read and written as Jackson does: numbers keep their digits, keys are written in order."""

from __future__ import annotations

import json
import math
import re
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any

from .java_numbers import double_text


class JsonError(ValueError):
    """The text is no JSON."""


def _number(text: str) -> Decimal:
    value = Decimal(text)
    # A BigDecimal has no negative zero.
    return value if value else value.copy_abs()


def _no_constant(name: str) -> Any:
    raise JsonError(f"{name} is no JSON")


_DECODER = json.JSONDecoder(parse_float=_number, parse_constant=_no_constant)
_SURROGATE = re.compile("[\ud800-\udfff]")


def parse(text: str) -> Any:
    """The first value of a text; what follows it is not looked at. Numbers are int or Decimal."""
    bare = text.lstrip(" \t\r\n")
    try:
        value, end = _DECODER.raw_decode(bare)
    except RecursionError:
        raise JsonError("It is nested too deeply") from None
    except ValueError as error:
        raise JsonError(str(error)) from None
    if not isinstance(value, (dict, list, str)) and end < len(bare) and bare[end] not in " \t\r\n":
        raise JsonError(f"Unexpected {bare[end]!r} after {bare[:end]}")
    return value


def write(value: Any) -> str:
    """A value as compact JSON; a surrogate without its half becomes `?`."""
    text = _text(value)
    return text if text.isascii() else _SURROGATE.sub("?", text)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return encode_basestring(value)
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, dict):
        entries = sorted(value.items())
        return "{" + ",".join(f"{encode_basestring(key)}:{_text(item)}" for key, item in entries) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(_text, value)) + "]"
    if isinstance(value, float):
        return number_text(value)
    return str(value)


def number_text(value: float) -> str:
    """A floating point number: the digits of the JVM as a decimal number, what is none as text."""
    return str(Decimal(double_text(value))) if math.isfinite(value) else f'"{double_text(value)}"'
