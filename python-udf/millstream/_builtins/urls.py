"""PARSE_URL, URL_ENCODE and URL_DECODE, as `java.net.URL`, `URLEncoder` and `URLDecoder` read and write."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote_plus, unquote_to_bytes

from .sql_function import functions, strict

# Schemes that the JVM has a handler for; any other makes the text no URL.
_SCHEMES = {"http", "https", "ftp", "file", "jar", "mailto"}
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_PORT = re.compile(r"(\[[^\]]*\]|[^:\[\]]*)(?::([0-9]*))?")


@lru_cache(maxsize=1024)
def _parts(text: str) -> dict[str, str | None] | None:
    """The parts of a URL by the words of PARSE_URL; None where the text is none."""
    text = text.strip("".join(map(chr, range(33))))
    if text[:4].lower() == "url:":
        text = text[4:]
    match = _SCHEME.match(text)
    if match is None or match[1].lower() not in _SCHEMES:
        return None
    scheme, rest = match[1].lower(), text[match.end() :]
    rest, hash_sign, reference = rest.partition("#")
    if scheme == "jar":
        return _without_host(scheme, rest, reference if hash_sign else None) if "!/" in rest else None
    if scheme == "mailto":
        path, question, query = rest.partition("?")
        return {**_without_host(scheme, path, None), "QUERY": query if question else None, "FILE": rest}
    path, question, query = rest.partition("?")
    authority: str | None = None
    user = host = None
    if path.startswith("//"):
        authority, slash, path = path[2:].partition("/")
        path = slash + path
        split = _host(authority)
        if split is None:
            return None
        user, host = split
    return {
        "PROTOCOL": scheme,
        "AUTHORITY": authority,
        "USERINFO": user,
        "HOST": "" if host is None else host,
        "PATH": path,
        "QUERY": query if question else None,
        "FILE": f"{path}?{query}" if question else path,
        "REF": reference if hash_sign else None,
    }


def _host(authority: str) -> tuple[str | None, str] | None:
    """User information and host; None where the port is none. Two `@` leave neither, as in the JVM."""
    if authority.count("@") > 1:
        return None, ""
    user, at, host = authority.rpartition("@")
    match = _PORT.fullmatch(host)
    return None if match is None else (user if at else None, match[1])


def _without_host(scheme: str, path: str, reference: str | None) -> dict[str, str | None]:
    parts = dict.fromkeys(("AUTHORITY", "USERINFO", "QUERY"))
    return {**parts, "PROTOCOL": scheme, "HOST": "", "PATH": path, "FILE": path, "REF": reference}


def parse_url(text: str, part: str, *key: str) -> str | None:
    """A part of a URL, or with a key the value of that parameter of its query."""
    parts = _parts(text)
    if parts is None:
        return None
    found = parts.get(part)
    if not key:
        return found
    if part != "QUERY" or found is None:
        return None
    match = re.search(f"(?:&|^){re.escape(key[0])}=([^&]*)", found)
    return None if match is None else match[1]


def url_encode(text: str) -> str:
    """The text as a value of a form: `*`, `-`, `.` and `_` stay."""
    return quote_plus(text, safe="*").replace("~", "%7E")


def url_decode(text: str) -> str | None:
    """What an encoded text stands for; NULL where a `%` has not two hexadecimal digits."""
    if re.search("%(?![0-9A-Fa-f]{2})", text):
        return None
    return unquote_to_bytes(text.replace("+", " ")).decode("utf-8", "replace")


FUNCTIONS = functions(
    "VARCHAR", parse_url=strict(parse_url), url_encode=strict(url_encode), url_decode=strict(url_decode)
)
