"""Objects of a PyFlink that is installed: its types and declared functions as ours; never imported here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._definition import Definition, FunctionKind
from .._types import DataType, RowField, parse_type
from ..errors import UdfError

FUNCTIONS_MODULE = "pyflink.table.udf"

_KINDS: dict[str, FunctionKind] = {
    "ScalarFunction": "scalar",
    "AsyncScalarFunction": "scalar",
    "TableFunction": "table",
    "AggregateFunction": "aggregate",
    "TableAggregateFunction": "table_aggregate",
}


def installed_definition(declared: Any) -> Definition | None:
    """The definition of what PyFlink's `udf`, `udtf`, `udaf`, `udtaf` gave, or of an instance or subclass of
    its function classes; None for other objects."""
    of_class = declared if isinstance(declared, type) else type(declared)
    if of_class.__module__ == FUNCTIONS_MODULE and hasattr(declared, "_func"):
        return _of_wrapper(declared)
    for base in of_class.__mro__:
        if base.__module__ == FUNCTIONS_MODULE and base.__name__ in _KINDS:
            return _definition(declared, _KINDS[base.__name__], None, None, None, None, None)
    return None


def is_function_object(target: Any) -> bool:
    """True for instances of PyFlink's function classes, which have `open` and `close`."""
    return any(base.__module__ == FUNCTIONS_MODULE for base in type(target).__mro__)


def sql_type(given: Any) -> DataType:
    """A type as PyFlink's object, ours, or text.

    Raises:
        UdfError: UDF_TYPE where SQL has no such type.
    """
    if isinstance(given, DataType):
        return given
    if isinstance(given, str):
        return parse_type(given)
    name = type(given).__name__
    made = _made(name, given)
    if made is None:
        raise UdfError(
            "UDF_TYPE",
            f"PyFlink's {name} has no SQL type here.",
            hint="Declare one of the types in docs/types.md.",
        )
    return made if getattr(given, "_nullable", True) or name.endswith("ViewType") else made.not_null()


def _of_wrapper(wrapper: Any) -> Definition:
    if hasattr(wrapper, "_is_table_aggregate"):
        kind: FunctionKind = "table_aggregate" if wrapper._is_table_aggregate else "aggregate"
    else:
        kind = "table" if hasattr(wrapper, "_result_types") else "scalar"
    types = wrapper._result_types if kind == "table" else wrapper._result_type
    return _definition(
        wrapper._func,
        kind,
        wrapper._input_types,
        types,
        getattr(wrapper, "_accumulator_type", None),
        wrapper._deterministic,
        wrapper._func_type,
    )


def _definition(
    target: Any,
    kind: FunctionKind,
    input_types: Any,
    result: Any,
    accumulator: Any,
    deterministic: bool | None,
    func_type: str | None,
) -> Definition:
    return Definition(
        kind=kind,
        target=target,
        input_types=None if not input_types else tuple(map(sql_type, _listed(input_types))),
        result_type=None if result is None else _result(kind, result),
        accumulator_type=None if accumulator is None else sql_type(accumulator),
        deterministic=deterministic is not False,
        batch="pandas" if func_type == "pandas" else None,
        name=None,
        called_with_none=True,
    )


def _result(kind: FunctionKind, result: Any) -> DataType:
    if kind not in ("table", "table_aggregate"):
        return sql_type(result)
    columns = [sql_type(given) for given in _listed(result)]
    if len(columns) == 1 and columns[0].kind == "ROW" and not isinstance(result, (list, tuple)):
        return columns[0]
    return DataType("ROW", fields=tuple(RowField(f"f{i}", column) for i, column in enumerate(columns)))


def _listed(given: Any) -> Sequence[Any]:
    return given if isinstance(given, (list, tuple)) else [given]


_SIMPLE = {
    "NullType": "NULL", "BooleanType": "BOOLEAN", "TinyIntType": "TINYINT", "SmallIntType": "SMALLINT",
    "IntType": "INT", "BigIntType": "BIGINT", "FloatType": "FLOAT", "DoubleType": "DOUBLE",
    "DateType": "DATE", "DayTimeIntervalType": "INTERVAL_DAY_TIME",
    "YearMonthIntervalType": "INTERVAL_YEAR_MONTH",
}  # fmt: skip

_SIZED = {"CharType": "CHAR", "VarCharType": "VARCHAR", "BinaryType": "BINARY", "VarBinaryType": "VARBINARY"}

_TIMED = {"TimeType": "TIME", "TimestampType": "TIMESTAMP", "LocalZonedTimestampType": "TIMESTAMP_LTZ"}


def _made(name: str, given: Any) -> DataType | None:
    if name in _SIMPLE:
        return DataType(_SIMPLE[name])
    if name in _SIZED:
        return parse_type(f"{_SIZED[name]}({given.length})")
    if name in _TIMED:
        return DataType(_TIMED[name], precision=given.precision)
    match name:
        case "DecimalType":
            return DataType("DECIMAL", precision=given.precision, scale=given.scale)
        case "ArrayType" | "MultisetType":
            return DataType(
                "ARRAY" if name == "ArrayType" else "MULTISET", element=sql_type(given.element_type)
            )
        case "ListViewType":
            return DataType("ARRAY", element=sql_type(given._element_type))
        case "MapType":
            return DataType("MAP", key=sql_type(given.key_type), value=sql_type(given.value_type))
        case "MapViewType":
            return DataType("MAP", key=sql_type(given._key_type), value=sql_type(given._value_type))
        case "RowType":
            fields = tuple(RowField(field.name, sql_type(field.data_type)) for field in given.fields)
            return DataType("ROW", fields=fields)
        case _:
            return None
