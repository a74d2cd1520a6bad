"""`udf`, `udtf`, `udaf`, `udtaf`: they declare a function, which can be called as before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypedDict, TypeVar, overload

from ._definition import BatchFormat, TypeLike, declare
from ._option_values import FunctionKind
from .retry import Retry

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["FunctionOptions", "udaf", "udf", "udtaf", "udtf"]

F = TypeVar("F")
FuncType = Literal["general", "pandas"]


class FunctionOptions(TypedDict, total=False):
    """Options of every decorator; the job's settings `millstream.function.<name>.<option>` win over them.

    `memory` (`"256 MB"` or bytes), `cpus` and `gpus` (fractions allowed): what each of its workers is given.
    A function that declares one has workers of its own, shared with functions that declare the same, or the
    same `resources="name"`. `concurrency`: workers of the function, one number or `(least, most)`; of an
    async one, calls in flight over all workers (64).
    `rate`: calls over all workers, `"100/s"`. `retry`: attempts, or a `Retry`. `timeout`: seconds, or
    `"500 ms"`, for each call; then an async one is cancelled, and the worker of any other is killed.
    `cache`: how many results of a scalar function each worker keeps, to give them again for equal arguments;
    True: 10,000.
    `batch_rows`: rows handed to one call of a `batch=`
    function. `ordered=False`: results of an async function may leave in the order in
    which they are ready. `unnest`: a ROW result becomes columns in SELECT. `null`: "skip" never calls the
    function with NULL, "pass" always does, whatever its annotations say.
    `on_error`: what becomes of a row that the function fails on: "fail" ends the job, "null" makes the result
    NULL, "skip" leaves the row out (of an aggregate: out of its group), "dead_letter" too and writes it
    down. `max_errors`: rows that it may fail on, a number or a share such as `0.01` or `"1 %"`.
    `replay=False`: the function has effects outside, so no row is given to it again when its worker dies.
    `max_output_rows`, `max_output_bytes` (`"64 MB"` or bytes): what a table function may give for one row.

    >>> options: FunctionOptions = {"rate": "100/s", "retry": 3}
    """

    memory: str | int | None
    cpus: float | None
    gpus: float | None
    timeout: str | float | None
    retry: int | Retry | None
    replay: bool | None
    on_error: Literal["fail", "null", "skip", "dead_letter"] | None
    concurrency: int | tuple[int, int] | None
    rate: str | None
    cache: int | bool | None
    max_errors: int | float | str | None
    max_output_rows: int | None
    max_output_bytes: str | int | None
    batch_rows: int | None
    ordered: bool | None
    unnest: bool | None
    null: Literal["skip", "pass"] | None
    packages: Sequence[str] | None
    python: str | None
    resources: str | None


@overload
def udf(
    f: F,
    input_types: TypeLike | Sequence[TypeLike] | None = ...,
    result_type: TypeLike | None = ...,
    deterministic: bool | None = ...,
    name: str | None = ...,
    func_type: FuncType | None = ...,
    *,
    batch: BatchFormat | None = ...,
    **options: Unpack[FunctionOptions],
) -> F: ...


@overload
def udf(
    f: None = ...,
    input_types: TypeLike | Sequence[TypeLike] | None = ...,
    result_type: TypeLike | None = ...,
    deterministic: bool | None = ...,
    name: str | None = ...,
    func_type: FuncType | None = ...,
    *,
    batch: BatchFormat | None = ...,
    **options: Unpack[FunctionOptions],
) -> Callable[[F], F]: ...


def udf(
    f: Any = None,
    input_types: TypeLike | Sequence[TypeLike] | None = None,
    result_type: TypeLike | None = None,
    deterministic: bool | None = None,
    name: str | None = None,
    func_type: FuncType | None = None,
    *,
    batch: BatchFormat | None = None,
    **options: Unpack[FunctionOptions],
) -> Any:
    """Declares a scalar function: one value for each row. Types come from annotations unless they are given.

    A parameter annotated as not Optional is not called with NULL: the result is NULL. `batch` hands whole
    columns over as vectors; the result is a vector of the same length.

    >>> @udf
    ... def greet(name: str, times: int | None) -> str:
    ...     return "Hello " * (times or 1) + name
    >>> greet("Ada", None)
    'Hello Ada'

    Raises:
        UdfError: UDF_OPTION, UDF_TYPE or UDF_DECLARATION.
    """
    return _decorate(
        "scalar", f, input_types, result_type, None, deterministic, name, func_type, batch, options
    )


@overload
def udtf(
    f: F,
    input_types: TypeLike | Sequence[TypeLike] | None = ...,
    result_types: TypeLike | Sequence[TypeLike] | None = ...,
    deterministic: bool | None = ...,
    name: str | None = ...,
    func_type: FuncType | None = ...,
    *,
    batch: BatchFormat | None = ...,
    **options: Unpack[FunctionOptions],
) -> F: ...


@overload
def udtf(
    f: None = ...,
    input_types: TypeLike | Sequence[TypeLike] | None = ...,
    result_types: TypeLike | Sequence[TypeLike] | None = ...,
    deterministic: bool | None = ...,
    name: str | None = ...,
    func_type: FuncType | None = ...,
    *,
    batch: BatchFormat | None = ...,
    **options: Unpack[FunctionOptions],
) -> Callable[[F], F]: ...


def udtf(
    f: Any = None,
    input_types: TypeLike | Sequence[TypeLike] | None = None,
    result_types: TypeLike | Sequence[TypeLike] | None = None,
    deterministic: bool | None = None,
    name: str | None = None,
    func_type: FuncType | None = None,
    *,
    batch: BatchFormat | None = None,
    **options: Unpack[FunctionOptions],
) -> Any:
    """Declares a table function: any number of rows for each row. `result_types` are its columns.

    A tuple or `Row` is one row; a list, range, generator or other iterator is many; None is none. From
    annotations: `Iterator[tuple[int, str]]`, `list[SomeDataclass]`, …

    >>> from collections.abc import Iterator
    >>> @udtf
    ... def words(text: str) -> Iterator[str]:
    ...     yield from text.split()
    >>> list(words("a b"))
    ['a', 'b']

    With `batch` it is called once for a batch, with a vector for each argument, and gives either one vector
    with a list for each row, or pairs: the positions of the rows in the batch, ascending, and a frame with
    the result rows (for one column, a vector).

    >>> @udtf(result_types="STRING", batch="arrow")
    ... def split(texts):
    ...     import pyarrow.compute as pc
    ...     return pc.split_pattern(texts, " ")

    Raises:
        UdfError: UDF_OPTION, UDF_TYPE or UDF_DECLARATION.
    """
    return _decorate(
        "table", f, input_types, result_types, None, deterministic, name, func_type, batch, options
    )


@overload
def udaf(
    f: F,
    input_types: TypeLike | Sequence[TypeLike] | None = ...,
    result_type: TypeLike | None = ...,
    accumulator_type: TypeLike | None = ...,
    deterministic: bool | None = ...,
    name: str | None = ...,
    func_type: FuncType | None = ...,
    *,
    batch: BatchFormat | None = ...,
    **options: Unpack[FunctionOptions],
) -> F: ...


@overload
def udaf(
    f: None = ...,
    input_types: TypeLike | Sequence[TypeLike] | None = ...,
    result_type: TypeLike | None = ...,
    accumulator_type: TypeLike | None = ...,
    deterministic: bool | None = ...,
    name: str | None = ...,
    func_type: FuncType | None = ...,
    *,
    batch: BatchFormat | None = ...,
    **options: Unpack[FunctionOptions],
) -> Callable[[F], F]: ...


def udaf(
    f: Any = None,
    input_types: TypeLike | Sequence[TypeLike] | None = None,
    result_type: TypeLike | None = None,
    accumulator_type: TypeLike | None = None,
    deterministic: bool | None = None,
    name: str | None = None,
    func_type: FuncType | None = None,
    *,
    batch: BatchFormat | None = None,
    **options: Unpack[FunctionOptions],
) -> Any:
    """Declares an aggregate: one value for each group. Row aggregates are instances of `AggregateFunction`.

    With `batch` a plain function is enough: it gets the whole group, one vector for each argument, and
    returns the value.

    >>> @udaf(result_type="DOUBLE", batch="arrow")
    ... def spread(values):
    ...     import pyarrow.compute as pc
    ...     bounds = pc.min_max(values).as_py()
    ...     return bounds["max"] - bounds["min"]
    >>> import pyarrow as pa
    >>> spread(pa.array([1.0, 4.0]))
    3.0

    Raises:
        UdfError: UDF_OPTION, UDF_TYPE or UDF_DECLARATION.
    """
    return _decorate(
        "aggregate",
        f,
        input_types,
        result_type,
        accumulator_type,
        deterministic,
        name,
        func_type,
        batch,
        options,
    )


def udtaf(
    f: Any = None,
    input_types: TypeLike | Sequence[TypeLike] | None = None,
    result_type: TypeLike | Sequence[TypeLike] | None = None,
    accumulator_type: TypeLike | None = None,
    deterministic: bool | None = None,
    name: str | None = None,
    func_type: FuncType | None = None,
    **options: Unpack[FunctionOptions],
) -> Any:
    """Declares a table aggregate: any number of rows for each group, by an instance of
    `TableAggregateFunction`.

    >>> from millstream import TableAggregateFunction
    >>> class Bounds(TableAggregateFunction):
    ...     def emit_value(self, accumulator):
    ...         yield min(accumulator)
    ...         yield max(accumulator)
    >>> bounds = udtaf(Bounds(), result_type="ROW<v BIGINT>")
    >>> list(bounds.emit_value([3, 1, 2]))
    [1, 3]

    Raises:
        UdfError: UDF_OPTION, UDF_TYPE or UDF_DECLARATION.
    """
    return _decorate(
        "table_aggregate",
        f, input_types, result_type, accumulator_type, deterministic, name, func_type, None, options,
    )  # fmt: skip


def _decorate(
    kind: FunctionKind,
    f: Any,
    input_types: TypeLike | Sequence[TypeLike] | None,
    result_type: TypeLike | Sequence[TypeLike] | None,
    accumulator_type: TypeLike | None,
    deterministic: bool | None,
    name: str | None,
    func_type: str | None,
    batch: str | None,
    options: FunctionOptions,
) -> Any:
    def decorate(target: Any) -> Any:
        return declare(
            kind,
            target,
            input_types=input_types,
            result_type=result_type,
            accumulator_type=accumulator_type,
            deterministic=deterministic,
            name=name,
            func_type=func_type,
            batch=batch,
            options=options,
        )

    return decorate if f is None else decorate(f)
