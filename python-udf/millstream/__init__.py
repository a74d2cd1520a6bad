"""Millstream runs Python functions inside data pipelines: what functions are written with.

Names are imported when they are first used: a worker, or a script that only connects, loads what it needs.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._client import connect
    from .broadcast_functions import (
        BroadcastContext,
        BroadcastProcessFunction,
        KeyedBroadcastProcessFunction,
        ReadOnlyContext,
    )
    from .context import FunctionContext, Limits, current_context
    from .data_types import DataTypes
    from .decorators import FunctionOptions, udaf, udf, udtaf, udtf
    from .errors import (
        CancelledError,
        ConfigurationError,
        EnvironmentError,
        ErrorDetails,
        InternalError,
        MillstreamError,
        PlanError,
        ResourceError,
        SinkError,
        SourceError,
        SqlError,
        UdfError,
        WorkerError,
    )
    from .functions import (
        AggregateFunction,
        AnalyzeArgument,
        AsyncScalarFunction,
        BatchAggregateFunction,
        ScalarFunction,
        SkipRestOfPartition,
        TableAggregateFunction,
        TableFunction,
        UserDefinedFunction,
    )
    from .keyed_state import (
        AggregatingState,
        AggregatingStateDescriptor,
        BroadcastState,
        ListState,
        ListStateDescriptor,
        MapState,
        MapStateDescriptor,
        ReadOnlyBroadcastState,
        ReducingState,
        ReducingStateDescriptor,
        ValueState,
        ValueStateDescriptor,
    )
    from .metrics import Counter, Distribution, Histogram, Meter, MetricGroup
    from .output_tag import OutputTag
    from .process_functions import Context, KeyedCoProcessFunction, KeyedProcessFunction, TimerService
    from .retry import Retry, RetryAfter
    from .row import Row, RowKind
    from .time_window import TimeWindow
    from .views import ListView, MapView

__version__ = "0.1.0"

__all__ = [
    "AggregateFunction",
    "AggregatingState",
    "AggregatingStateDescriptor",
    "AnalyzeArgument",
    "AsyncScalarFunction",
    "BatchAggregateFunction",
    "BroadcastContext",
    "BroadcastProcessFunction",
    "BroadcastState",
    "CancelledError",
    "ConfigurationError",
    "Context",
    "Counter",
    "DataTypes",
    "Distribution",
    "EnvironmentError",
    "ErrorDetails",
    "FunctionContext",
    "FunctionOptions",
    "Histogram",
    "InternalError",
    "KeyedBroadcastProcessFunction",
    "KeyedCoProcessFunction",
    "KeyedProcessFunction",
    "Limits",
    "ListState",
    "ListStateDescriptor",
    "ListView",
    "MapState",
    "MapStateDescriptor",
    "MapView",
    "Meter",
    "MetricGroup",
    "MillstreamError",
    "OutputTag",
    "PlanError",
    "ReadOnlyBroadcastState",
    "ReadOnlyContext",
    "ReducingState",
    "ReducingStateDescriptor",
    "ResourceError",
    "Retry",
    "RetryAfter",
    "Row",
    "RowKind",
    "ScalarFunction",
    "SinkError",
    "SkipRestOfPartition",
    "SourceError",
    "SqlError",
    "TableAggregateFunction",
    "TableFunction",
    "TimeWindow",
    "TimerService",
    "UdfError",
    "UserDefinedFunction",
    "ValueState",
    "ValueStateDescriptor",
    "WorkerError",
    "connect",
    "current_context",
    "udaf",
    "udf",
    "udtaf",
    "udtf",
]

_MODULES = {
    "connect": "_client",
    "DataTypes": "data_types",
    **dict.fromkeys(("FunctionOptions", "udaf", "udf", "udtaf", "udtf"), "decorators"),
    **dict.fromkeys(
        (
            "AggregateFunction",
            "AnalyzeArgument",
            "AsyncScalarFunction",
            "BatchAggregateFunction",
            "ScalarFunction",
            "SkipRestOfPartition",
            "TableAggregateFunction",
            "TableFunction",
            "UserDefinedFunction",
        ),
        "functions",
    ),
    **dict.fromkeys(("FunctionContext", "Limits", "current_context"), "context"),
    **dict.fromkeys(("Counter", "Distribution", "Histogram", "Meter", "MetricGroup"), "metrics"),
    **dict.fromkeys(
        ("Context", "KeyedCoProcessFunction", "KeyedProcessFunction", "TimerService"), "process_functions"
    ),
    **dict.fromkeys(
        (
            "BroadcastContext",
            "BroadcastProcessFunction",
            "KeyedBroadcastProcessFunction",
            "ReadOnlyContext",
        ),
        "broadcast_functions",
    ),
    **{name: "keyed_state" for name in __all__ if name.endswith(("State", "StateDescriptor"))},
    "OutputTag": "output_tag",
    **dict.fromkeys(("Retry", "RetryAfter"), "retry"),
    **dict.fromkeys(("Row", "RowKind"), "row"),
    "TimeWindow": "time_window",
    **dict.fromkeys(("ListView", "MapView"), "views"),
    **{name: "errors" for name in __all__ if name.endswith("Error") or name == "ErrorDetails"},
}
_SUBMODULES = frozenset(_MODULES.values())


def __getattr__(name: str) -> Any:
    """Imports the module that has a public name, or a public module itself, on first use."""
    if name in _SUBMODULES:
        return importlib.import_module(f".{name}", __name__)
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{_MODULES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
