"""Which names the modules of the shim have: those of PyFlink 2.3 and 1.20."""

from __future__ import annotations

from types import ModuleType

from .. import data_types, functions, metrics, row, views
from .._near_names import did_you_mean
from .._types import DataType, RowField
from . import decorators
from .standin import standin
from .typeinfo import Types

_ROWS = {"Row": row.Row, "RowKind": row.RowKind}

_TYPES = {"DataTypes": data_types.DataTypes, "DataType": DataType, "RowField": RowField, **_ROWS}

_CLASSES = {
    "UserDefinedFunction": functions.UserDefinedFunction,
    "ScalarFunction": functions.ScalarFunction,
    "AsyncScalarFunction": functions.AsyncScalarFunction,
    "TableFunction": functions.TableFunction,
    "AggregateFunction": functions.AggregateFunction,
    "TableAggregateFunction": functions.TableAggregateFunction,
    "FunctionContext": functions.FunctionContext,
}

_DECORATORS = {
    "udf": decorators.udf,
    "udtf": decorators.udtf,
    "udaf": decorators.udaf,
    "udtaf": decorators.udtaf,
}

_VIEWS = {
    "ListView": views.ListView,
    "MapView": views.MapView,
    "DataView": views.DataView,
}

_TYPEINFO = {"Types": Types, "TypeInformation": DataType}

_METRICS = {
    "Counter": metrics.Counter,
    "Distribution": metrics.Distribution,
    "Meter": metrics.Meter,
    "MetricGroup": metrics.MetricGroup,
}

#: Names by module, as PyFlink has them.
MODULES: dict[str, dict[str, object]] = {
    "pyflink": {},
    "pyflink.common": {**_ROWS, **_TYPEINFO},
    "pyflink.common.types": dict(_ROWS),
    "pyflink.common.typeinfo": dict(_TYPEINFO),
    "pyflink.metrics": dict(_METRICS),
    "pyflink.table": {**_TYPES, **_CLASSES, **_VIEWS},
    "pyflink.table.types": dict(_TYPES),
    "pyflink.table.udf": {
        **_DECORATORS,
        **_CLASSES,
        **_VIEWS,
        "ImperativeAggregateFunction": functions.ImperativeAggregateFunction,
        "DataTypes": data_types.DataTypes,
        "DataType": DataType,
    },
    "pyflink.table.data_view": dict(_VIEWS),
    "pyflink.version": {"__version__": "2.3.0"},
}

#: What needs a running Flink, by module.
_NEEDS_FLINK: dict[str, str] = {
    "pyflink.common": "AssignerWithPeriodicWatermarksWrapper ByteArraySchema CompletableFuture ConfigOption "
    "ConfigOptions Configuration DeserializationSchema Duration Encoder ExecutionConfig "
    "InputDependencyConstraint Instant JobClient JobExecutionResult JobID JobStatus RestartStrategies "
    "RestartStrategyConfiguration SerializationSchema SimpleStringSchema Time TypeSerializer "
    "WatermarkStrategy",
    "pyflink.metrics": "Metric",
    "pyflink.table": "AsyncScalarFunction BatchTableEnvironment ChangelogMode CompiledPlan "
    "EnvironmentSettings ExplainDetail Expression FormatDescriptor GroupWindowedTable GroupedTable "
    "Module ModuleEntry OverWindowedTable PlanReference ResultKind Schema SqlDialect StatementSet "
    "StreamTableEnvironment Table TableConfig TableDescriptor TableEnvironment TablePipeline TableResult "
    "TableSchema UserDefinedType WindowGroupedTable",
    "pyflink.table.types": "UserDefinedType",
    "pyflink.table.udf": "AsyncScalarFunction",
}
for _module, _names in _NEEDS_FLINK.items():
    for _name in _names.split():
        MODULES[_module].setdefault(_name, standin(_module, _name))

#: Modules for pipelines alone: each name of them is a stand-in, and so are the modules below them.
_PIPELINES = (
    "pyflink.common.configuration", "pyflink.common.restart_strategy", "pyflink.common.serialization",
    "pyflink.common.time", "pyflink.common.watermark_strategy", "pyflink.datastream", "pyflink.java_gateway",
    "pyflink.ml", "pyflink.table.catalog", "pyflink.table.environment_settings",
    "pyflink.table.explain_detail", "pyflink.table.expression", "pyflink.table.expressions",
    "pyflink.table.schema", "pyflink.table.statement_set", "pyflink.table.table",
    "pyflink.table.table_config", "pyflink.table.table_descriptor", "pyflink.table.table_environment",
    "pyflink.table.window", "pyflink.util",
)  # fmt: skip


def is_for_pipelines(module: str) -> bool:
    """True for modules whose every name needs a running Flink."""
    return module.startswith(tuple(f"{name}." for name in _PIPELINES)) or module in _PIPELINES


def fill_module(module: ModuleType) -> None:
    """Gives a new module its names, and an error with near names for others."""
    whole = is_for_pipelines(module.__name__)
    names = {} if whole else MODULES[module.__name__]
    vars(module).update(names)
    vars(module)["__all__"] = sorted(names)

    def missing(name: str) -> object:
        full = f"{module.__name__}.{name}"
        if name.startswith("__") or full in MODULES or (is_for_pipelines(full) and not whole):
            raise AttributeError(name)
        if not whole:
            raise missing_name(full)
        return vars(module).setdefault(name, standin(module.__name__, name))

    vars(module)["__getattr__"] = missing


def missing_name(fullname: str) -> ImportError:
    """The error for a module or name of PyFlink that the shim does not have."""
    module, _, name = fullname.rpartition(".")
    near = did_you_mean(name, MODULES.get(module, {})) or "Install apache-flink where the file needs it."
    return ImportError(
        f"PyFlink is not installed, and Millstream's stand-in for {module} has no `{name}`. {near}"
    )
