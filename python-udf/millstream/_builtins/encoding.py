"""Text as bytes of other encodings, Base64 and digests by length."""

from __future__ import annotations

import base64
import binascii
import codecs
import hashlib

from .sql_function import BuiltinError, functions, strict

_DIGESTS = {224: "sha224", 256: "sha256", 384: "sha384", 512: "sha512"}


def encode(text: str, charset: str) -> bytes:
    """The bytes of a text; what the encoding lacks becomes `?`. UTF-16 begins with its mark."""
    name = _codec(charset)
    if name == "utf-16":
        return codecs.BOM_UTF16_BE + text.encode("utf-16-be", "replace")
    return text.encode(name, "replace")


def decode(data: bytes, charset: str) -> str:
    """The text of bytes; what is none becomes U+FFFD."""
    name = _codec(charset)
    if name == "utf-16" and data[:2] not in (codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE):
        name = "utf-16-be"
    return data.decode(name, "replace")


def _codec(charset: str) -> str:
    try:
        return codecs.lookup(charset).name
    except LookupError:
        raise BuiltinError(
            f"There is no character set {charset!r}: US-ASCII, ISO-8859-1, UTF-8, UTF-16BE, "
            "UTF-16LE and UTF-16 are known everywhere"
        ) from None


def from_base64(text: str) -> str:
    """The text whose UTF-8 bytes are written in Base64, with or without its padding."""
    bare = text.rstrip("=") if len(text) % 4 == 0 else text
    try:
        data = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise BuiltinError(f"FROM_BASE64: {text!r} is no Base64") from None
    return data.decode("utf-8", "replace")


def sha2(text: str, bits: int) -> str:
    """The SHA-2 digest of as many bits, in hexadecimal digits."""
    name = _DIGESTS.get(bits)
    if name is None:
        raise BuiltinError(f"SHA2 has no digest of {bits} bits: 224, 256, 384 and 512 are there")
    return hashlib.new(name, text.encode()).hexdigest()


FUNCTIONS = {
    **functions("VARCHAR", decode=strict(decode), from_base64=strict(from_base64), sha2=strict(sha2)),
    **functions("BLOB", encode=strict(encode)),
}
