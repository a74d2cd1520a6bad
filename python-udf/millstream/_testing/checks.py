"""Laws that functions must follow, checked with many rows."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .._function_spec import specify
from .._types import DataType
from .._user_error import short_repr
from ..errors import UdfError
from ..functions import BatchAggregateFunction
from .changelog import Aggregation
from .harness import FunctionHarness
from .values import Draw, draw_rows, for_all

EXAMPLES = 100
Types = Sequence[DataType | str] | None
Rows = Sequence[Sequence[Any]] | None


def check_function(
    function: object, rows: Rows = None, *, input_types: Types = None, examples: int = EXAMPLES, seed: int = 0
) -> list[str]:
    """Runs all checks that apply and gives their names: `types`, `nulls`, `deterministic`, `batches` for
    functions over batches, `retraction` and `merge` for aggregates and table aggregates that define these.

    `rows` are drawn from the types of the arguments unless they are given.

    >>> from millstream import udf
    >>> @udf
    ... def half(x: int) -> float:
    ...     return x / 2
    >>> check_function(half)
    ['types', 'nulls', 'deterministic']

    Raises:
        AssertionError: says the law, the rows and what came of them.
    """
    spec = specify("function", function)
    options: dict[str, Any] = {"input_types": input_types, "examples": examples, "seed": seed}
    done = ["types", "nulls"]
    check_types(function, rows, **options)
    check_nulls(function, rows, **options)
    if spec.definition.deterministic:
        check_deterministic(function, rows, **options)
        done.append("deterministic")
        if spec.definition.batch is not None or isinstance(spec.instance, BatchAggregateFunction):
            check_batches(function, rows, **options)
            done.append("batches")
    is_aggregate = spec.definition.kind in ("aggregate", "table_aggregate") and spec.instance is not None
    if is_aggregate and not isinstance(spec.instance, BatchAggregateFunction):
        aggregation = Aggregation(function, input_types)
        for method, name, check in (
            ("retract", "retraction", check_retraction),
            ("merge", "merge", check_merge),
        ):
            if aggregation.defines(method):
                check(function, rows, **options)
                done.append(name)
    return done


def check_types(
    function: object, rows: Rows = None, *, input_types: Types = None, examples: int = EXAMPLES, seed: int = 0
) -> None:
    """The function takes values of its argument types, and its results are of its result type."""
    with FunctionHarness(function, input_types) as harness:

        def check(some: list[tuple[Any, ...]]) -> None:
            try:
                harness.call_rows(some)
            except UdfError as error:
                raise AssertionError(_told(f"{error.message}", some, error.details.traceback)) from error

        _with_rows(check, rows, harness.input_types(), examples, seed)


def check_nulls(
    function: object, rows: Rows = None, *, input_types: Types = None, examples: int = EXAMPLES, seed: int = 0
) -> None:
    """Each argument may be NULL where its type says so: the function copes with None, or is not called and
    the result is NULL."""
    spec = specify("function", function)
    with FunctionHarness(function, input_types) as harness:
        types = harness.input_types()

        def check(some: list[tuple[Any, ...]]) -> None:
            for row in some[:3]:
                for i, data_type in enumerate(types):
                    if data_type.nullable:
                        _null_at(harness, spec, row, i)

        _with_rows(check, rows, types, examples, seed)


def check_deterministic(
    function: object, rows: Rows = None, *, input_types: Types = None, examples: int = EXAMPLES, seed: int = 0
) -> None:
    """The same rows give the same results: otherwise declare `deterministic=False`."""
    with FunctionHarness(function, input_types) as harness:

        def check(some: list[tuple[Any, ...]]) -> None:
            first, second = harness.call_rows(some), harness.call_rows(some)
            if not same_value(first, second):
                law = "The same rows gave other results the second time; declare deterministic=False."
                raise AssertionError(_told(law, some, f"first:  {first!r}\nsecond: {second!r}"))

        _with_rows(check, rows, harness.input_types(), examples, seed)


def check_batches(
    function: object, rows: Rows = None, *, input_types: Types = None, examples: int = EXAMPLES, seed: int = 0
) -> None:
    """The results do not depend on where rows are cut into batches, which a job does as it likes."""
    with FunctionHarness(function, input_types) as harness:

        def check(some: list[tuple[Any, ...]]) -> None:
            whole = harness.call_rows(some)
            for batch_rows in (1, 2, 3):
                found = harness.call_rows(some, batch_rows)
                if not same_value(whole, found):
                    law = f"In batches of {batch_rows} rows the results are others than in one."
                    raise AssertionError(_told(law, some, f"in one: {whole!r}\nin batches: {found!r}"))

        _with_rows(check, rows, harness.input_types(), examples, seed)


def check_retraction(
    function: object, rows: Rows = None, *, input_types: Types = None, examples: int = EXAMPLES, seed: int = 0
) -> None:
    """Accumulating rows and retracting them again, in another order, leaves the value as it was."""
    with Aggregation(function, input_types) as aggregation:

        def check(draw: Draw) -> None:
            kept, back = _some(draw, rows, aggregation.types), _some(draw, rows, aggregation.types)
            expected = aggregation.value(aggregation.of(kept))
            accumulator = aggregation.of([*kept, *back])
            for row in reversed(back):
                aggregation.change(accumulator, row, adds=False)
            found = aggregation.value(accumulator)
            if not same_value(expected, found):
                raise AssertionError(
                    f"`retract` of {aggregation.name} does not undo `accumulate`:\n"
                    f"  after accumulating {kept!r} the value is {expected!r};\n"
                    f"  after accumulating and retracting {back!r} as well it is {found!r}."
                )

        for_all(check, examples, seed)


def check_merge(
    function: object, rows: Rows = None, *, input_types: Types = None, examples: int = EXAMPLES, seed: int = 0
) -> None:
    """Merging parts gives the value of all their rows, however they are grouped; an empty part changes
    nothing."""
    with Aggregation(function, input_types) as a:

        def check(draw: Draw) -> None:
            parts = [_some(draw, rows, a.types) for _ in range(3)]
            accumulators = [a.of(some) for some in parts]
            expected = a.value(a.of([row for some in parts for row in some]))

            def part(i: int) -> Any:
                return copy.deepcopy(accumulators[i])

            ways: dict[str, Callable[[], Any]] = {
                "merge(a, [b, c])": lambda: a.merge(part(0), [part(1), part(2)]),
                "merge(merge(a, [b]), [c])": lambda: a.merge(a.merge(part(0), [part(1)]), [part(2)]),
                "merge(a, [merge(b, [c])])": lambda: a.merge(part(0), [a.merge(part(1), [part(2)])]),
                "merge(empty, [a, b, c])": lambda: a.merge(a.create(), [part(0), part(1), part(2)]),
                "merge(a, [empty, b, c])": lambda: a.merge(part(0), [a.create(), part(1), part(2)]),
            }
            for way, merged in ways.items():
                found = a.value(merged())
                if not same_value(expected, found):
                    raise AssertionError(
                        f"`merge` of {a.name} does not give the value of all rows:\n"
                        f"  a = {parts[0]!r}, b = {parts[1]!r}, c = {parts[2]!r}\n"
                        f"  accumulated together the value is {expected!r}; {way} is {found!r}."
                    )

        for_all(check, examples, seed)


def same_value(a: Any, b: Any) -> bool:
    """Equal, with NaN equal to itself and floats within a billionth: sums depend on their order."""
    if isinstance(a, float) and isinstance(b, float):
        return (math.isnan(a) and math.isnan(b)) or math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(map(same_value, a, b))
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return a.keys() == b.keys() and all(same_value(a[key], b[key]) for key in a)
    return bool(a == b)


def _null_at(harness: FunctionHarness, spec: Any, row: tuple[Any, ...], i: int) -> None:
    changed = [*row[:i], None, *row[i + 1 :]]
    parameter = spec.parameters[min(i, len(spec.parameters) - 1)]
    try:
        result = harness.call_rows([changed])
    except UdfError as error:
        law = f"The argument `{parameter.name}` may be NULL, and the function does not cope with None."
        advice = f"{error.message}\nAnnotate it without `| None` so that it is not called with NULL."
        raise AssertionError(_told(law, [changed], advice)) from error
    if spec.definition.kind == "scalar" and not parameter.nullable and result != [None]:
        raise AssertionError(_told("The result for NULL is not NULL.", [changed], repr(result)))


def _with_rows(check: Any, rows: Rows, types: Sequence[DataType], examples: int, seed: int) -> None:
    if rows is not None:
        check([tuple(row) for row in rows])
        return
    for_all(lambda draw: check(draw_rows(draw, types)), examples, seed)


def _some(draw: Draw, rows: Rows, types: Sequence[DataType]) -> list[tuple[Any, ...]]:
    if rows is None:
        return draw_rows(draw, types)
    return [tuple(rows[draw(0, len(rows) - 1)]) for _ in range(draw(0, 8) if rows else 0)]


def _told(law: str, rows: Sequence[Sequence[Any]], more: str | None) -> str:
    shown = ", ".join(short_repr(tuple(row)) for row in rows[:10])
    return f"{law}\nRows: [{shown}{', …' if len(rows) > 10 else ''}]" + ("" if more is None else f"\n{more}")
