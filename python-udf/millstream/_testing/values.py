"""Values of SQL types for checks: drawn by hypothesis, which shrinks failures, or by a seeded generator."""

from __future__ import annotations

import importlib.util
import random
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta, timezone
from decimal import Context, Decimal
from typing import Any, Protocol

from .._types import DataType
from ..errors import UdfError
from ..row import Row

Check = Callable[["Draw"], None]
_BITS = {"TINYINT": 8, "SMALLINT": 16, "INT": 32, "BIGINT": 64}
_TEXTS = ("", "a", "b", "Grüße", "naïve", "0", " ", "\U0001f600", "long " * 20)
_FLOATS = (0.0, 1.0, -1.0, 0.5, 1e-9, -2.5e10, 1e300)
_EPOCH = datetime(1970, 1, 1)


class Draw(Protocol):
    """A source of choices."""

    def __call__(self, low: int, high: int, /) -> int:
        """A number between both, included."""


def for_all(check: Check, examples: int, seed: int) -> None:
    """Runs a check with many draws. With hypothesis installed the failure shown is the smallest one found."""
    if importlib.util.find_spec("hypothesis") is None:
        for example in range(examples):
            check(random.Random(f"{seed}/{example}").randint)
        return
    import hypothesis
    from hypothesis import strategies as st

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=examples,
        database=None,
        deadline=None,
        print_blob=False,
        # Not `explain`: it runs a failing check many times more, for a note that is not shown.
        phases=(hypothesis.Phase.generate, hypothesis.Phase.shrink),
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(st.data())
    def run(data: Any) -> None:
        check(lambda low, high: int(data.draw(st.integers(low, high))))

    run()


def draw_rows(draw: Draw, types: Sequence[DataType], most: int = 8) -> list[tuple[Any, ...]]:
    """Up to `most` rows of arguments, NULLs among them where the types allow."""
    return [tuple(draw_value(draw, t) for t in types) for _ in range(draw(0, most))]


def draw_value(draw: Draw, t: DataType) -> Any:
    """A value that a column of the type may hold.

    Raises:
        UdfError: UDF_TEST_TYPE for types without a generator.
    """
    if t.nullable and draw(0, 7) == 7:
        return None
    kind = t.kind
    if kind in _BITS:
        bound = 1 << (_BITS[kind] - 1)
        return draw(-10, 10) if draw(0, 3) < 3 else draw(-bound, bound - 1)
    if kind in _MAKERS:
        return _MAKERS[kind](draw, t)
    raise UdfError(
        "UDF_TEST_TYPE", f"The testing kit makes no values of type {t}.", hint="Give rows of your own."
    )


def _text(draw: Draw, t: DataType) -> str:
    text = _TEXTS[draw(0, len(_TEXTS) - 1)]
    if t.kind == "CHAR":
        return text[: t.length].ljust(t.length)
    return text[: t.length] if t.kind == "VARCHAR" and t.length else text


def _bytes(draw: Draw, t: DataType) -> bytes:
    size = t.length if t.kind == "BINARY" else draw(0, min(t.length or 5, 5))
    return bytes(draw(0, 255) for _ in range(size))


def _float(draw: Draw, t: DataType) -> float:
    value = _FLOATS[draw(0, len(_FLOATS) - 1)] if draw(0, 1) else float(draw(-100, 100))
    return 1.5 if t.kind == "FLOAT" and abs(value) > 1e30 else value


def _decimal(draw: Draw, t: DataType) -> Decimal:
    digits = t.precision if draw(0, 3) == 3 else min(t.precision, t.scale + 2)
    unscaled = draw(-(10**digits) + 1, 10**digits - 1)
    # The default context would round to 28 digits.
    return Decimal(unscaled).scaleb(-t.scale, Context(prec=t.precision))


def _timestamp(draw: Draw, t: DataType) -> datetime:
    step = 10 ** (6 - min(t.precision, 6))
    moment = _EPOCH + timedelta(
        days=draw(-10_000, 20_000), microseconds=draw(0, 86_399_999_999) // step * step
    )
    return moment.replace(tzinfo=timezone.utc) if t.kind == "TIMESTAMP_LTZ" else moment


def _time(draw: Draw, t: DataType) -> time:
    step = 10 ** (6 - min(t.precision, 6))
    return (_EPOCH + timedelta(microseconds=draw(0, 86_399_999_999) // step * step)).time()


def _array(draw: Draw, t: DataType) -> list[Any]:
    assert t.element is not None
    return [draw_value(draw, t.element) for _ in range(draw(0, 3))]


def _map(draw: Draw, t: DataType) -> dict[Any, Any]:
    assert t.key is not None and t.value is not None
    key, value = t.key.not_null(), t.value
    return {draw_value(draw, key): draw_value(draw, value) for _ in range(draw(0, 3))}


def _row(draw: Draw, t: DataType) -> Row:
    return Row(**{f.name: draw_value(draw, f.type) for f in t.fields})


_MAKERS: dict[str, Callable[[Draw, DataType], Any]] = {
    "BOOLEAN": lambda draw, t: draw(0, 1) == 1,
    **dict.fromkeys(("CHAR", "VARCHAR", "STRING"), _text),
    **dict.fromkeys(("BINARY", "VARBINARY", "BYTES"), _bytes),
    **dict.fromkeys(("FLOAT", "DOUBLE"), _float),
    "DECIMAL": _decimal,
    "DATE": lambda draw, t: date(1970, 1, 1) + timedelta(days=draw(-10_000, 20_000)),
    "TIME": _time,
    **dict.fromkeys(("TIMESTAMP", "TIMESTAMP_LTZ"), _timestamp),
    "ARRAY": _array,
    "MAP": _map,
    "ROW": _row,
}
