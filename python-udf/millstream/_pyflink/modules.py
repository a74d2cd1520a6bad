"""Which names the modules of the shim have."""

from __future__ import annotations

from types import ModuleType

from .. import data_types, functions, metrics, row, views
from .._near_names import did_you_mean
from .._types import DataType, RowField
from . import decorators

_TYPES = {"DataTypes": data_types.DataTypes, "DataType": DataType, "RowField": RowField, "Row": row.Row}

_FUNCTIONS = {
    "udf": decorators.udf,
    "udtf": decorators.udtf,
    "udaf": decorators.udaf,
    "udtaf": decorators.udtaf,
    "UserDefinedFunction": functions.UserDefinedFunction,
    "ScalarFunction": functions.ScalarFunction,
    "TableFunction": functions.TableFunction,
    "AggregateFunction": functions.AggregateFunction,
    "TableAggregateFunction": functions.TableAggregateFunction,
    "FunctionContext": functions.FunctionContext,
}

_CLASSES = {name: value for name, value in _FUNCTIONS.items() if name[0].isupper()}

_VIEWS = {"ListView": views.ListView, "MapView": views.MapView}

_ROWS = {"Row": row.Row, "RowKind": row.RowKind}

_METRICS = {
    "Counter": metrics.Counter,
    "Distribution": metrics.Distribution,
    "Meter": metrics.Meter,
    "MetricGroup": metrics.MetricGroup,
}

#: Names by module, as PyFlink has them.
MODULES: dict[str, dict[str, object]] = {
    "pyflink": {},
    "pyflink.common": dict(_ROWS),
    "pyflink.common.types": dict(_ROWS),
    "pyflink.metrics": dict(_METRICS),
    "pyflink.table": {**_TYPES, **_CLASSES, **_VIEWS, **_ROWS},
    "pyflink.table.types": dict(_TYPES),
    "pyflink.table.udf": {**_FUNCTIONS, **_VIEWS, "DataTypes": data_types.DataTypes},
    "pyflink.table.data_view": dict(_VIEWS),
}


def fill_module(module: ModuleType) -> None:
    """Gives a new module its names, and an error with near names for others."""
    names = MODULES[module.__name__]
    vars(module).update(names)
    vars(module)["__all__"] = sorted(names)

    def missing(name: str) -> object:
        if name.startswith("__") or f"{module.__name__}.{name}" in MODULES:
            raise AttributeError(name)
        raise missing_name(f"{module.__name__}.{name}")

    vars(module)["__getattr__"] = missing


def missing_name(fullname: str) -> ImportError:
    """The error for a module or name of PyFlink that the shim does not have."""
    module, _, name = fullname.rpartition(".")
    near = did_you_mean(name, MODULES.get(module, {})) or "Install apache-flink where the file needs it."
    return ImportError(
        f"PyFlink is not installed, and Millstream's stand-in for {module} has no `{name}`. {near}"
    )
