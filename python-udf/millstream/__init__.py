"""Millstream runs Python functions inside data pipelines: what functions are written with."""

from ._client import connect
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
    FunctionContext,
    ScalarFunction,
    TableAggregateFunction,
    TableFunction,
    UserDefinedFunction,
)
from .row import Row, RowKind
from .views import ListView, MapView

__version__ = "0.1.0"

__all__ = [
    "AggregateFunction",
    "CancelledError",
    "ConfigurationError",
    "DataTypes",
    "EnvironmentError",
    "ErrorDetails",
    "FunctionContext",
    "FunctionOptions",
    "InternalError",
    "ListView",
    "MapView",
    "MillstreamError",
    "PlanError",
    "ResourceError",
    "Row",
    "RowKind",
    "ScalarFunction",
    "SinkError",
    "SourceError",
    "SqlError",
    "TableAggregateFunction",
    "TableFunction",
    "UdfError",
    "UserDefinedFunction",
    "WorkerError",
    "connect",
    "udaf",
    "udf",
    "udtaf",
    "udtf",
]
