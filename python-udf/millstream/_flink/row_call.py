"""A call of a function with Flink's values; what it needs of PyFlink is given to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any
from uuid import UUID

from .._types import Shape


class RowCall:
    """Calls a function as Millstream does: NULL rules, rows as the classes of annotations, results as rows.

    It is pickled, so it holds the function and plain data alone.
    """

    def __init__(
        self,
        call: Callable[..., Any],
        skips_null: Sequence[bool],
        shapes: Sequence[Shape | None],
        null_on_error: bool,
        make_row: Callable[..., Any],
    ) -> None:
        """
        Args:
            skips_null: for each parameter, whether the function is not called with NULL there; the last
                one counts for all further arguments. None at all (a built-in function that does not say
                its parameters): it is called with NULL too.
            shapes: classes of the arguments, by parameter; the last one as well, and none at all.
            make_row: PyFlink's `Row`.
        """
        self.call = call
        self.skips_null = tuple(skips_null)
        self.shapes = tuple(shapes)
        self.null_on_error = null_on_error
        self.make_row = make_row

    def __call__(self, *args: Any) -> Any:
        """The result for a row; None where an argument is NULL that must not be."""
        if self.is_skipped(args):
            return None
        try:
            return self.value(self.call(*self.taken(args)))
        except Exception:
            if self.null_on_error:
                return None
            raise

    async def later(self, *args: Any) -> Any:
        """As a call, of an async function."""
        if self.is_skipped(args):
            return None
        try:
            return self.value(await self.call(*self.taken(args)))
        except Exception:
            if self.null_on_error:
                return None
            raise

    def rows(self, *args: Any) -> Iterator[Any]:
        """The rows of a table function for one row; none where an argument is NULL that must not be."""
        if self.is_skipped(args):
            return
        given = self.call(*self.taken(args))
        if given is None:
            return
        if isinstance(given, (str, bytes, tuple)) or is_dataclass(given) or not hasattr(given, "__iter__"):
            given = [given]
        for item in given:
            yield self.value(item)

    def is_skipped(self, args: Sequence[Any]) -> bool:
        """True where the function is not called."""
        rules = self.skips_null
        return bool(rules) and any(
            arg is None and rules[min(i, len(rules) - 1)] for i, arg in enumerate(args)
        )

    def taken(self, args: Sequence[Any]) -> list[Any]:
        """The arguments as their annotations say."""
        shapes = self.shapes
        if not shapes:
            return list(args)
        return [shaped(arg, shapes[min(i, len(shapes) - 1)]) for i, arg in enumerate(args)]

    def value(self, given: Any) -> Any:
        """A result as a value of Flink: rows for objects with fields."""
        if given is None or isinstance(given, (int, float, str, bytes)) and not isinstance(given, Enum):
            return given
        if is_dataclass(given) and not isinstance(given, type):
            return self.make_row(*(self.value(getattr(given, field.name)) for field in fields(given)))
        if isinstance(given, Enum):
            return given.value if isinstance(given.value, str) else given.name
        if isinstance(given, UUID):
            return str(given)
        if isinstance(given, tuple):
            return self.make_row(*map(self.value, given))
        if isinstance(given, list):
            # Millstream's Row is a list too, with a class of its own.
            items = [self.value(item) for item in given]
            return items if type(given) is list else self.make_row(*items)
        if isinstance(given, dict):
            return {self.value(key): self.value(item) for key, item in given.items()}
        return given


def shaped(value: Any, shape: Shape | None) -> Any:
    """A value of Flink as the class that an annotation names."""
    if value is None or shape is None:
        return value
    if shape.make is not None:
        inner = shape.inner or (None,) * len(value)
        return shape.make(*(shaped(item, each) for item, each in zip(value, inner, strict=True)))
    if isinstance(value, list) and shape.inner:
        return [shaped(item, shape.inner[0]) for item in value]
    return value
