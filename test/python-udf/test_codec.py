"""Conversions between Arrow columns and Python values."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import math
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_columns import TYPED, same_values

from millstream import Row
from millstream._execution.codec import Dialect, Mismatch, calendar, codec_for
from millstream._types import parse_type

UTC = datetime.timezone.utc


@given(st.data(), TYPED)
def test_any_column_of_any_type_survives_the_way_to_arrow_and_back(data: st.DataObject, typed: Any) -> None:
    data_type, strategy = typed
    values = data.draw(st.lists(strategy, max_size=8))
    start = data.draw(st.integers(0, len(values)))
    codec = codec_for(data_type)

    array = codec.encode(values)

    array.validate(full=True)
    assert array.type == codec.arrow_type
    assert all(map(same_values, values, codec.decode(array)))
    sliced = codec.decode(array.slice(start))
    assert len(sliced) == len(values) - start
    assert all(map(same_values, values[start:], sliced))


@pytest.mark.parametrize(
    ("text", "values", "index", "reason"),
    [
        ("INT", [1, 2**31], 1, "does not fit into INT"),
        ("TINYINT", [None, -129], 1, "does not fit into TINYINT"),
        ("BIGINT", [1, 2.0], 1, "expected int"),
        ("BIGINT", [None, "1"], 1, "expected int"),
        ("DOUBLE", [1.0, "1"], 1, "expected float"),
        ("DOUBLE", [10**400], 0, "does not fit into DOUBLE"),
        ("FLOAT", [1.0, None, 1e300], 2, "does not fit into FLOAT"),
        ("BOOLEAN", [True, 1], 1, "expected bool"),
        ("STRING", ["a", b"b"], 1, "expected str"),
        ("STRING", ["a", None, 3], 2, "expected str"),
        ("STRING", ["\ud800"], 0, "not valid Unicode"),
        ("BYTES", [b"a", "b"], 1, "expected bytes"),
        ("DATE", [datetime.date(2020, 1, 1), datetime.datetime(2020, 1, 1)], 1, "has a time of day"),
        ("TIME(0)", [datetime.time(1, tzinfo=UTC)], 0, "has a time zone"),
        ("TIMESTAMP(3)", [datetime.datetime(2020, 1, 1, tzinfo=UTC)], 0, "has a time zone"),
        ("TIMESTAMP(3)", [datetime.date(2020, 1, 1)], 0, "a naive datetime"),
        ("TIMESTAMP_LTZ(3)", [datetime.datetime(2020, 1, 1)], 0, "has no time zone"),
        ("DECIMAL(4, 2)", [Decimal("99.994"), Decimal("99.995")], 1, "does not fit into DECIMAL(4, 2)"),
        ("DECIMAL(4, 2)", [1.5], 0, "expected decimal.Decimal"),
        ("DECIMAL(4, 2)", [Decimal("NaN")], 0, "has no NaN"),
        ("ARRAY<INT>", [[1], None, [2, "x"]], 2, "element 1 is 'x': expected int"),
        ("ARRAY<INT>", [[1], 5], 1, "expected a list"),
        ("ARRAY<STRING>", ["abc"], 0, "expected a list"),
        ("MAP<STRING, INT>", [{"a": 1}, {None: 2}], 1, "a key is None"),
        ("MAP<STRING, INT>", [{"a": 1, "b": 2.5}], 0, "value 1 is 2.5: expected int"),
        ("ROW<a INT, b STRING>", [(1, "x"), (1,)], 1, "it has 1 fields, expected 2: a, b"),
        ("ROW<a INT, b STRING>", [{"a": 1, "c": 2}], 0, "its keys are ['a', 'c']"),
        ("ROW<a INT, b STRING>", [Row(1, 2)], 0, "field `b` is 2: expected str"),
        ("ROW<a INT>", [7], 0, "expected a Row"),
        (
            "ARRAY<ROW<a INT>>",
            [[], [Row(1), Row("x")]],
            1,
            "element 1 is <Row('x')>: field `a` is 'x': expected int",
        ),
        ("NULL", [None, 1], 1, "expected None"),
    ],
)
def test_a_value_that_does_not_fit_is_named_with_its_index(
    text: str, values: list[Any], index: int, reason: str
) -> None:
    with pytest.raises(Mismatch) as caught:
        codec_for(parse_type(text)).encode(values)

    assert caught.value.index == index
    assert reason in caught.value.reason


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("BIGINT", True, 1),
        ("DOUBLE", 3, 3.0),
        ("FLOAT", 0.1, 0.10000000149011612),
        ("DECIMAL(10, 2)", Decimal("1.225"), Decimal("1.22")),
        ("DECIMAL(10, 2)", Decimal("1.235"), Decimal("1.24")),
        ("DECIMAL(10, 2)", Decimal("1E+3"), Decimal("1000.00")),
        ("DECIMAL(38, 0)", Decimal("9" * 38), Decimal("9" * 38)),
        ("DECIMAL(10, 2)", 7, Decimal("7.00")),
        ("TIMESTAMP(3)", datetime.datetime(1969, 12, 31, 23, 59, 59, 999999), "1969-12-31 23:59:59.999000"),
        ("TIME(0)", datetime.time(1, 2, 3, 456789), "01:02:03.456000"),
        (
            "TIMESTAMP_LTZ(6)",
            datetime.datetime(2020, 6, 1, 2, tzinfo=ZoneInfo("Europe/Paris")),
            "2020-06-01 00:00:00+00:00",
        ),
        ("ARRAY<INT>", (1, None), [1, None]),
        ("ARRAY<INT>", range(2), [0, 1]),
        ("MULTISET<STRING>", collections.Counter("aab"), {"a": 2, "b": 1}),
        ("ROW<a INT, b STRING>", {"b": "x", "a": 1}, Row(a=1, b="x")),
        ("ROW<a INT, b STRING>", Row(b="x", a=1), Row(a=1, b="x")),
        ("ROW<a INT, b STRING>", (1, None), Row(a=1, b=None)),
    ],
)
def test_values_widen_and_round_as_sql_says(text: str, value: Any, expected: Any) -> None:
    codec = codec_for(parse_type(text))

    (result,) = codec.decode(codec.encode([value]))

    assert (str(result) if isinstance(expected, str) else result) == expected


def test_nan_is_not_null() -> None:
    array = codec_for(parse_type("DOUBLE")).encode([math.nan, None])

    assert array.is_null().to_pylist() == [False, True]


def test_rows_are_taken_from_records_of_all_kinds() -> None:
    class Named(NamedTuple):
        a: int
        b: str

    @dataclasses.dataclass
    class Record:
        b: str
        a: int

    codec = codec_for(parse_type("ROW<a INT, b STRING>"))

    assert list(codec.decode(codec.encode([Named(1, "x"), Record("y", 2)]))) == [
        Row(a=1, b="x"),
        Row(a=2, b="y"),
    ]


@pytest.mark.parametrize("wrong", [{"a": 1}, {"a": 1, "b": "x", "c": 2}, {"a": 1, "c": "x"}])
def test_a_dict_among_dicts_that_lacks_a_field_or_has_another_is_named(wrong: dict[str, Any]) -> None:
    with pytest.raises(Mismatch, match="its keys are") as caught:
        codec_for(parse_type("ROW<a INT, b STRING>")).encode([{"b": "y", "a": 1}, None, wrong])

    assert caught.value.index == 2


def test_a_row_is_no_array() -> None:
    with pytest.raises(Mismatch, match="expected a list"):
        codec_for(parse_type("ARRAY<INT>")).encode([Row(1, 2)])


def test_numpy_values_and_arrays_are_taken_as_python_values() -> None:
    np = pytest.importorskip("numpy")

    assert codec_for(parse_type("INT")).encode([np.int64(3), None]).to_pylist() == [3, None]
    assert codec_for(parse_type("DOUBLE")).encode([np.float32(0.5)]).to_pylist() == [0.5]
    assert codec_for(parse_type("ARRAY<INT>")).encode([np.array([1, 2])]).to_pylist() == [[1, 2]]


def test_instants_come_in_the_zone_of_the_dialect_and_naive_ones_are_read_in_it() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    codec = codec_for(parse_type("TIMESTAMP_LTZ(3)"), Dialect(zone=zone, naive_zone=zone))

    (instant,) = codec.decode(codec.encode([datetime.datetime(2020, 1, 1, 8)]))

    assert instant == datetime.datetime(2020, 1, 1, 0, tzinfo=UTC)
    assert instant.tzinfo is zone


def test_columns_that_arrow_cut_out_of_larger_ones_are_read_right() -> None:
    lists = pa.array([[1], [2, 3], None, [4]], pa.list_(pa.field("item", pa.int64()))).slice(1, 2)
    rows = pa.array([{"a": 1}, None, {"a": 3}], pa.struct([("a", pa.int32())])).slice(1)

    assert codec_for(parse_type("ARRAY<BIGINT>")).decode(lists) == [[2, 3], None]
    assert codec_for(parse_type("ROW<a INT>")).decode(rows) == [None, Row(a=3)]


INTS = st.integers(-(2**62), 2**62) | st.integers(-62_135_596_800_000_000, 253_402_300_799_999_999)


@given(
    st.lists(st.none() | INTS, max_size=6), st.lists(st.none() | st.integers(-(2**31), 2**31 - 1), max_size=6)
)
def test_dates_and_times_are_the_same_with_and_without_numpy(micros: list[Any], days: list[Any]) -> None:
    def outcome(convert: Any, counts: list[Any], arrow_type: pa.DataType) -> Any:
        try:
            return convert(pa.array(counts, arrow_type))
        except OverflowError as error:
            return str(error)

    with_numpy = outcome(calendar.datetimes, micros, pa.int64()), outcome(calendar.dates, days, pa.int32())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calendar, "_numpy", lambda: None)
        without = outcome(calendar.datetimes, micros, pa.int64()), outcome(calendar.dates, days, pa.int32())

    assert with_numpy == without
    epoch = datetime.datetime(1970, 1, 1)
    if isinstance(without[0], list):
        assert without[0] == [
            None if m is None else epoch + datetime.timedelta(microseconds=m) for m in micros
        ]
    else:
        assert "years 1 to 9999" in without[0]


def test_nanoseconds_are_cut_downwards_on_the_way_in() -> None:
    array = pa.array([-1, 1001, None], pa.timestamp("ns"))

    assert codec_for(parse_type("TIMESTAMP(9)")).decode(array) == [
        datetime.datetime(1969, 12, 31, 23, 59, 59, 999999),
        datetime.datetime(1970, 1, 1, 0, 0, 0, 1),
        None,
    ]


@pytest.mark.parametrize(
    ("text", "values", "reason"),
    [
        ("ARRAY<INT NOT NULL>", [[1], None, [2, None]], "element 1 is None: its type is INT NOT NULL"),
        ("MAP<STRING, INT NOT NULL>", [{}, None, {"a": None}], "value 0 is None: its type is INT NOT NULL"),
        ("ROW<a INT NOT NULL>", [Row(1), None, Row(None)], "field `a` is None, its type is INT NOT NULL"),
    ],
)
def test_null_is_refused_inside_where_the_type_has_none(text: str, values: list[Any], reason: str) -> None:
    with pytest.raises(Mismatch, match=reason) as caught:
        codec_for(parse_type(text)).encode(values)

    assert caught.value.index == 2


def test_named_tuples_go_by_name_and_multisets_may_be_lists() -> None:
    class Turned(NamedTuple):
        b: str
        a: int

    rows = codec_for(parse_type("ROW<a INT, b STRING>"))
    counts = codec_for(parse_type("MULTISET<STRING>"))

    assert list(rows.decode(rows.encode([Turned("x", 1)]))) == [Row(a=1, b="x")]
    assert list(counts.decode(counts.encode([["a", "b", "a"], ()]))) == [{"a": 2, "b": 1}, {}]


def test_intervals_are_timedeltas_cut_to_milliseconds() -> None:
    codec = codec_for(parse_type("INTERVAL DAY TO SECOND"))

    array = codec.encode([datetime.timedelta(microseconds=-1500), datetime.timedelta(days=1), None])

    assert array.to_pylist() == [-1, 86_400_000, None]
    with pytest.raises(Mismatch, match="expected datetime.timedelta"):
        codec.encode([5])
