"""Which results fit which declared types, in every mode: the outcomes that docs/types.md shows."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa
from execution_support import scalar

from millstream import Row, UdfError, udf
from millstream._execution.codec import codec_for
from millstream._types import parse_type

UTC = datetime.timezone.utc

#: Results by how they are written, in the order of the page.
GIVEN: dict[str, Any] = {
    "None": None,
    "True": True,
    "7": 7,
    "300": 300,
    "2**40": 2**40,
    "2**64": 2**64,
    "1.0": 1.0,
    "1.5": 1.5,
    "nan": float("nan"),
    "inf": float("inf"),
    "1e300": 1e300,
    "Decimal('1.225')": Decimal("1.225"),
    "Decimal('1.235')": Decimal("1.235"),
    "Decimal('99.995')": Decimal("99.995"),
    "'a'": "a",
    "b'a'": b"a",
    "bytearray(b'a')": bytearray(b"a"),
    "UUID(int=1)": uuid.UUID(int=1),
    "date(2020, 1, 2)": datetime.date(2020, 1, 2),
    "time(1, 2, 3, 456789)": datetime.time(1, 2, 3, 456789),
    "time(1, 2, 3, tzinfo=utc)": datetime.time(1, 2, 3, tzinfo=UTC),
    "datetime(2020, 1, 2)": datetime.datetime(2020, 1, 2),
    "datetime(1969, 12, 31, 23, 59, 59, 999999)": datetime.datetime(1969, 12, 31, 23, 59, 59, 999999),
    "datetime(2020, 1, 2, tzinfo=utc)": datetime.datetime(2020, 1, 2, tzinfo=UTC),
    "timedelta(microseconds=-1500)": datetime.timedelta(microseconds=-1500),
    "[1, None]": [1, None],
    "['a', 'b', 'a']": ["a", "b", "a"],
    "[[1], None]": [[1], None],
    "[(1, 'x'), None]": [(1, "x"), None],
    "{'a': 1}": {"a": 1},
    "{'a': [1.5]}": {"a": [1.5]},
    "{'b': 'x', 'a': 1}": {"b": "x", "a": 1},
    "(1, 'x')": (1, "x"),
    "Row(b='x', a=1)": Row(b="x", a=1),
}

DECLARED = (
    "BOOLEAN", "TINYINT", "SMALLINT", "INT", "BIGINT", "FLOAT", "DOUBLE", "DECIMAL(4, 2)", "CHAR(3)",
    "STRING", "BINARY(3)", "BYTES", "DATE", "TIME(3)", "TIME(9)", "TIMESTAMP(3)", "TIMESTAMP(9)",
    "TIMESTAMP_LTZ(3)", "INTERVAL YEAR TO MONTH", "INTERVAL DAY TO SECOND(3)", "ARRAY<INT>",
    "MULTISET<STRING>", "MAP<STRING, INT>", "ROW<a INT, b STRING>", "ARRAY<ARRAY<INT>>",
    "ARRAY<ROW<a INT, b STRING>>", "MAP<STRING, ARRAY<DOUBLE>>",
)  # fmt: skip

#: What has no vector: Python objects that only row functions give (and vectors of objects, by the same code).
ONLY_ROWS = (
    "(1, 'x')", "Row(b='x', a=1)", "{'a': 1}", "{'a': [1.5]}", "{'b': 'x', 'a': 1}", "2**64", "None",
    "bytearray(b'a')", "UUID(int=1)", "time(1, 2, 3, tzinfo=utc)", "[[1], None]", "[(1, 'x'), None]",
)  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """`stored` is the value that the column then has; None: refused with `code` and `message`."""

    stored: str | None
    code: str | None = None
    message: str | None = None


def outcome(mode: str, sql: str, given: str) -> Outcome | None:
    """What becomes of a result; None where the mode has no vector of it."""
    vector = _vector(mode, given)
    if vector is None and mode != "row":
        return None
    function = udf(lambda _: vector, result_type=sql, batch=None if mode == "row" else mode)  # type: ignore[call-overload]
    stage = scalar(function, ["INT"], sql)
    try:
        (answer,) = stage.stage.process(stage.columns([0]), 1)
    except UdfError as error:
        return Outcome(None, error.code, str(error))
    answer.columns.validate(full=True)
    (stored,) = codec_for(parse_type(sql)).decode(answer.columns.column(0))
    return Outcome(written(stored))


def written(value: Any) -> str:
    """A value as the page writes it."""
    text = repr(value).replace("datetime.timezone.utc", "utc").replace("datetime.", "")
    return "NULL" if value is None else text


def _vector(mode: str, given: str) -> Any:
    value = GIVEN[given]
    if mode == "row":
        return value
    if given in ONLY_ROWS:
        return None
    if mode == "arrow":
        return pa.array([value])
    if mode == "pandas":
        import pandas as pd

        return pd.Series([value])
    if mode == "polars":
        import polars as pl

        return pl.Series([value])
    import numpy as np

    if isinstance(value, list):
        return np.array([value]) if None not in value else None
    if isinstance(value, datetime.datetime) and value.tzinfo is None:
        return np.array([value], dtype="datetime64[us]")
    if isinstance(value, datetime.timedelta):
        return np.array([value], dtype="timedelta64[us]")
    return np.array([value], dtype="datetime64[D]") if type(value) is datetime.date else np.array([value])
