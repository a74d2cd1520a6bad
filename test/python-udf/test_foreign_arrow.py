"""Arrow data of any origin: read to the last value, and made a table where SQL has such values."""

from __future__ import annotations

import collections
import datetime as dt
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from golden_streams import expected_columns, golden_streams, plain_values

from millstream._client.foreign_arrow import plain_array, plain_batch, sql_type
from millstream._client.tables import write_table
from millstream.errors import SourceError

STREAMS = [pytest.param(stream, golden, id=name) for name, stream, golden in golden_streams()]


@pytest.mark.parametrize(("stream", "golden"), STREAMS)
def test_every_value_of_a_golden_stream_is_read(stream: bytes, golden: dict[str, Any]) -> None:
    for number, batch in enumerate(pa.ipc.open_stream(stream)):
        read = [plain_values(column) for column in plain_batch(batch).columns]
        assert read == expected_columns(golden, number)


def test_golden_streams_are_tables_unless_sql_does_not_hold_a_value_of_them(tmp_path: Path) -> None:
    reasons: collections.Counter[str] = collections.Counter()
    for _, stream, _ in golden_streams():
        try:
            write_table("t", pa.ipc.open_stream(stream), tmp_path / "t.parquet")
            reasons["table"] += 1
        except SourceError as error:
            assert re.match(
                r"Column `f\d+` of table `t` \(.+\) has a value that .+ does not hold: ", str(error)
            )
            reasons[_REASON.search(str(error))[0]] += 1  # type: ignore[index]

    assert reasons == {
        "table": 77,
        # Values against the rules of their own Arrow type.
        "does not represent a whole number of days": 3,
        "does not fit in precision of": 5,
        # Values that are finer or wider than those of the SQL type.
        "does not fit in precision 38": 1,
        "from time64[ns] to time64[us] would lose data": 1,
        "from duration[s] to duration[ms] would result in out of bounds": 4,
    }


_REASON = re.compile(
    r"does not represent a whole number of days|does not fit in precision (of|38)|from \S+ to \S+ would "
    r"(lose data|result in out of bounds)"
)


def _layouts() -> dict[str, Any]:
    """The same values in many layouts, with a NULL among them."""
    numbers = [[1, 2], None, [], [3]]
    words = ["a", None, "b", "a"]
    indices = pa.array([1, None, 0, 1], pa.int8())
    return {
        "dictionary": pa.array(words).dictionary_encode(),
        "dictionary of lists": pa.DictionaryArray.from_arrays(indices, pa.array([[5], [6, None]])),
        "runs": pa.RunEndEncodedArray.from_arrays(
            pa.array([1, 3, 4], pa.int16()), pa.array(["x", None, "y"])
        ),
        "list view": pa.array(numbers, pa.list_view(pa.int64())),
        "large list view": pa.array(numbers, pa.large_list_view(pa.int64())),
        "large list": pa.array(numbers, pa.large_list(pa.int64())),
        "fixed list": pa.array([[1, 2], None, [3, 4], [5, None]], pa.list_(pa.int64(), 2)),
        "list of dictionaries": pa.array(
            [words, None, [], ["c"]], pa.list_(pa.dictionary(pa.int8(), pa.string()))
        ),
        "map to views": pa.array(
            [[("k", "v")], None, [], [("l", None)]], pa.map_(pa.string(), pa.string_view())
        ),
        "struct of views": pa.array(
            [{"x": "a"}, None, {"x": None}, {"x": "b"}], pa.struct([("x", pa.string_view())])
        ),
        "text view": pa.array(words, pa.string_view()),
        "large text": pa.array(words, pa.large_string()),
        "decimal of 4 bytes": pa.array([Decimal("1.5"), None, Decimal(2), Decimal(3)], pa.decimal32(5, 2)),
    }


@pytest.mark.parametrize("layout", _layouts())
def test_a_layout_is_taken_apart_also_in_slices(layout: str) -> None:
    array = _layouts()[layout]

    for part in (array, array[1:], array[1:3], array[4:]):
        plain = plain_array(part, part.type)
        plain.validate(full=True)
        assert plain.to_pylist() == part.to_pylist()
        assert plain.type == plain_array(array, array.type).type


@pytest.mark.parametrize("is_dense", [True, False])
def test_a_union_is_a_row_whose_tag_names_the_member(is_dense: bool) -> None:
    codes = pa.array([7, 5, 7], pa.int8())
    if is_dense:
        members = [pa.array([1]), pa.array(["a", None])]
        union = pa.UnionArray.from_dense(
            codes, pa.array([0, 0, 1], pa.int32()), members, ["n", "tag"], [5, 7]
        )
    else:
        members = [pa.array([None, 1, None], pa.int64()), pa.array(["a", None, None])]
        union = pa.UnionArray.from_sparse(codes, members, ["n", "tag"], [5, 7])

    assert str(sql_type(union.type)) == "ROW<`tag` STRING, `n` BIGINT, `tag_1` STRING>"
    for part, rows in ((union, slice(None)), (union[1:], slice(1, None)), (union[3:], slice(0, 0))):
        values = [("tag_1", None, "a"), ("n", 1, None), ("tag_1", None, None)]
        assert plain_values(plain_array(part, part.type)) == values[rows]


@pytest.mark.parametrize(
    ("arrow_type", "text"),
    [
        (pa.uint64(), "DECIMAL(20, 0)"),
        (pa.float16(), "FLOAT"),
        (pa.null(), "STRING"),
        (pa.binary(3), "BINARY(3)"),
        (pa.decimal256(50, 5), "DECIMAL(38, 5)"),
        (pa.decimal128(5, -2), "DECIMAL(7, 0)"),
        (pa.month_day_nano_interval(), "ROW<`months` INT, `days` INT, `nanoseconds` BIGINT>"),
        (
            pa.struct([("", pa.int8()), ("a", pa.int8()), ("a", pa.int8())]),
            "ROW<`f0` TINYINT, `a` TINYINT, `a_1` TINYINT>",
        ),
    ],
)
def test_a_column_has_the_sql_type_that_holds_its_values(arrow_type: pa.DataType, text: str) -> None:
    assert str(sql_type(arrow_type)) == text


@pytest.mark.parametrize(
    ("array", "cast"),
    [
        (pa.array([1], pa.time64("ns")), pa.int64()),
        (pa.array([1], pa.duration("us")), pa.int64()),
        (pa.array([1], pa.int64()).view(pa.date64()), pa.timestamp("ms")),
        (pa.array([10**45], pa.decimal256(50, 2)), pa.string()),
    ],
)
def test_a_value_that_sql_does_not_hold_is_refused_with_the_cast_that_loses_nothing(
    array: Any, cast: pa.DataType, tmp_path: Path
) -> None:
    with pytest.raises(SourceError) as refused:
        write_table("t", pa.table({"c": array}), tmp_path / "t.parquet")
    write_table("t", pa.table({"c": array.cast(cast)}), tmp_path / "t.parquet")

    assert refused.value.code == "REGISTER_TYPE"
    assert {"int64": "pa.int64()", "string": "pa.string()"}.get(str(cast), 'pa.timestamp("ms")') in str(
        refused.value
    )


def test_bytes_that_break_the_rules_of_arrow_are_refused_and_not_read(tmp_path: Path) -> None:
    offsets = pa.array([0, 1000, 1], pa.int32()).buffers()[1]
    beyond = pa.Array.from_buffers(pa.string(), 2, [None, offsets, pa.py_buffer(b"x")])

    with pytest.raises(SourceError, match="Column `c` of table `t`"):
        write_table("t", pa.table({"c": beyond}), tmp_path / "t.parquet")


def test_a_null_in_a_field_without_nulls_is_refused(tmp_path: Path) -> None:
    schema = pa.schema([pa.field("c", pa.int64(), nullable=False)])
    missing = pa.Table.from_arrays([pa.array([1, None])], schema=schema)

    with pytest.raises(SourceError, match="its Arrow field says that it has none"):
        write_table("t", missing, tmp_path / "t.parquet")


def test_durations_of_every_unit_are_milliseconds(tmp_path: Path) -> None:
    units = {unit: pa.array([dt.timedelta(seconds=2)], pa.duration(unit)) for unit in ("s", "ms", "us", "ns")}

    columns = write_table("t", pa.table(units), tmp_path / "t.parquet")

    assert {str(data_type) for _, data_type in columns} == {"INTERVAL DAY TO SECOND(3)"}
    assert pq.read_table(tmp_path / "t.parquet").to_pylist() == [dict.fromkeys(units, 2000)]
