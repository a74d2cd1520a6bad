"""Options of functions: read, checked and typed in one place, for decorators and for the job's settings."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, get_args

from ._near_names import did_you_mean
from ._option_values import Concurrency, FunctionKind, NullRule, OnError, Rate, duration, memory_bytes
from .errors import UdfError
from .retry import Retry

#: What `cache=True` keeps.
_KEPT_RESULTS = 10_000

#: Parameters of the decorators beside the options, for near names.
_PARAMETERS = ("name", "deterministic", "batch", "func_type", "input_types", "result_type", "result_types")


@dataclass(frozen=True)
class Options:
    """The options of a function by the names of the decorators; None where one is not given.

    `timeout` is in seconds and `memory` in bytes.
    """

    memory: int | None = None
    cpus: float | None = None
    gpus: float | None = None
    timeout: float | None = None
    retry: Retry | None = None
    replay: bool | None = None
    on_error: OnError | None = None
    max_errors: float | None = None
    max_output_rows: int | None = None
    max_output_bytes: int | None = None
    concurrency: Concurrency | None = None
    rate: Rate | None = None
    cache: int | None = None
    batch_rows: int | None = None
    ordered: bool | None = None
    unnest: bool | None = None
    null: NullRule | None = None
    packages: tuple[str, ...] | None = None
    python: str | None = None
    resources: str | None = None

    def to_wire(self) -> dict[str, str | int | float | bool]:
        """Those that are given, JSON-able, as EXPLAIN shows them."""
        shown: dict[str, str | int | float | bool] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name == "timeout" and value is not None:
                shown["timeout"] = f"{value:g} s"
            elif isinstance(value, Concurrency):
                shown[field.name] = value.least if value.is_fixed else str(value)
            elif isinstance(value, (bool, int, float, str)):
                shown[field.name] = value
            elif value is not None:
                shown[field.name] = ", ".join(value) if isinstance(value, tuple) else str(value)
        return shown

    def overridden(self, texts: Mapping[str, str]) -> Options:
        """With the job's settings, which win: option → text, checked by the core already."""
        changes: dict[str, Any] = {name: _READ[name](_from_text(name, text)) for name, text in texts.items()}
        retry = changes.get("retry")
        if retry is not None and self.retry is not None:
            changes["retry"] = replace(self.retry, attempts=retry.attempts)
        return replace(self, **changes)


def read_options(kind: FunctionKind, given: Mapping[str, object], is_async: bool) -> Options:
    """The options given to a decorator; None is not given.

    Raises:
        UdfError: UDF_OPTION for an unknown one, a wrong value, or one that cannot act.
    """
    values: dict[str, Any] = {}
    for option, value in given.items():
        if option not in _READ:
            hint = did_you_mean(option, [*_READ, *_PARAMETERS])
            raise UdfError("UDF_OPTION", f"There is no option `{option}` for functions.", hint=hint)
        if value is None:
            continue
        try:
            values[option] = _READ[option](value)
        except (TypeError, ValueError) as error:
            raise UdfError("UDF_OPTION", f"{option} is {value!r}.", hint=f"{error}.") from None
        _refuse_useless(kind, option, value, is_async)
    if values.get("replay") is False and "retry" in values:
        raise UdfError(
            "UDF_OPTION",
            "replay=False says that no row is given to the function twice, and retry= that it may be.",
            hint="Give one of them.",
        )
    return Options(**values)


def _refuse_useless(kind: FunctionKind, option: str, value: object, is_async: bool) -> None:
    if option == "on_error" and value == "null" and kind in ("aggregate", "table_aggregate"):
        raise UdfError(
            "UDF_OPTION",
            "on_error='null' is for scalar functions: an aggregate gives one result for many rows.",
            hint="Take on_error='skip', which leaves the row out of its group.",
        )
    if option.startswith("max_output_") and kind != "table":
        raise UdfError(
            "UDF_OPTION",
            f"`{option}` is for table functions: this is a {kind.replace('_', ' ')} function.",
            hint=f"Remove `{option}={value!r}`.",
        )
    if option == "concurrency" and is_async and not Concurrency.parse(value).is_fixed:
        raise UdfError(
            "UDF_OPTION",
            f"concurrency={value!r} is a range: of async functions it is the number of calls in flight.",
            hint=f"Give one number, such as `concurrency={Concurrency.parse(value).most}`.",
        )
    if option == "ordered" and not is_async:
        raise UdfError(
            "UDF_OPTION",
            f"ordered={value!r} is for async functions: others are called in order.",
            hint="Remove it, or write `async def`.",
        )
    of_tables = kind == "table" and option == "batch_rows"
    if kind != "scalar" and not of_tables and option in ("unnest", "retry", "rate", "cache", "batch_rows"):
        raise UdfError(
            "UDF_OPTION",
            f"`{option}` is for scalar functions, and this is a {kind.replace('_', ' ')} function.",
            hint=f"Remove `{option}={value!r}`.",
        )


def _whole(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    raise ValueError("It is a whole number of at least 1")


def _kept(value: object) -> int:
    if value is True:
        return _KEPT_RESULTS
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    raise ValueError("It is the number of results to keep, at least 1, or True for 10,000")


def _number(value: object) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0:
        return float(value)
    raise ValueError("It is a number above 0")


def _gpus(value: object) -> float:
    number = _number(value)
    if number < 1 or number == int(number):
        return number
    raise ValueError("It is a part of one device, such as 0.5, or a whole number of devices")


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError("It is True or False")


def _text(value: object) -> str:
    if isinstance(value, str) and value.strip():
        return value
    raise ValueError("It is a text")


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, Sequence) and not isinstance(value, str) and all(isinstance(v, str) for v in value):
        return tuple(value)
    raise ValueError("It is a list of requirements, such as ['scikit-learn>=1.4']")


def _on_error(value: object) -> Any:
    if value in get_args(OnError):
        return value
    raise ValueError(
        did_you_mean(str(value), get_args(OnError)) or "It is 'fail', 'null', 'skip' or 'dead_letter'"
    )


def _most_errors(value: object) -> float:
    if isinstance(value, str) and (match := re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*%\s*", value)):
        value = float(match[1]) / 100
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if isinstance(value, float) and 0 < value < 1:
        return value
    raise ValueError("It is a number of rows, or a share of them such as 0.01 or '1 %'")


def _null(value: object) -> Any:
    if value in get_args(NullRule):
        return value
    raise ValueError("It is 'skip' (not called with NULL, the result is NULL) or 'pass' (called with None)")


def _retry(value: object) -> Retry:
    if isinstance(value, Retry):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return Retry(attempts=value)
    raise ValueError("It is the number of attempts, at least 1, or a millstream.Retry")


_READ: dict[str, Callable[[Any], Any]] = {
    "memory": memory_bytes,
    "cpus": _number,
    "gpus": _gpus,
    "timeout": duration,
    "retry": _retry,
    "replay": _flag,
    "on_error": _on_error,
    "max_errors": _most_errors,
    "max_output_rows": _whole,
    "max_output_bytes": memory_bytes,
    "concurrency": Concurrency.parse,
    "rate": Rate.parse,
    "cache": _kept,
    "batch_rows": _whole,
    "ordered": _flag,
    "unnest": _flag,
    "null": _null,
    "packages": _texts,
    "python": _text,
    "resources": _text,
}


def _from_text(option: str, text: str) -> object:
    if option in ("batch_rows", "cache", "max_output_rows", "retry"):
        return int(text)
    if option in ("cpus", "gpus"):
        return float(text)
    if option == "max_errors":
        return float(text) if "." in text else int(text)
    if option in ("ordered", "replay"):
        return re.fullmatch("true", text.strip(), re.IGNORECASE) is not None
    return text
