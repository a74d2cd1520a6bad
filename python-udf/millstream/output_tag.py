"""Rows that a process function gives beside its result. The name is PyFlink's (DataStream)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ._definition import TypeLike, row_type
from .errors import UdfError

__all__ = ["OutputTag"]


class OutputTag:
    """Names a side output of a process function, and says the type of its rows as `result_types` does.

    A tag is an attribute of the function's class; `yield tag, row` gives a row to it.

    >>> from millstream import KeyedProcessFunction, OutputTag, udtf
    >>> class Split(KeyedProcessFunction):
    ...     small = OutputTag("small", "ROW<amount INT>")
    ...     def process_element(self, row, ctx):
    ...         if row.amount < 10:
    ...             yield self.small, row.amount
    ...         else:
    ...             yield row.amount
    >>> split = udtf(Split(), result_types="INT")
    """

    def __init__(self, tag_id: str, type_info: TypeLike | Sequence[TypeLike]) -> None:
        """Raises:
        UdfError: UDF_DECLARATION, UDF_TYPE.
        """
        if not isinstance(tag_id, str) or not tag_id:
            raise UdfError(
                "UDF_DECLARATION",
                f"The OutputTag {tag_id!r} has no name.",
                hint="Write OutputTag('late', 'ROW<amount INT>').",
            )
        self.tag_id = tag_id
        self.type = row_type(type_info)

    def __repr__(self) -> str:
        return f"OutputTag({self.tag_id!r}, {str(self.type)!r})"


def side_outputs(name: str, instance: object) -> tuple[OutputTag, ...]:
    """The tags of a function, in the order of their names.

    Raises:
        UdfError: UDF_DECLARATION, two of one name with different types.
    """
    found: dict[str, OutputTag] = {}
    for tag in _attributes(instance):
        if not isinstance(tag, OutputTag):
            continue
        known = found.setdefault(tag.tag_id, tag)
        if known.type != tag.type:
            raise UdfError(
                "UDF_DECLARATION",
                f"Function `{name}` has two side outputs `{tag.tag_id}`: {known.type} and {tag.type}.",
                hint="Give them different names.",
            )
    return tuple(found[tag_id] for tag_id in sorted(found))


def _attributes(instance: object) -> list[Any]:
    of_classes = [value for base in type(instance).__mro__ for value in vars(base).values()]
    return [*of_classes, *getattr(instance, "__dict__", {}).values()]
