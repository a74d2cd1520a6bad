"""IS JSON, JSON_EXISTS, JSON_VALUE and JSON_QUERY.

A path may begin with `lax` or `strict`; without either it is strict: what it does not find is an error, which
the clauses ON ERROR decide about, not ON EMPTY.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from .json_path import PathError, compiled
from .json_text import JsonError, parse, write
from .sql_function import BuiltinError, functions, strict

_MODE = re.compile(r"\s*(lax|strict)\s+(.+)", re.IGNORECASE | re.DOTALL)
# What the behaviours of ON EMPTY and ON ERROR of JSON_QUERY stand for.
_CONSTANTS = {"null": None, "empty_array": "[]", "empty_object": "{}"}


def is_json(text: str | None, kind: str) -> bool:
    """True for JSON of a kind: VALUE, OBJECT, ARRAY or SCALAR."""
    if text is None:
        return False
    try:
        value = parse(text)
    except JsonError:
        return False
    if kind == "OBJECT":
        return isinstance(value, dict)
    if kind == "ARRAY":
        return isinstance(value, list)
    return kind == "VALUE" or not isinstance(value, (dict, list))


def _find(text: str, path: str) -> tuple[bool, Any, Exception | None]:
    """Whether the path is lax, what it finds, and why it finds nothing."""
    match = _MODE.fullmatch(path)
    lax = match is not None and match[1].lower() == "lax"
    found = compiled(path if match is None else match[2])
    if isinstance(found, PathError):
        return False, None, found
    try:
        document = parse(text)
        if document is None:
            # There is no path into it, not even a lax one.
            return False, None, PathError("the document is NULL")
        return lax, found.find(document), None
    except (JsonError, PathError) as error:
        return lax, None, None if lax else error


def json_exists(text: str | None, path: str | None, on_error: str) -> bool | None:
    """Whether there is something at the path; a NULL of JSON is nothing."""
    if text is None or path is None:
        return None
    _, value, error = _find(text, path)
    if error is None:
        return value is not None
    if on_error == "error":
        raise BuiltinError(_message("JSON_EXISTS", path, text, error))
    return {"true": True, "false": False}.get(on_error)


def json_value(
    text: str | None,
    path: str | None,
    kind: str,
    on_empty: str,
    empty: str | None,
    on_error: str,
    standard: str | None,
) -> str | None:
    """The scalar at the path as text. `kind` is the type of RETURNING: another JSON type fails."""
    if text is None or path is None:
        return None
    lax, value, error = _find(text, path)
    if error is None and not isinstance(value, (dict, list)) and value is not None:
        return _scalar(value, kind, path, text)
    if error is None and (lax or value is None):
        if lax:
            return _instead("JSON_VALUE", on_empty, empty, path, text, "there is no scalar")
        error = PathError("there is NULL")
    return _instead("JSON_VALUE", on_error, standard, path, text, str(error or "there is no scalar"))


def _instead(name: str, behavior: str, value: str | None, path: str, text: str, why: str) -> str | None:
    if behavior == "error":
        raise BuiltinError(_message(name, path, text, why))
    return value if behavior == "default" else _CONSTANTS[behavior]


_KINDS: dict[str, tuple[type, ...]] = {"BOOLEAN": (bool,), "INT": (int,), "DOUBLE": (Decimal, float)}
_LARGEST_INT = 2**31 - 1


def _scalar(value: Any, kind: str, path: str, text: str) -> str:
    if kind != "STRING":
        fits = isinstance(value, _KINDS[kind]) and (kind == "BOOLEAN" or not isinstance(value, bool))
        if not fits or (kind == "INT" and not -_LARGEST_INT - 1 <= value <= _LARGEST_INT):
            raise BuiltinError(_message("JSON_VALUE", path, text, f"{write(value)} is no {kind}"))
    return value if isinstance(value, str) else write(value)


def json_query(text: str | None, path: str | None, wrapper: str, on_empty: str, on_error: str) -> str | None:
    """The object or array at the path as text."""
    if text is None or path is None:
        return None
    found = _queried(text, path, wrapper, on_empty, on_error)
    return found if found is None or isinstance(found, str) else write(found[0])


def json_query_array(
    text: str | None, path: str | None, wrapper: str, on_empty: str, on_error: str
) -> list[str | None] | None:
    """The array at the path, its elements as text; NULL for an object."""
    if text is None or path is None:
        return None
    found = _queried(text, path, wrapper, on_empty, on_error)
    value = parse(found) if isinstance(found, str) else None if found is None else found[0]
    if not isinstance(value, list):
        return None
    return [x if x is None or isinstance(x, str) else write(x) for x in value]


def _queried(text: str, path: str, wrapper: str, on_empty: str, on_error: str) -> tuple[Any] | str | None:
    """What the path finds in a tuple, or what stands instead."""
    lax, value, error = _find(text, path)
    if error is None and value is not None:
        if wrapper == "unconditional" or (wrapper == "conditional" and not isinstance(value, list)):
            value = [value]
        if isinstance(value, (dict, list)):
            return (value,)
    if error is None and lax:
        return _instead("JSON_QUERY", on_empty, None, path, text, "there is no object and no array")
    return _instead("JSON_QUERY", on_error, None, path, text, str(error or "there is no object and no array"))


def _message(name: str, path: str, text: str, error: Exception | str) -> str:
    shown = text if len(text) <= 100 else text[:100] + "…"
    return f"{name} with the path '{path}' on {shown!r}: {error}"


def json_unquote(text: str) -> str:
    """The text without the quotes around it and with its escapes read, where that is JSON; else as it is."""
    if len(text) < 2 or text[0] != '"' or text[-1] != '"':
        return text
    inner = text[1:-1]
    made = re.sub(r'\\(u[0-9a-fA-F]{4}|["\\/bfnrt])', _unescaped, inner)
    return made.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


def _unescaped(match: re.Match[str]) -> str:
    code = match[1]
    return chr(int(code[1:], 16)) if code[0] == "u" and len(code) > 1 else _ESCAPES.get(code, code)


def json_quote(text: str) -> str:
    """The text as a string of JSON in ASCII."""
    made = write(text)
    return "".join(_quoted(character) for character in made[1:-1]).join('""').replace("/", "\\/")


def _quoted(character: str) -> str:
    if character.isascii():
        return character
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[i : i + 2].hex()}" for i in range(0, len(units), 2))


FUNCTIONS = {
    **functions("BOOLEAN", is_json=is_json, json_exists=json_exists),
    **functions("VARCHAR", json_value=json_value, json_query=json_query),
    **functions("VARCHAR", json_quote=strict(json_quote), json_unquote=strict(json_unquote)),
    **functions("VARCHAR[]", json_query_array=json_query_array),
}
