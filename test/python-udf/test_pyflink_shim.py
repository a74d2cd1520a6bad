"""Files written for PyFlink, where it is not installed."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from execution_support import CallStep, Column, open_test_stage, scalar

import millstream
from millstream import UdfError, _pyflink
from millstream._describe import describe
from millstream._execution import load_functions


@pytest.fixture(autouse=True)
def shim() -> Iterator[None]:
    finders, modules = list(sys.meta_path), set(sys.modules)
    _pyflink.install()
    yield
    sys.meta_path[:] = finders
    for name in [n for n in sys.modules if n not in modules or n.partition(".")[0] == "pyflink"]:
        del sys.modules[name]


FILE = """
from pyflink.common import Row, RowKind
from pyflink.common.types import Row as SameRow
from pyflink.table import AggregateFunction, DataTypes, FunctionContext, ListView, MapView, ScalarFunction
from pyflink.table.data_view import ListView as SameView
from pyflink.table.types import DataType
from pyflink.table.udf import TableFunction, udaf, udf, udtaf, udtf
import pyflink.table.udf

@udf(input_types=[DataTypes.BIGINT()], result_type=DataTypes.BIGINT())
def add_one(i: int):
    return None if i is None else i + 1

shout = udf(lambda s: s.upper(), [DataTypes.STRING()], 'STRING')
split = udtf(lambda s: s.split(), DataTypes.STRING(), [DataTypes.STRING()])
mean = udaf(lambda v: v.mean(), result_type=DataTypes.DOUBLE(), func_type='pandas')
old = udf(lambda s: s, result_type=DataTypes.INT(), udf_type='pandas')
"""


def test_a_file_written_for_pyflink_imports_unchanged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "written_for_pyflink.py").write_text(FILE)
    monkeypatch.syspath_prepend(str(tmp_path))
    names = ["add_one", "shout", "split", "mean", "old"]

    loaded = load_functions([str(tmp_path)], [(name, f"written_for_pyflink.{name}") for name in names])

    assert [(f.declaration["kind"], f.declaration["batch"], f.declaration["result"]) for f in loaded] == [
        ("scalar", None, "BIGINT"),
        ("scalar", None, "STRING"),
        ("table", None, "ROW<`f0` STRING>"),
        ("aggregate", "pandas", "DOUBLE"),
        ("scalar", "pandas", "INT"),
    ]
    module: Any = sys.modules["written_for_pyflink"]
    assert module.Row is module.SameRow is millstream.Row
    assert module.ListView is module.SameView is millstream.ListView
    assert module.shout("a") == "A"


def pyflink_udf(function: Any, **options: Any) -> Any:
    from pyflink.table.udf import udf

    return udf(function, **options)


def test_functions_of_the_shim_are_called_with_none() -> None:
    def f(x: int) -> str:
        return repr(x)

    declared = pyflink_udf(f, result_type="STRING")

    assert describe("f", declared)["parameters"][0]["nullable"] is True
    assert scalar(declared, ["BIGINT"], "STRING").rows([1, None]) == [(0, "1"), (1, "None")]


def test_values_look_as_in_pyflink() -> None:
    probe = pyflink_udf(lambda v: f"{type(v).__name__} {v!r}", result_type="STRING")

    def of(given: str, value: Any) -> str:
        return str(scalar(probe, [given], "STRING", time_zone="Asia/Shanghai").rows([value])[0][1])

    instant = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    assert of("ROW<x INT, y STRING>", (1, "a")) == "Row Row(x=1, y='a')"
    assert of("TIME(0)", datetime.time(12, 34, 56)) == "time datetime.time(12, 34, 56)"
    assert of("ARRAY<BIGINT>", [None, 5]) == "list [None, 5]"
    assert of("MULTISET<STRING>", {"a": 2}) == "dict {'a': 2}"
    assert (
        of("TIMESTAMP(3)", datetime.datetime(1969, 12, 31))
        == "datetime datetime.datetime(1969, 12, 31, 0, 0)"
    )
    assert "datetime.datetime(1970, 1, 1, 8, 0, tzinfo=" in of("TIMESTAMP_LTZ(3)", instant)


def test_naive_results_for_instants_are_in_the_sessions_zone() -> None:
    f = pyflink_udf(lambda v: datetime.datetime(2020, 1, 1, 8), result_type="TIMESTAMP_LTZ(3)")
    stage = scalar(f, ["INT"], "TIMESTAMP_LTZ(3)", time_zone="Asia/Shanghai")

    assert stage.rows([1])[0][1] == datetime.datetime(2020, 1, 1, 8, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_float_series_for_integers_are_cut_as_in_flink() -> None:
    pytest.importorskip("pandas")
    half = pyflink_udf(lambda s: s / 2, result_type="INT", func_type="pandas")

    assert scalar(half, ["INT"], "INT").rows([3, -3, None]) == [(0, 1), (1, -1), (2, None)]


def test_pandas_functions_see_what_pyflink_gives_them() -> None:
    pd = pytest.importorskip("pandas")

    def of(value: Any, given: str) -> str:
        def kind(s: Any) -> Any:
            if isinstance(s, pd.DataFrame):
                return pd.Series([f"DataFrame {list(s.columns)}"] * len(s))
            return pd.Series([f"{s.dtype} {s.iloc[0]!r}"] * len(s))

        declared = pyflink_udf(kind, result_type="STRING", func_type="pandas")
        return str(scalar(declared, [given], "STRING").rows([value, None])[0][1])

    assert of(True, "BOOLEAN") == "object True"
    assert of(1.5, "DOUBLE").startswith("float64")
    assert of(1, "BIGINT").startswith("Int64")
    assert of([1, 2], "ARRAY<INT>") == "object array([1, 2], dtype=int32)"
    assert of((1, "a"), "ROW<x INT, y STRING>") == "DataFrame ['x', 'y']"


def test_nan_of_pandas_is_null_as_in_pyflink() -> None:
    pytest.importorskip("pandas")
    gaps = pyflink_udf(lambda s: (s / 2).where(s != 2), result_type="DOUBLE", func_type="pandas")

    assert scalar(gaps, ["INT"], "DOUBLE").rows([1, 2]) == [(0, 0.5), (1, None)]


def test_constants_of_pandas_functions_are_python_values() -> None:
    pytest.importorskip("pandas")
    from execution_support import Literal

    axpy = pyflink_udf(lambda s, a, b: s * a + b, result_type="DOUBLE", func_type="pandas")
    step = CallStep("f", [Column(0), Literal(2, "INT"), Literal("0.5", "DECIMAL(2, 1)")], "DOUBLE")
    text = pyflink_udf(lambda s, a: s + a, result_type="STRING", func_type="pandas")
    join = CallStep("f", [Column(0), Literal("!", "STRING")], "STRING")

    with pytest.raises(UdfError):
        open_test_stage({"f": axpy}, ["DOUBLE"], [step]).rows([1.0])
    assert open_test_stage({"f": text}, ["STRING"], [join]).rows(["a", None]) == [(0, "a!"), (1, None)]


def test_a_result_type_is_demanded_as_in_pyflink() -> None:
    with pytest.raises(UdfError, match="result_type"):
        pyflink_udf(lambda x: x)


def test_what_needs_a_running_flink_can_be_imported_and_not_used() -> None:
    from pyflink.common import Types, WatermarkStrategy
    from pyflink.datastream import KeyedProcessFunction, StreamExecutionEnvironment
    from pyflink.datastream.connectors.kafka import KafkaSource
    from pyflink.table import StreamTableEnvironment
    from pyflink.table.expressions import col

    class Process(KeyedProcessFunction):  # type: ignore[misc]
        pass

    assert str(Types.ROW([Types.STRING(), Types.BIG_DEC()])) == "ROW<`f0` STRING, `f1` DECIMAL(38, 18)>"
    for use in (
        lambda: StreamTableEnvironment.create(None),
        lambda: StreamExecutionEnvironment.get_execution_environment(),
        lambda: WatermarkStrategy.no_watermarks(),
        lambda: KafkaSource(),
        lambda: col("a"),
        lambda: Process(),
    ):
        with pytest.raises(UdfError, match="needs Apache Flink.*__main__") as caught:
            use()
        assert caught.value.code == "UDF_PYFLINK"


def test_what_the_stand_in_does_not_have_is_named() -> None:
    with pytest.raises(ImportError, match="Did you mean StreamTableEnvironment"):
        from pyflink.table import StreamTableEnviroment  # noqa: F401
    with pytest.raises(ImportError, match="no `gelly`"):
        import pyflink.gelly  # noqa: F401
    with pytest.raises(ImportError, match="Did you mean ScalarFunction"):
        from pyflink.table.udf import ScalarFunctoin  # noqa: F401
    with pytest.raises(AttributeError, match="DataTypes has no BIGNT. Did you mean BIGINT"):
        millstream.DataTypes.BIGNT()


def test_installing_twice_adds_one_hook_and_an_installed_pyflink_wins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = list(sys.meta_path)

    _pyflink.install()

    assert sys.meta_path == before
    monkeypatch.setattr(sys, "meta_path", [f for f in before if type(f).__module__ != _pyflink.__name__])
    monkeypatch.setitem(sys.modules, "pyflink", sys)
    length = len(sys.meta_path)
    _pyflink.install()
    assert len(sys.meta_path) == length
