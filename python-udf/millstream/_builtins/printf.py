"""PRINTF, as `java.util.Formatter` writes in the locale of the United States."""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from .java_numbers import double_text
from .sql_function import BuiltinError, functions

_SPECIFIER = re.compile(r"%(\d+\$)?([-#+ 0,(<]*)(\d+)?(\.\d+)?([a-zA-Z%])")
_BITS = {"b": 8, "s": 16, "i": 32, "l": 64}


class _NoMatchError(Exception):
    """The format and its arguments do not go together: the result is NULL."""


def printf(pattern: str | None, kinds: str, *values: Any) -> str | None:
    """The format filled in. `kinds` has a letter for each value: b, s, i, l integers by size, f, d floating,
    t BOOLEAN, o others.
    """
    if pattern is None:
        return None
    made, end, ordinary, last = [], 0, 0, 0
    try:
        for match in _SPECIFIER.finditer(pattern):
            made.append(_literal(pattern[end : match.start()]))
            end = match.end()
            index, flags, width, precision, letter = match.groups()
            if letter in "%n":
                made.append(_padded("\n" if letter == "n" else "%", flags, width))
                continue
            if "<" in flags:
                at = last
            elif index is not None:
                at = int(index[:-1])
            else:
                ordinary += 1
                at = ordinary
            if not 1 <= at <= len(values):
                return None
            last = at
            digits = None if precision is None else int(precision[1:])
            made.append(_formatted(letter, flags, width, digits, kinds[at - 1], values[at - 1]))
        made.append(_literal(pattern[end:]))
    except _NoMatchError:
        return None
    return "".join(made)


def _literal(text: str) -> str:
    if "%" in text:
        raise _NoMatchError
    return text


def _formatted(
    letter: str, flags: str, width: str | None, precision: int | None, kind: str, value: Any
) -> str:
    lower = letter.lower()
    if lower in "s" or lower == "b" or value is None:
        text = _general(lower, kind, value, precision)
        text = text.upper() if letter.isupper() else text
        return _padded(text, flags.replace("0", ""), width)
    if lower in "hat":
        raise BuiltinError(f"PRINTF: %{letter} is not supported")
    if lower in "dox" and kind in _BITS:
        text = _integer(lower, flags, _BITS[kind], value)
    elif lower in "efg" and kind in "fd":
        text = _floating(lower, flags, 6 if precision is None else precision, value)
    elif lower == "c" and kind in _BITS:
        text = chr(value) if 0 <= value < 0x110000 else ""
    else:
        raise _NoMatchError
    text = _signed(text, flags, width) if lower != "c" else _padded(text, flags, width)
    return text.upper() if letter.isupper() else text


def _general(letter: str, kind: str, value: Any, precision: int | None) -> str:
    if letter == "b":
        text = str(bool(value)).lower() if kind == "t" or value is None else "true"
    elif value is None:
        text = "null"
    elif kind == "t":
        text = str(value).lower()
    elif kind in "fd":
        text = double_text(value, None if kind == "d" else _float_digits(value))
    else:
        text = str(value)
    return text if precision is None else text[:precision]


def _float_digits(value: float) -> str:
    import pyarrow as pa

    return str(pa.scalar(value, pa.float32()).cast(pa.string()).as_py())


def _integer(letter: str, flags: str, bits: int, value: int) -> str:
    if letter == "d":
        return format(value, ",") if "," in flags else str(value)
    text = format(value & (1 << bits) - 1, letter)
    return f"{'0x' if letter == 'x' else '0'}{text}" if "#" in flags else text


def _floating(letter: str, flags: str, precision: int, value: float) -> str:
    if not math.isfinite(value):
        return double_text(value)
    exact = Decimal(repr(value))
    if letter == "g":
        precision = precision or 1
        rounded = abs(exact)
        if rounded == 0 or Decimal("1e-4") <= rounded < Decimal(10) ** precision:
            letter, precision = "f", max(0, precision - (1 if rounded == 0 else rounded.adjusted() + 1))
        else:
            letter, precision = "e", precision - 1
    if letter == "e":
        mantissa, _, exponent = _scientific(exact, precision).partition("E")
        return f"{mantissa}e{int(exponent):+03d}"
    quantum = Decimal(1).scaleb(-precision)
    text = format(exact.quantize(quantum, ROUND_HALF_UP), ",f" if "," in flags else "f")
    return "-" + text if value == 0 and math.copysign(1, value) < 0 and not text.startswith("-") else text


def _scientific(value: Decimal, precision: int) -> str:
    if value == 0:
        return f"{Decimal(0).quantize(Decimal(1).scaleb(-precision))}E0"
    shift = value.adjusted()
    scaled = value.scaleb(-shift).quantize(Decimal(1).scaleb(-precision), ROUND_HALF_UP)
    if abs(scaled) >= 10:
        scaled, shift = scaled.scaleb(-1).quantize(Decimal(1).scaleb(-precision), ROUND_HALF_UP), shift + 1
    return f"{scaled:f}E{shift}"


def _signed(text: str, flags: str, width: str | None) -> str:
    negative = text.startswith("-")
    bare = text.lstrip("-")
    before = "" if not negative else "(" if "(" in flags else "-"
    if not negative:
        before = "+" if "+" in flags else " " if " " in flags else ""
    after = ")" if negative and "(" in flags else ""
    if "0" in flags and width is not None and bare[:1].isdigit():
        bare = bare.rjust(int(width) - len(before) - len(after), "0")
    return _padded(before + bare + after, flags, width)


def _padded(text: str, flags: str, width: str | None) -> str:
    if width is None:
        return text
    return text.ljust(int(width)) if "-" in flags else text.rjust(int(width))


FUNCTIONS = functions("VARCHAR", printf=printf)
