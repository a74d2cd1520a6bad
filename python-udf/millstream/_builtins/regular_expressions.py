"""Java's regular expressions by Python's `re`: patterns that RE2 does not know, or that are no constants."""

from __future__ import annotations

import re
from functools import lru_cache

from .sql_function import BuiltinError, functions, strict

# What only Java has: nothing is guessed about it.
_UNKNOWN = re.compile(r"(?<!\\)(?:\\\\)*(\\[GhHRXQE]|\\p\{(?:java|Is|In)|&&)")
_POSIX = {
    "Lower": "a-z",
    "Upper": "A-Z",
    "Alpha": "a-zA-Z",
    "Digit": "0-9",
    "Alnum": "a-zA-Z0-9",
    "Punct": r"!-/:-@\[-`{-~",
    "XDigit": "0-9a-fA-F",
    "Space": r"\s",
    "Blank": r" \t",
    "ASCII": r"\x00-\x7f",
}


@lru_cache(maxsize=256)
def compiled(pattern: str) -> re.Pattern[str] | None:
    """A pattern of Java; None where it is none."""
    unknown = _UNKNOWN.search(pattern)
    if unknown is not None:
        raise BuiltinError(f"The regular expression {pattern!r} has {unknown[1]!r}, which is not supported")
    try:
        return re.compile(_in_python(pattern), re.ASCII)
    except re.error:
        return None


def _in_python(pattern: str) -> str:
    pattern = re.sub(r"\(\?<([A-Za-z][A-Za-z0-9]*)>", r"(?P<\1>", pattern)
    pattern = re.sub(r"\\k<([A-Za-z][A-Za-z0-9]*)>", r"(?P=\1)", pattern)
    pattern = pattern.replace(r"\Z", r"(?=\n?\Z)").replace(r"\z", r"\Z")
    return re.sub(r"(\[\^?)?\\([pP])\{(\w+)\}(\])?", _posix_class, pattern)


def _posix_class(match: re.Match[str]) -> str:
    opening, letter, name, closing = match.groups()
    characters = _POSIX.get(name)
    if characters is None:
        raise BuiltinError(f"The class \\{letter}{{{name}}} of a regular expression is not supported here")
    if opening is None and closing is None:
        return f"[{'^' if letter == 'P' else ''}{characters}]"
    return f"{opening or ''}{characters}{closing or ''}"


def regexp(text: str, pattern: str) -> bool:
    """True where the pattern matches somewhere; an empty one and one that is none never do."""
    found = compiled(pattern) if pattern else None
    return found is not None and found.search(text) is not None


def regexp_extract(text: str, pattern: str, group: int) -> str | None:
    """What a group of the first match has."""
    found = compiled(pattern)
    if found is None or not 0 <= group <= found.groups:
        return None
    match = found.search(text)
    return None if match is None else match[group]


def regexp_extract_all(text: str, pattern: str, group: int) -> list[str | None] | None:
    """What a group of each match has."""
    found = compiled(pattern)
    if found is None or not 0 <= group <= found.groups:
        return None
    return [match[group] for match in found.finditer(text)]


def regexp_replace(text: str, pattern: str, put: str) -> str | None:
    """Every match replaced by a text that is taken as it is."""
    found = compiled(pattern)
    return None if found is None else found.sub(lambda _: put, text)


def regexp_count(text: str, pattern: str) -> int | None:
    """The number of matches."""
    found = compiled(pattern)
    return None if found is None else sum(1 for _ in found.finditer(text))


def regexp_instr(text: str, pattern: str) -> int | None:
    """Where the first match begins, counted from 1; 0 where there is none."""
    found = compiled(pattern)
    if found is None:
        return None
    match = found.search(text)
    return 0 if match is None else match.start() + 1


def similar(text: str, pattern: str, escape: str) -> bool:
    """SIMILAR TO with a pattern that is no constant; `escape` is empty where there is none."""
    found = _similar(pattern, escape)
    return found.fullmatch(text) is not None


@lru_cache(maxsize=256)
def _similar(pattern: str, escape: str) -> re.Pattern[str]:
    made, in_class, characters = "", False, iter(pattern)
    for character in characters:
        in_class = in_class or character == "["
        if character == escape:
            made += re.escape(next(characters, ""))
        elif in_class:
            made += character
        elif character in "%_":
            made += "(?s:.*)" if character == "%" else "(?s:.)"
        else:
            made += "\\" + character if character in ".^$\\" else character
        in_class = in_class and character != "]"
    try:
        return re.compile(made)
    except re.error as error:
        raise BuiltinError(f"SIMILAR TO: {pattern!r} is no pattern: {error}") from None


def str_to_map(text: str, pairs: str, parts: str) -> list[tuple[str, str | None]]:
    """Pairs of keys and values between delimiters that are patterns; of equal keys the last one stays."""
    if not text:
        return []
    between, within = compiled(pairs), compiled(parts)
    if between is None or within is None:
        raise BuiltinError(f"STR_TO_MAP: a delimiter is no regular expression: {pairs!r}, {parts!r}")
    entries: dict[str, str | None] = {}
    for pair in between.split(text):
        key, *value = within.split(pair, maxsplit=1)
        entries[key] = value[0] if value else None
    return list(entries.items())


FUNCTIONS = {
    **functions("BOOLEAN", regexp=strict(regexp), similar=strict(similar)),
    **functions("VARCHAR", regexp_extract=strict(regexp_extract), regexp_replace=strict(regexp_replace)),
    **functions("INTEGER", regexp_count=strict(regexp_count), regexp_instr=strict(regexp_instr)),
    **functions("VARCHAR[]", regexp_extract_all=strict(regexp_extract_all)),
    **functions("MAP(VARCHAR, VARCHAR)", str_to_map=strict(str_to_map)),
}
