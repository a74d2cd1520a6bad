"""Reads SQL type text as core/types/parse-type-text.ts does: Flink's words and their synonyms."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from .._near_names import did_you_mean
from ..errors import ErrorDetails, UdfError
from .data_type import MAX_LENGTH, DataType, RowField


@lru_cache(maxsize=1024)
def parse_type(text: str) -> DataType:
    """The type that `text` names.

    >>> str(parse_type("row(a integer, b varchar(2147483647) array not null)"))
    'ROW<`a` INT, `b` ARRAY<STRING> NOT NULL>'

    Raises:
        UdfError: UDF_TYPE with the place in `text`, where it is not a type.
    """
    reader = _Reader(text)
    data_type = _read_type(reader)
    reader.expect_end()
    return data_type


_SIMPLE = {
    word: word
    for word in ("BOOLEAN", "TINYINT", "SMALLINT", "INT", "BIGINT", "FLOAT", "DOUBLE", "STRING", "BYTES",
                 "DATE", "NULL")
} | {"INTEGER": "INT"}  # fmt: skip


def _read_type(reader: _Reader) -> DataType:
    data_type = _read_single(reader)
    while True:
        if reader.word("NOT"):
            reader.words("NULL")
            data_type = data_type.not_null()
        elif reader.word("NULL"):
            data_type = data_type.as_nullable()
        elif reader.word("ARRAY"):
            data_type = DataType("ARRAY", element=data_type)
        elif reader.word("MULTISET"):
            data_type = DataType("MULTISET", element=data_type)
        else:
            return data_type


def _read_single(reader: _Reader) -> DataType:
    at = reader.position
    word = reader.any_word()
    if word in _SIMPLE:
        if word == "DOUBLE":
            reader.word("PRECISION")
        return DataType(_SIMPLE[word])
    if word in _PARAMETRIC:
        return _PARAMETRIC[word](reader)
    raise reader.error(f"unknown type {word}", did_you_mean(word, [*_SIMPLE, *_PARAMETRIC]), at)


def _text(fixed: str, varying: str, unbounded: str) -> Callable[[_Reader], DataType]:
    def read(reader: _Reader) -> DataType:
        kind = varying if reader.word("VARYING") else fixed
        (length,) = reader.parameters(1, 1, MAX_LENGTH) or (1,)
        return (
            DataType(unbounded) if kind == varying and length == MAX_LENGTH else DataType(kind, length=length)
        )

    return read


def _decimal(reader: _Reader) -> DataType:
    at = reader.position
    precision, scale, *_ = [*reader.parameters(2, 0, 38), 0] if reader.at_symbol("(") else (10, 0)
    if precision < 1 or scale > precision:
        raise reader.error(
            f"DECIMAL({precision}, {scale}): the precision is 1 to 38, the scale 0 to the precision", None, at
        )
    return DataType("DECIMAL", precision=precision, scale=scale)


def _time(reader: _Reader) -> DataType:
    precision = reader.precision(0)
    if reader.word("WITHOUT"):
        reader.words("TIME", "ZONE")
    return DataType("TIME", precision=precision)


def _timestamp(reader: _Reader) -> DataType:
    precision = reader.precision(6)
    if reader.word("WITHOUT"):
        reader.words("TIME", "ZONE")
    elif reader.word("WITH"):
        reader.words("LOCAL", "TIME", "ZONE")
        return DataType("TIMESTAMP_LTZ", precision=precision)
    return DataType("TIMESTAMP", precision=precision)


def _interval(reader: _Reader) -> DataType:
    at = reader.position
    unit = reader.any_word()
    reader.parameters(2, 0, 9)
    if reader.word("TO"):
        reader.any_word()
        reader.parameters(1, 0, 9)
    if unit in ("YEAR", "MONTH", "QUARTER"):
        return DataType("INTERVAL_YEAR_MONTH")
    if unit in ("WEEK", "DAY", "HOUR", "MINUTE", "SECOND"):
        return DataType("INTERVAL_DAY_TIME")
    raise reader.error(
        f"INTERVAL {unit} is not an interval type",
        "Use INTERVAL YEAR TO MONTH or INTERVAL DAY TO SECOND.",
        at,
    )


def _collection(kind: str) -> Callable[[_Reader], DataType]:
    def read(reader: _Reader) -> DataType:
        reader.symbol("<")
        element = _read_type(reader)
        reader.symbol(">")
        return DataType(kind, element=element)

    return read


def _map(reader: _Reader) -> DataType:
    reader.symbol("<")
    key = _read_type(reader)
    reader.symbol(",")
    value = _read_type(reader)
    reader.symbol(">")
    return DataType("MAP", key=key, value=value)


def _row(reader: _Reader) -> DataType:
    close = ")" if reader.symbol_if("(") else ">"
    if close == ">":
        reader.symbol("<")
    fields: list[RowField] = []
    if reader.symbol_if(close):
        return DataType("ROW")
    while True:
        name = reader.name()
        fields.append(RowField(name, _read_type(reader)))
        reader.comment()
        if not reader.symbol_if(","):
            reader.symbol(close)
            return DataType("ROW", fields=tuple(fields))


_PARAMETRIC: dict[str, Callable[[_Reader], DataType]] = {
    "CHAR": _text("CHAR", "VARCHAR", "STRING"),
    "CHARACTER": _text("CHAR", "VARCHAR", "STRING"),
    "VARCHAR": _text("VARCHAR", "VARCHAR", "STRING"),
    "BINARY": _text("BINARY", "VARBINARY", "BYTES"),
    "VARBINARY": _text("VARBINARY", "VARBINARY", "BYTES"),
    "DECIMAL": _decimal,
    "DEC": _decimal,
    "NUMERIC": _decimal,
    "TIME": _time,
    "TIMESTAMP": _timestamp,
    "TIMESTAMP_LTZ": lambda reader: DataType("TIMESTAMP_LTZ", precision=reader.precision(6)),
    "INTERVAL": _interval,
    "ARRAY": _collection("ARRAY"),
    "MULTISET": _collection("MULTISET"),
    "MAP": _map,
    "ROW": _row,
}

_TOKEN = re.compile(r"\s*(?:(?P<quoted>`(?:[^`]|``)*`)|(?P<string>'(?:[^']|'')*')|(?P<number>\d+)|"
                    r"(?P<word>[^\W\d][\w$]*)|(?P<symbol>\S))")  # fmt: skip


class _Reader:
    """Tokens of one type text with a lookahead of one."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = [(m.lastgroup or "", m[m.lastgroup or 0], m.end()) for m in _TOKEN.finditer(text)]
        self._tokens.append(("end", "", len(text)))
        self._next = 0

    @property
    def position(self) -> int:
        _, token, end = self._tokens[self._next]
        return end - len(token)

    def word(self, word: str) -> bool:
        kind, text, _ = self._tokens[self._next]
        found = kind == "word" and text.upper() == word
        self._next += found
        return found

    def words(self, *words: str) -> None:
        for word in words:
            if not self.word(word):
                raise self._expected(word)

    def any_word(self) -> str:
        return self._take("a type", "word").upper()

    def name(self) -> str:
        token = self._take("a field name", "word", "quoted")
        return token[1:-1].replace("``", "`") if token.startswith("`") else token

    def comment(self) -> None:
        self._next += self._tokens[self._next][0] == "string"

    def at_symbol(self, symbol: str) -> bool:
        return self._tokens[self._next][:2] == ("symbol", symbol)

    def symbol_if(self, symbol: str) -> bool:
        found = self.at_symbol(symbol)
        self._next += found
        return found

    def symbol(self, symbol: str) -> None:
        if not self.symbol_if(symbol):
            raise self._expected(f"'{symbol}'")

    def precision(self, default: int) -> int:
        (precision,) = self.parameters(1, 0, 9) or (default,)
        return precision

    def parameters(self, most: int, least: int, limit: int) -> list[int]:
        """Up to `most` integers in parentheses; empty where there are none."""
        values: list[int] = []
        if not self.symbol_if("("):
            return values
        while True:
            value = int(self._take("a number", "number"))
            if not least <= value <= limit:
                raise self.error(f"{value} is not between {least} and {limit}", None)
            values.append(value)
            if len(values) == most or not self.symbol_if(","):
                self.symbol(")")
                return values

    def expect_end(self) -> None:
        self._take("the end of the type", "end")

    def error(self, message: str, hint: str | None, at: int | None = None) -> UdfError:
        column = (self.position if at is None else at) + 1
        return UdfError(
            "UDF_TYPE",
            f"Type '{self._text}': {message}.",
            hint=hint,
            details=ErrorDetails(line=1, column=column),
        )

    def _take(self, expected: str, *kinds: str) -> str:
        kind, text, _ = self._tokens[self._next]
        if kind not in kinds:
            raise self._expected(expected)
        self._next += 1
        return text

    def _expected(self, expected: str) -> UdfError:
        kind, text, _ = self._tokens[self._next]
        return self.error(f"expected {expected} but found {'the end' if kind == 'end' else repr(text)}", None)
