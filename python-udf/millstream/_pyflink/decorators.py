"""`udf`, `udtf`, `udaf`, `udtaf` with PyFlink's parameters; these functions are called with None for NULL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._definition import TypeLike, declare
from .._option_values import FunctionKind
from ..errors import UdfError

Types = TypeLike | Sequence[TypeLike] | None


def udf(
    f: Any = None,
    input_types: Types = None,
    result_type: TypeLike | None = None,
    deterministic: bool | None = None,
    name: str | None = None,
    func_type: str = "general",
    udf_type: str | None = None,
) -> Any:
    """Declares a scalar function."""
    func_type = udf_type or func_type
    return _declare("scalar", f, input_types, result_type, None, deterministic, name, func_type)


def udtf(
    f: Any = None,
    input_types: Types = None,
    result_types: Types = None,
    deterministic: bool | None = None,
    name: str | None = None,
) -> Any:
    """Declares a table function."""
    return _declare("table", f, input_types, result_types, None, deterministic, name, "general")


def udaf(
    f: Any = None,
    input_types: Types = None,
    result_type: TypeLike | None = None,
    accumulator_type: TypeLike | None = None,
    deterministic: bool | None = None,
    name: str | None = None,
    func_type: str = "general",
) -> Any:
    """Declares an aggregate."""
    return _declare(
        "aggregate", f, input_types, result_type, accumulator_type, deterministic, name, func_type
    )


def udtaf(
    f: Any = None,
    input_types: Types = None,
    result_type: TypeLike | None = None,
    accumulator_type: TypeLike | None = None,
    deterministic: bool | None = None,
    name: str | None = None,
    func_type: str = "general",
) -> Any:
    """Declares a table aggregate."""
    return _declare(
        "table_aggregate", f, input_types, result_type, accumulator_type, deterministic, name, func_type
    )


def _declare(
    kind: FunctionKind,
    f: Any,
    input_types: Types,
    result_type: Types,
    accumulator_type: TypeLike | None,
    deterministic: bool | None,
    name: str | None,
    func_type: str,
) -> Any:
    def decorate(target: Any) -> Any:
        if result_type is None and kind in ("scalar", "table"):
            raise UdfError(
                "UDF_NO_TYPES",
                f"A {kind} function does not say its result type: {getattr(target, '__name__', target)}.",
                hint="Give result_type (result_types for udtf), as PyFlink asks for.",
            )
        return declare(
            kind,
            target,
            input_types=input_types or None,
            result_type=result_type,
            accumulator_type=accumulator_type,
            deterministic=deterministic,
            name=name,
            func_type=func_type,
            batch=None,
            options={},
            called_with_none=True,
        )

    return decorate if f is None else decorate(f)
