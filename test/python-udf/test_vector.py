"""Functions that take whole columns: arrow, pandas, numpy."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from execution_support import CallStep, Column, Literal, Step, open_test_stage, scalar

from millstream import UdfError, udf

np = pytest.importorskip("numpy")
pd = pytest.importorskip("pandas")


def run(function: Any, column: list[Any], given: str, result: str, batch: str, **options: Any) -> list[Any]:
    declared = udf(function, result_type=result, batch=batch, **options)
    return [row[1] for row in scalar(declared, [given], result).rows(column)]


def test_arrow_functions_get_the_columns_without_a_copy() -> None:
    seen: list[pa.Array] = []

    def f(x: pa.Array, y: pa.Array) -> pa.Array:
        seen.extend([x, y])
        return pc.add(x, y)

    stage = scalar(udf(f, result_type="DOUBLE", batch="arrow"), ["DOUBLE", "DOUBLE"], "DOUBLE")
    columns = stage.columns([1.0, None], [2.0, 3.0])

    (answer,) = stage.stage.process(columns, 2)

    assert answer.columns.column(0).to_pylist() == [3.0, None]
    assert seen[0].buffers()[1].address == columns[0].buffers()[1].address


@pytest.mark.parametrize(
    ("result", "made", "expected"),
    [
        ("INT", pa.array([1, None], pa.int64()), [1, None]),
        ("DOUBLE", pa.array([1, 2], pa.int32()), [1.0, 2.0]),
        ("STRING", pa.chunked_array([["a"], ["b"]]), ["a", "b"]),
        ("STRING", pa.array(["a", None], pa.large_string()), ["a", None]),
        ("STRING", pa.array(["a", "b"]).dictionary_encode(), ["a", "b"]),
        (
            "DECIMAL(10, 2)",
            pa.array([Decimal("1.225"), Decimal("1.235")]),
            [Decimal("1.22"), Decimal("1.24")],
        ),
        ("TIMESTAMP(3)", pa.array([0, 1], pa.timestamp("ns")), [datetime.datetime(1970, 1, 1)] * 2),
        ("BIGINT", pa.nulls(2), [None, None]),
        ("ARRAY<INT>", pa.array([[1], None], pa.large_list(pa.int64())), [[1], None]),
        ("ROW<a INT>", pa.array([{"a": 1}, None], pa.struct([("a", pa.int64())])), [{"a": 1}, None]),
    ],
)
def test_arrow_results_are_cast_where_nothing_is_lost(result: str, made: Any, expected: list[Any]) -> None:
    assert run(lambda x: made, [1, 2], "INT", result, "arrow") == expected


@pytest.mark.parametrize(
    ("result", "made", "code", "message"),
    [
        ("INT", pa.array([2**40, 1]), "UDF_RETURN_TYPE", "does not fit"),
        ("INT", pa.array([1.0, 2.0]), "UDF_RETURN_TYPE", "a column of double"),
        ("INT", pa.array(["1", "2"]), "UDF_RETURN_TYPE", "a column of string"),
        ("STRING", pa.array([1, 2]), "UDF_RETURN_TYPE", "a column of int64"),
        ("FLOAT", pa.array([1e300, 1.0]), "UDF_RETURN_TYPE", "does not fit"),
        ("TIMESTAMP(3)", pa.array([0, 1], pa.timestamp("us", "UTC")), "UDF_RETURN_TYPE", "has a time zone"),
        ("TIMESTAMP_LTZ(3)", pa.array([0, 1], pa.timestamp("us")), "UDF_RETURN_TYPE", "no time zone"),
        ("INT", [1, 2], "UDF_RETURN_TYPE", "a value of type list, not a pyarrow.Array"),
        ("INT", pa.array([1], pa.int32()), "UDF_RETURN_LENGTH", "1 values for 2 rows"),
        ("INT NOT NULL", pa.array([1, None], pa.int32()), "UDF_NULL_NOT_ALLOWED", "returned None"),
    ],
)
def test_arrow_results_that_do_not_fit_are_refused(result: str, made: Any, code: str, message: str) -> None:
    with pytest.raises(UdfError, match=message) as caught:
        run(lambda x: made, [1, 2], "INT", result, "arrow")

    assert caught.value.code == code


def test_rows_that_are_not_called_are_not_in_the_vectors() -> None:
    seen: list[Any] = []

    def f(x: int, y: pa.Array) -> pa.Array:
        seen.append((x.to_pylist(), y.to_pylist()))  # type: ignore[attr-defined]
        return pc.add(x, pc.fill_null(y, 0))

    step = CallStep("f", [Column(0), Column(1)], "BIGINT", guard=2)
    stage = open_test_stage(
        {"f": udf(f, result_type="BIGINT", batch="arrow")}, ["BIGINT", "BIGINT", "BOOLEAN"], [step]
    )

    rows = stage.rows([1, None, 3, 4], [1, 2, None, 4], [True, True, True, False])

    assert rows == [(0, 2), (1, None), (2, 3), (3, None)]
    assert seen == [([1, 3], [1, None])]
    assert stage.rows([1], [1], [False]) == [(0, None)]
    assert len(seen) == 1


def test_constants_are_vectors_but_for_pandas() -> None:
    def kinds(batch: str) -> list[str]:
        seen: list[str] = []

        def f(x: Any, c: Any) -> Any:
            seen.extend([type(x).__name__, type(c).__name__])
            return x

        step = CallStep("f", [Column(0), Literal(2, "INT")], "INT")
        open_test_stage({"f": udf(f, result_type="INT", batch=batch)}, ["INT"], [step]).rows([1])  # type: ignore[call-overload]
        return seen

    assert kinds("arrow") == ["Int32Array", "Int32Array"]
    assert kinds("numpy") == ["ndarray", "ndarray"]
    assert kinds("pandas") == ["Series", "int"]


def test_row_and_vector_functions_chain() -> None:
    functions = {
        "row": udf(lambda x: None if x == 2 else x + 1, result_type="INT"),
        "vector": udf(lambda x: pc.multiply(x, 10), result_type="INT", batch="arrow"),
    }
    steps = [
        CallStep("row", [Column(0)], "INT"),
        CallStep("vector", [Step(0)], "INT"),
        CallStep("row", [Step(1)], "INT"),
    ]

    stage = open_test_stage(
        {**functions, "row": udf(lambda x: None if x is None or x == 2 else x + 1, result_type="INT")},
        ["INT"],
        steps,
    )

    assert stage.rows([1, 2]) == [(0, 21), (1, None)]


def test_integers_with_null_never_become_floats() -> None:
    seen: list[Any] = []

    def f(s: Any) -> Any:
        seen.append(str(s.dtype))
        return s + 1

    assert run(f, [2**53 + 1, None], "BIGINT", "BIGINT", "pandas") == [2**53 + 2, None]
    assert run(f, [1, 2], "INT", "INT", "pandas") == [2, 3]
    assert seen == ["Int64", "int32"]

    def g(a: Any) -> Any:
        seen.append((type(a).__name__, a.dtype.name))
        return a + 1

    assert run(g, [2**53 + 1, None], "BIGINT", "BIGINT", "numpy") == [2**53 + 2, None]
    assert seen[-1] == ("MaskedArray", "int64")


def test_pandas_keeps_numbers_and_booleans_with_null_apart_from_nan() -> None:
    def kind(s: Any) -> Any:
        return pd.Series([f"{s.dtype} {s.iloc[0]!r}"] * len(s))

    def of(value: Any, given: str) -> str:
        return str(run(kind, [value, None], given, "STRING", "pandas")[0])

    assert of("a", "STRING") == "object 'a'"
    assert of(b"a", "BYTES") == "object b'a'"
    assert of(datetime.date(2020, 1, 2), "DATE") == "object datetime.date(2020, 1, 2)"
    assert of(Decimal("1.5"), "DECIMAL(3, 1)") == "object Decimal('1.5')"
    assert of(True, "BOOLEAN").startswith("boolean")
    assert of(1.5, "DOUBLE").startswith("Float64")
    assert of(datetime.datetime(2020, 1, 2), "TIMESTAMP(3)").startswith("datetime64")
    assert of([1, 2], "ARRAY<INT>") == "object [1, 2]"


@pytest.mark.parametrize(
    ("result", "made", "expected"),
    [
        ("INT", lambda s: s.where(s != 2), [1, None]),
        ("STRING", lambda s: s.map(lambda i: None if i == 2 else f"x{i}"), ["x1", None]),
        ("DOUBLE", lambda s: (s.astype("Float64") / 2).where(s != 2), [0.5, None]),
        ("DOUBLE", lambda s: pd.Series([0.5, None], dtype=object), [0.5, None]),
        ("BOOLEAN", lambda s: pd.Series([None, True], dtype=object), [None, True]),
        (
            "TIMESTAMP(3)",
            lambda s: pd.to_datetime(s * 1000, unit="ms").where(s != 2),
            [datetime.datetime(1970, 1, 1, 0, 0, 1), None],
        ),
        ("BIGINT", lambda s: pd.Series([5, 6], index=[9, 3]), [5, 6]),
        ("BIGINT", lambda s: pd.Series([1, pd.NA], dtype="Int64"), [1, None]),
        (
            "DATE",
            lambda s: pd.Series([datetime.date(2020, 1, 1), pd.NaT], dtype=object),
            [datetime.date(2020, 1, 1), None],
        ),
        ("DOUBLE", lambda s: s.to_numpy(), [1.0, 2.0]),
        (
            "ROW<a INT, b STRING>",
            lambda s: pd.DataFrame({"b": ["x", None], "a": s}),
            [{"a": 1, "b": "x"}, {"a": 2, "b": None}],
        ),
        (
            "ROW<a INT, b STRING>",
            lambda s: pd.DataFrame({0: s, 1: ["x", None]}),
            [{"a": 1, "b": "x"}, {"a": 2, "b": None}],
        ),
    ],
)
def test_missing_values_of_pandas_are_null_and_frames_go_by_name(
    result: str, made: Any, expected: list[Any]
) -> None:
    assert run(made, [1, 2], "INT", result, "pandas") == expected


@pytest.mark.parametrize(
    ("result", "made", "message"),
    [
        ("INT", lambda s: s + 0.5, "does not fit"),
        ("INT", lambda s: s.astype(str), "a column of|expected int"),
        ("INT", lambda s: 5, "a value of type int, not a pandas.Series"),
        ("INT", lambda s: pd.DataFrame({"a": s}), "which is a ROW"),
        ("STRING", lambda s: pd.Series(["a", 5], dtype=object), "5 of type int in row 1"),
    ],
)
def test_pandas_results_that_do_not_fit_are_refused(result: str, made: Any, message: str) -> None:
    with pytest.raises(UdfError, match=message):
        run(made, [1, 2], "INT", result, "pandas")


def test_numpy_results_keep_nan_and_mask_null() -> None:
    nan = run(lambda a: a * np.nan, [1.0], "DOUBLE", "DOUBLE", "numpy")[0]
    assert nan != nan
    assert run(lambda a: np.ma.array(a, mask=[True, False]), [1, 2], "INT", "INT", "numpy") == [None, 2]
    assert run(lambda a: np.char.upper(a.astype(str)), ["a", "b"], "STRING", "STRING", "numpy") == ["A", "B"]
    assert run(lambda a: a > 1, [1, 2], "INT", "BOOLEAN", "numpy") == [False, True]
    with pytest.raises(UdfError, match="one dimension"):
        run(lambda a: 5, [1], "INT", "INT", "numpy")


@pytest.mark.parametrize("batch", ["arrow", "pandas", "numpy", "polars"])
def test_a_value_that_overflows_is_named_with_its_row(batch: str) -> None:
    package = pytest.importorskip("pyarrow" if batch == "arrow" else batch)
    made = pa.array([1, None, 300])
    results = {
        "arrow": lambda: made,
        "pandas": lambda: pd.Series([1, None, 300], dtype="Int64"),
        "numpy": lambda: np.ma.array([1, 2, 300], mask=[False, True, False]),
        "polars": lambda: package.Series([1, None, 300]),
    }
    step = CallStep("f", [Column(0)], "TINYINT", guard=1)
    declared = udf(lambda _: results[batch](), result_type="TINYINT", batch=batch)  # type: ignore[call-overload]
    stage = open_test_stage({"f": declared}, ["INT", "BOOLEAN"], [step])

    with pytest.raises(
        UdfError, match="returned 300 of type int in row 3.*does not fit into TINYINT"
    ) as caught:
        stage.rows([0, 0, 0, 0], [True, False, True, True])

    assert (caught.value.code, caught.value.details.row) == ("UDF_RETURN_TYPE", 3)


def test_inner_values_of_vectors_are_named_too() -> None:
    made = pa.array([[{"a": 1}], [{"a": 2}, {"a": 2**40}]])
    with pytest.raises(
        UdfError, match="in row 1.*element 1 is .*field `a` is 1099511627776: it does not fit"
    ):
        run(lambda x: made, [1, 2], "INT", "ARRAY<ROW<a INT>>", "arrow")
    with pytest.raises(UdfError, match="element 0 is None: its type is INT NOT NULL"):
        run(lambda x: pa.array([[1], [None]]), [1, 2], "INT", "ARRAY<INT NOT NULL>", "arrow")
    with pytest.raises(UdfError, match="field `a` is None, its type is INT NOT NULL"):
        run(lambda x: pa.array([{"a": None}, None]), [1, 2], "INT", "ROW<a INT NOT NULL>", "arrow")


def test_encodings_of_arrow_results_are_undone_at_every_level() -> None:
    text = pa.array(["a", "b", "a"])
    lists = pa.ListArray.from_arrays([0, 2, 3], text.dictionary_encode())
    fixed = pa.array([[1, 2], [3, 4]], pa.list_(pa.int64(), 2))
    sliced = pa.array([[9], [1, 2], [3]], pa.large_list(pa.int64())).slice(1)

    assert run(lambda x: lists, [1, 2], "INT", "ARRAY<STRING>", "arrow") == [["a", "b"], ["a"]]
    assert run(lambda x: fixed, [1, 2], "INT", "ARRAY<INT>", "arrow") == [[1, 2], [3, 4]]
    assert run(lambda x: sliced, [1, 2], "INT", "ARRAY<INT>", "arrow") == [[1, 2], [3]]


def test_numpy_results_of_two_dimensions_are_arrays() -> None:
    assert run(lambda a: np.stack([a, a * 2], 1), [1, 2], "INT", "ARRAY<BIGINT>", "numpy") == [[1, 2], [2, 4]]


def test_an_exception_on_a_batch_is_the_users() -> None:
    with pytest.raises(UdfError, match="on a batch of 2 rows, from row 0 to row 1: AttributeError") as caught:
        run(lambda x: x.nothing, [1, 2], "INT", "INT", "arrow")

    assert (caught.value.code, caught.value.details.row) == ("UDF_EXCEPTION", None)


def test_a_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "polars", None)

    with pytest.raises(UdfError, match="Install polars") as caught:
        run(lambda x: x, [1], "INT", "INT", "polars")

    assert caught.value.code == "UDF_PACKAGE_MISSING"


def test_polars_series_keep_null_and_types() -> None:
    pl = pytest.importorskip("polars")
    instant = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)

    assert run(lambda s: s + 1, [2**53, None], "BIGINT", "BIGINT", "polars") == [2**53 + 1, None]
    assert run(lambda s: s.str.to_uppercase(), ["a", None], "STRING", "STRING", "polars") == ["A", None]
    assert run(lambda s: s, [instant], "TIMESTAMP_LTZ(3)", "TIMESTAMP_LTZ(3)", "polars") == [instant]
    assert run(lambda s: s, [{"a": 1}], "MAP<STRING, INT>", "MAP<STRING, INT>", "polars") == [[("a", 1)]]
    with pytest.raises(UdfError, match="not a polars.Series"):
        run(lambda s: pl.DataFrame({"a": s}), [1], "INT", "INT", "polars")


@pytest.mark.parametrize("batch", ["arrow", "pandas", "numpy"])
def test_an_error_on_a_batch_of_one_row_names_the_row_and_its_values(batch: Any) -> None:
    if batch != "arrow":
        pytest.importorskip(batch)

    @udf(result_type="INT", batch=batch, batch_rows=1)
    def f(n: Any, text: Any) -> Any:
        raise ValueError("no")

    with pytest.raises(UdfError, match=r"failed in row 0 for \(n=1, text='a'\): ValueError: no") as caught:
        scalar(f, ["INT", "STRING"], "INT").rows([1, 2], ["a", "b"])
    assert caught.value.details.row == 0
