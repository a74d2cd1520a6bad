"""A function of ours → an object of PyFlink. Imports PyFlink."""

from __future__ import annotations

import asyncio
import inspect
import pickle
from typing import Any

from pyflink.common import Row
from pyflink.table import DataTypes
from pyflink.table.udf import AggregateFunction, ScalarFunction, TableFunction, udaf, udf, udtf

from .._function_spec import FunctionSpec
from ..functions import UserDefinedFunction
from .flink_types import flink_type
from .row_call import RowCall
from .unsupported import refuse_unsupported


def adapted(name: str, spec: FunctionSpec) -> Any:
    """PyFlink's declaration of the function.

    Raises:
        UdfError: FLINK_UNSUPPORTED.
    """
    refuse_unsupported(name, spec)
    definition = spec.definition
    declared = {"input_types": _input_types(spec), "deterministic": definition.deterministic}
    if definition.kind == "table":
        columns = [flink_type(field.type, DataTypes) for field in spec.result.fields]
        return udtf(_Table(_call(spec), spec.instance), result_types=columns, **declared)
    declared["result_type"] = flink_type(spec.result, DataTypes)
    if definition.kind == "aggregate":
        if definition.batch is not None:
            return udaf(spec.call, func_type="pandas", **declared)
        if spec.accumulator is None:
            declared["accumulator_type"] = DataTypes.ROW([DataTypes.FIELD("pickled", DataTypes.BYTES())])
            return udaf(_PickledAggregate(_call(spec), spec.instance), **declared)
        declared["accumulator_type"] = flink_type(spec.accumulator, DataTypes)
        return udaf(_Aggregate(_call(spec), spec.instance), **declared)
    if spec.form.is_async:
        return udf(_Awaited(_call(spec), spec.instance), **declared)
    if definition.batch is not None:
        return udf(_Scalar(spec.call, spec.instance), func_type="pandas", **declared)
    return udf(_Scalar(_call(spec), spec.instance), **declared)


def _call(spec: FunctionSpec) -> RowCall:
    rule = spec.definition.options.null
    passes = spec.definition.called_with_none or rule == "pass"
    # SQL gives arguments by position alone.
    positional = [p for p in spec.parameters if p.kind is not inspect.Parameter.KEYWORD_ONLY]
    return RowCall(
        spec.call,
        [rule == "skip" or not (passes or parameter.nullable) for parameter in positional],
        [parameter.shape for parameter in positional],
        spec.definition.options.on_error == "null",
        Row,
    )


def _input_types(spec: FunctionSpec) -> list[Any] | None:
    """None where some take any type: then the arguments are as they come."""
    types = [parameter.type for parameter in spec.parameters]
    if not types or None in types or any(p.variadic or p.has_default for p in spec.parameters):
        return None
    return [flink_type(each, DataTypes) for each in types if each is not None]


class _Opened:
    """`open` and `close` of a function that has them."""

    def __init__(self, call: Any, instance: Any) -> None:
        self.call = call
        self.instance: Any = instance if isinstance(instance, UserDefinedFunction) else None

    def open(self, function_context: Any) -> None:
        if self.instance is not None:
            self.instance.open(function_context)

    def close(self) -> None:
        if self.instance is not None:
            self.instance.close()


class _Scalar(_Opened, ScalarFunction):  # type: ignore[misc]
    def eval(self, *args: Any) -> Any:
        return self.call(*args)


class _Awaited(_Opened, ScalarFunction):  # type: ignore[misc]
    """An async function, awaited row by row.

    Not an AsyncScalarFunction: PyFlink 2.3.0 gave all calls of a bundle the arguments of its last row.
    """

    def open(self, function_context: Any) -> None:
        super().open(function_context)
        self.loop = asyncio.new_event_loop()

    def eval(self, *args: Any) -> Any:
        return self.loop.run_until_complete(self.call.later(*args))

    def close(self) -> None:
        super().close()
        self.loop.close()


class _Table(_Opened, TableFunction):  # type: ignore[misc]
    def eval(self, *args: Any) -> Any:
        return self.call.rows(*args)


class _Aggregate(_Opened, AggregateFunction):  # type: ignore[misc]
    def create_accumulator(self) -> Any:
        return self.call.value(self.instance.create_accumulator())

    def accumulate(self, accumulator: Any, *args: Any) -> None:
        if not self.call.is_skipped(args):
            self.instance.accumulate(accumulator, *self.call.taken(args))

    def retract(self, accumulator: Any, *args: Any) -> None:
        if not self.call.is_skipped(args):
            self.instance.retract(accumulator, *self.call.taken(args))

    def merge(self, accumulator: Any, accumulators: Any) -> None:
        self.instance.merge(accumulator, accumulators)

    def get_value(self, accumulator: Any) -> Any:
        return self.call.value(self.instance.get_value(accumulator))


class _PickledAggregate(_Aggregate):
    """An aggregate whose accumulator is any Python object: Flink keeps its pickle."""

    def create_accumulator(self) -> Any:
        return Row(pickle.dumps(self.instance.create_accumulator()))

    def accumulate(self, accumulator: Any, *args: Any) -> None:
        own = pickle.loads(accumulator[0])
        super().accumulate(own, *args)
        accumulator[0] = pickle.dumps(own)

    def retract(self, accumulator: Any, *args: Any) -> None:
        own = pickle.loads(accumulator[0])
        super().retract(own, *args)
        accumulator[0] = pickle.dumps(own)

    def merge(self, accumulator: Any, accumulators: Any) -> None:
        own = pickle.loads(accumulator[0])
        super().merge(own, [pickle.loads(other[0]) for other in accumulators])
        accumulator[0] = pickle.dumps(own)

    def get_value(self, accumulator: Any) -> Any:
        return super().get_value(pickle.loads(accumulator[0]))
