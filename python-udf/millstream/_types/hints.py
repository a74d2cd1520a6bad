"""Annotations as objects: text is evaluated, and what does not concern the type is taken off."""

from __future__ import annotations

import builtins
import sys
import typing
from typing import Any, get_args, get_origin

from .._near_names import did_you_mean
from ..errors import UdfError


def type_hints(annotated: Any, where: str) -> dict[str, Any]:
    """The annotations of a function or class, those written as text evaluated; `where` names it in messages.

    >>> def f(x: "int | None") -> "str": ...
    >>> type_hints(f, "function `f`")
    {'x': int | None, 'return': <class 'str'>}

    Raises:
        UdfError: UDF_TYPE where a name is not there, with near names.
    """
    try:
        return typing.get_type_hints(annotated, include_extras=True)
    except NameError as error:
        name = error.name or ""
        module = sys.modules.get(getattr(annotated, "__module__", ""), None)
        known = {*vars(builtins), *typing.__all__, *(vars(module) if module is not None else ())}
        near = did_you_mean(name, sorted(n for n in known if not n.startswith("_")))
        raise UdfError(
            "UDF_TYPE",
            f"An annotation in {where} cannot be read: {error}.",
            hint=near or "Import or define the name at the top level of the module, also at run time.",
        ) from error


def plain_annotation(annotation: Any) -> Any:
    """The annotation without aliases (`type X = …`, NewType) and the qualifiers of fields."""
    while True:
        if isinstance(annotation, typing.NewType):
            annotation = annotation.__supertype__
        elif type(annotation).__name__ == "TypeAliasType":
            annotation = annotation.__value__
        elif getattr(get_origin(annotation), "_name", None) in _QUALIFIERS:
            annotation = get_args(annotation)[0]
        else:
            return annotation


_QUALIFIERS = ("Required", "NotRequired", "ReadOnly", "Final")
