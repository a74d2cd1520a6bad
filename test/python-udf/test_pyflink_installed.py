"""Objects of a PyFlink that is installed, by modules of the same names and shapes as those of PyFlink 2.3."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from execution_support import CallStep, Column, open_test_stage, scalar

from millstream import UdfError
from millstream._describe import describe
from millstream._pyflink.installed import sql_type

FUNCTIONS = "pyflink.table.udf"


def real_type(name: str, **attributes: Any) -> Any:
    """An object like those of pyflink.table.types."""
    return (
        type(name, (), {"__module__": "pyflink.table.types"})() if not attributes else _with(name, attributes)
    )


def _with(name: str, attributes: dict[str, Any]) -> Any:
    made = type(name, (), {"__module__": "pyflink.table.types"})()
    vars(made).update(attributes)
    return made


def wrapper(**attributes: Any) -> Any:
    """An object like those that PyFlink's decorators give."""
    made = type("UserDefinedFunctionWrapper", (), {"__module__": FUNCTIONS})()
    vars(made).update(
        {"_input_types": None, "_name": "f", "_deterministic": True, "_func_type": "general", **attributes}
    )
    return made


INT = real_type("IntType", _nullable=True)

Base = type(
    "AggregateFunction", (), {"__module__": FUNCTIONS, "open": lambda s, c: None, "close": lambda s: None}
)


class Total(Base):  # type: ignore[misc, valid-type]
    def create_accumulator(self) -> list[int]:
        return [0]

    def accumulate(self, accumulator: list[int], value: int) -> None:
        accumulator[0] += value or 0

    def get_value(self, accumulator: list[int]) -> int:
        return accumulator[0]

    def get_result_type(self) -> Any:
        return INT


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (INT, "INT"),
        (real_type("BigIntType", _nullable=False), "BIGINT NOT NULL"),
        (real_type("VarCharType", length=2147483647, _nullable=True), "STRING"),
        (real_type("DecimalType", precision=4, scale=2, _nullable=True), "DECIMAL(4, 2)"),
        (real_type("LocalZonedTimestampType", precision=3, _nullable=True), "TIMESTAMP_LTZ(3)"),
        (real_type("DayTimeIntervalType", _nullable=True), "INTERVAL DAY TO SECOND(3)"),
        (real_type("MultisetType", element_type=INT, _nullable=True), "MULTISET<INT>"),
        (real_type("MapViewType", _key_type=INT, _value_type=INT, _nullable=False), "MAP<INT, INT>"),
        (
            real_type("RowType", fields=[SimpleNamespace(name="a", data_type=INT)], _nullable=True),
            "ROW<`a` INT>",
        ),
        ("ARRAY<INT>", "ARRAY<INT>"),
    ],
)
def test_types_of_pyflink_are_read(given: Any, text: str) -> None:
    assert str(sql_type(given)) == text


def test_a_type_that_sql_does_not_have_is_refused() -> None:
    with pytest.raises(UdfError, match="RawType has no SQL type"):
        sql_type(real_type("RawType", _nullable=True))


def test_functions_declared_through_pyflink_run() -> None:
    plus = wrapper(_func=lambda x: -1 if x is None else x + 1, _input_types=[INT], _result_type=INT)
    split = wrapper(_func=str.split, _result_types=["STRING"])
    mean = wrapper(
        _func=lambda v: v.mean(), _func_type="pandas", _result_type="DOUBLE", _is_table_aggregate=False
    )

    assert scalar(plus, ["INT"], "INT").rows([1, None]) == [(0, 2), (1, -1)]
    assert describe("split", split)["result"] == "ROW<`f0` STRING>"
    assert (describe("mean", mean)["kind"], describe("mean", mean)["batch"]) == ("aggregate", "pandas")
    total = wrapper(_func=Total(), _result_type=None, _accumulator_type=None, _is_table_aggregate=False)
    stage = open_test_stage({"f": total}, ["INT"], [CallStep("f", [Column(0)], "INT")], mode="aggregate")
    assert stage.rows([1, None, 4])[-1][1:] == (5,)
    assert describe("plain", Total)["kind"] == "aggregate"


def test_rows_of_pyflink_are_rows() -> None:
    def init(self: Any, **values: Any) -> None:
        self._fields, self._values = [*values], [*values.values()]

    def by_names(self: Any, names: list[str]) -> list[Any]:
        return [self._values[self._fields.index(name)] for name in names]

    row_class: Any = type(
        "Row", (), {"__module__": "pyflink.common.types", "__init__": init, "get_fields_by_names": by_names}
    )
    make = wrapper(_func=lambda x: row_class(b="x", a=x), _result_type="ROW<a INT, b STRING>")

    assert scalar(make, ["INT"], "ROW<a INT, b STRING>").rows([1]) == [(0, {"a": 1, "b": "x"})]
