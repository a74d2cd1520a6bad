import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream import DataTypes, UdfError
from millstream._types import DataType, RowField, from_arrow, parse_type, to_arrow

SIMPLE = st.sampled_from(
    ["BOOLEAN", "TINYINT", "SMALLINT", "INT", "BIGINT", "FLOAT", "DOUBLE", "STRING", "BYTES", "DATE"]
)
DECIMALS = st.integers(1, 38).flatmap(
    lambda p: st.builds(DataType, st.just("DECIMAL"), precision=st.just(p), scale=st.integers(0, p))
)
TIMES = st.builds(
    DataType, st.sampled_from(["TIME", "TIMESTAMP", "TIMESTAMP_LTZ"]), precision=st.integers(0, 9)
)
TEXTS = st.builds(
    DataType, st.sampled_from(["CHAR", "VARCHAR", "BINARY", "VARBINARY"]), length=st.integers(1, 99)
)
NAMES = st.text(min_size=1, max_size=8)


def _nested(inner: st.SearchStrategy[DataType]) -> st.SearchStrategy[DataType]:
    fields = st.lists(st.builds(RowField, NAMES, inner), max_size=3).map(tuple)
    return st.one_of(
        st.builds(DataType, st.sampled_from(["ARRAY", "MULTISET"]), st.booleans(), element=inner),
        st.builds(DataType, st.just("MAP"), st.booleans(), key=inner, value=inner),
        st.builds(DataType, st.just("ROW"), st.booleans(), fields=fields),
    )


TYPES = st.recursive(
    st.one_of(st.builds(DataType, SIMPLE, st.booleans()), DECIMALS, TIMES, TEXTS), _nested, max_leaves=5
)


@given(TYPES)
def test_the_text_of_a_type_reads_back_to_an_equal_type(data_type: DataType) -> None:
    assert parse_type(str(data_type)) == data_type


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("integer", "INT"),
        ("double precision not null", "DOUBLE NOT NULL"),
        ("numeric", "DECIMAL(10, 0)"),
        ("DEC(5)", "DECIMAL(5, 0)"),
        ("time", "TIME(0)"),
        ("TIMESTAMP", "TIMESTAMP(6)"),
        ("timestamp(3) with local time zone", "TIMESTAMP_LTZ(3)"),
        ("TIMESTAMP(3) WITHOUT TIME ZONE", "TIMESTAMP(3)"),
        ("char", "CHAR(1)"),
        ("character varying (7)", "VARCHAR(7)"),
        ("VARCHAR(2147483647)", "STRING"),
        ("INT ARRAY NOT NULL ARRAY", "ARRAY<ARRAY<INT> NOT NULL>"),
        ("ROW(a INT 'comment', `b c` STRING)", "ROW<`a` INT, `b c` STRING>"),
        ("ROW<>", "ROW<>"),
        ("interval day(3) to second(6)", "INTERVAL DAY TO SECOND(3)"),
        ("INTERVAL YEAR TO MONTH", "INTERVAL YEAR TO MONTH"),
    ],
)
def test_synonyms_are_read_as_flink_reads_them(text: str, expected: str) -> None:
    assert str(parse_type(text)) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("INTT", "unknown type INTT"),
        ("DECIMAL(39, 2)", "39 is not between 0 and 38"),
        ("DECIMAL(3, 4)", "the scale 0 to the precision"),
        ("ARRAY<INT", "expected '>' but found the end"),
        ("ROW<INT>", "expected a type"),
        ("INT INT", "expected the end of the type"),
        ("", "expected a type but found the end"),
    ],
)
def test_a_text_that_is_no_type_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(UdfError) as caught:
        parse_type(text)

    assert caught.value.code == "UDF_TYPE"
    assert message in str(caught.value)
    assert caught.value.details.column is not None


def test_near_type_names_are_listed() -> None:
    with pytest.raises(UdfError, match="Did you mean STRING"):
        parse_type("STRNG")


def test_wire_types_are_those_of_the_core() -> None:
    expected = {
        "TINYINT": pa.int8(),
        "FLOAT": pa.float32(),
        "DECIMAL(12, 3)": pa.decimal128(12, 3),
        "VARCHAR(3)": pa.string(),
        "BYTES": pa.binary(),
        "TIME(0)": pa.time64("us"),
        "TIMESTAMP(3)": pa.timestamp("us"),
        "TIMESTAMP(7)": pa.timestamp("ns"),
        "TIMESTAMP_LTZ(3)": pa.timestamp("us", "UTC"),
        "ARRAY<INT NOT NULL>": pa.list_(pa.field("item", pa.int32())),
        "MULTISET<STRING>": pa.map_(pa.string(), pa.int32()),
        "ROW<`a` INT>": pa.struct([pa.field("a", pa.int32())]),
        "INTERVAL YEAR TO MONTH": pa.int32(),
        "INTERVAL DAY TO SECOND(3)": pa.int64(),
    }

    assert {text: to_arrow(parse_type(text)) for text in expected} == expected


@given(TYPES.filter(lambda t: "MULTISET" not in str(t) and "CHAR" not in str(t) and "BINARY" not in str(t)))
def test_a_wire_type_leads_back_to_a_type_with_the_same_wire_type(data_type: DataType) -> None:
    arrow_type = to_arrow(data_type)

    assert to_arrow(from_arrow(arrow_type)) == arrow_type


def test_an_arrow_type_that_sql_has_not_is_refused() -> None:
    with pytest.raises(UdfError, match="no SQL type"):
        from_arrow(pa.month_day_nano_interval())


def test_data_types_makes_the_types_of_pyflink() -> None:
    row = DataTypes.ROW([DataTypes.FIELD("x", DataTypes.DECIMAL(10, 2, False)), DataTypes.FIELD("y", "INT")])

    assert str(row) == "ROW<`x` DECIMAL(10, 2) NOT NULL, `y` INT>"
    assert str(DataTypes.MAP("STRING", DataTypes.ARRAY(DataTypes.INT()))) == "MAP<STRING, ARRAY<INT>>"
    assert str(DataTypes.TIMESTAMP_WITH_LOCAL_TIME_ZONE(3)) == "TIMESTAMP_LTZ(3)"
    assert str(DataTypes.ROW([DataTypes.INT(), DataTypes.STRING()])) == "ROW<`f0` INT, `f1` STRING>"
    with pytest.raises(UdfError):
        DataTypes.DECIMAL(50, 2)
