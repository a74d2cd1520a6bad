"""Floating point numbers as the JVM writes them: `1.0E10`, `1.0E-4`, `0.001`, `Infinity`."""

from __future__ import annotations

import math


def double_text(value: float, digits: str | None = None) -> str:
    """The text of a DOUBLE; `digits` is its shortest Python text where it is no DOUBLE but a FLOAT."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    text = digits or repr(value)
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return text if "." in text and "e" not in text else _plain(text)
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = text.lstrip("-").partition("e")
    whole, _, fraction = mantissa.partition(".")
    shift = int(exponent or 0) + len(whole) - 1
    written = (whole + fraction).rstrip("0")
    leading = len(written) - len(written.lstrip("0"))
    written, shift = written[leading:] or "0", shift - leading
    return f"{sign}{written[0]}.{written[1:] or '0'}E{shift}"


def _plain(text: str) -> str:
    if "e" not in text:
        return text + ".0"
    return format(float(text), "f").rstrip("0")
