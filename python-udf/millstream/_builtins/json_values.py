"""JSON_OBJECT, JSON_ARRAY, JSON_STRING and the aggregates: values of SQL as JSON.

A plan tells for each value how it is written, by a word: `string`, `plain` (numbers and booleans), `float`,
`bytes`, `time`, `instant`, `json` (text that is JSON already); `[…]`, `{…}` and `(name:…,…)` are arrays, maps
and rows, whose names are percent-encoded.
"""

from __future__ import annotations

import base64
import datetime
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from .json_text import JsonError, parse, write
from .sql_function import BuiltinError, functions

Convert = Callable[[Any], Any]


def json_object(shapes: str, null: str, *pairs: Any) -> str:
    """An object of keys and values by turns; NULL values are left out where `null` is absent."""
    values = _converted(shapes, pairs[1::2])
    made = {
        key: value
        for key, value in zip(pairs[::2], values, strict=True)
        if value is not None or null == "null"
    }
    return write(made)


def json_array(shapes: str, null: str, *items: Any) -> str:
    """An array of values."""
    return write([value for value in _converted(shapes, items) if value is not None or null == "null"])


def json_string(shape: str, value: Any) -> str | None:
    """One value as JSON."""
    return None if value is None else write(converter(shape)(value))


def json_object_of(shape: str, null: str, keys: list[str | None] | None, values: list[Any] | None) -> str:
    """The object of a group: its keys and its values side by side."""
    convert = converter(shape)
    made: dict[str, Any] = {}
    for key, value in zip(keys or [], values or [], strict=True):
        if key is None:
            raise BuiltinError("JSON_OBJECTAGG: a key is NULL; leave such rows out by WHERE")
        if value is None and null != "null":
            continue
        if key in made:
            raise BuiltinError(f"JSON_OBJECTAGG: the key {key!r} comes twice in a group")
        made[key] = None if value is None else convert(value)
    return write(made)


def json_array_of(shape: str, null: str, values: list[Any] | None) -> str:
    """The array of a group."""
    convert = converter(shape)
    items = [
        None if value is None else convert(value)
        for value in values or []
        if value is not None or null == "null"
    ]
    return write(items)


def _converted(shapes: str, values: tuple[Any, ...]) -> list[Any]:
    converters = _converters(shapes)
    return [
        None if value is None else convert(value) for convert, value in zip(converters, values, strict=True)
    ]


@lru_cache(maxsize=64)
def _converters(shapes: str) -> tuple[Convert, ...]:
    return tuple(converter(shape) for shape in _split(shapes))


@lru_cache(maxsize=64)
def converter(shape: str) -> Convert:
    """What makes a value of a shape one that `json_text.write` writes."""
    if shape[0] == "[":
        item = converter(shape[1:-1])
        return lambda value: [None if x is None else item(x) for x in value]
    if shape[0] == "{":
        item = converter(shape[1:-1])
        return lambda value: {key: None if x is None else item(x) for key, x in value}
    if shape[0] == "(":
        fields = [field.partition(":")[::2] for field in _split(shape[1:-1])]
        converters = [(unquote(name), converter(of)) for name, of in fields]
        return lambda value: {
            name: None if value[name] is None else convert(value[name]) for name, convert in converters
        }
    return _SCALARS[shape]


def _split(shapes: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for i, character in enumerate(shapes):
        depth += (character in "[{(") - (character in "]})")
        if character == "," and depth == 0:
            parts.append(shapes[start:i])
            start = i + 1
    return [*parts, shapes[start:]] if shapes else []


def _time(value: datetime.datetime) -> str:
    text = value.replace(tzinfo=None).isoformat()
    return text.rstrip("0") if "." in text else text


def _json(text: str) -> Any:
    try:
        return parse(text)
    except JsonError as error:
        raise BuiltinError(f"JSON: {text[:100]!r} is no JSON: {error}") from None


def _instant(value: datetime.datetime) -> str:
    return _time(value.astimezone(datetime.timezone.utc)) + "Z"


_SCALARS: dict[str, Convert] = {
    "string": str,
    "plain": lambda value: value,
    "float": float,
    "bytes": lambda value: base64.b64encode(value).decode(),
    "time": _time,
    "instant": _instant,
    "json": _json,
}

FUNCTIONS = functions(
    "VARCHAR",
    json_object=json_object,
    json_array=json_array,
    json_string=json_string,
    json_object_of=json_object_of,
    json_array_of=json_array_of,
)
