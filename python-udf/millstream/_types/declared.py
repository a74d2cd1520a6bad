"""An annotation and a declared type read together: the declared type wins, and they must agree."""

from __future__ import annotations

import inspect
import types
from typing import Annotated, Any, Union, get_args, get_origin

from ..errors import UdfError
from .agreement import agrees
from .annotation import type_of_annotation
from .data_type import DataType
from .hints import plain_annotation
from .shape import AnnotatedType


def read_annotation(
    annotation: Any, declared: DataType | None, where: str, is_result: bool = False
) -> AnnotatedType:
    """What an annotation says, with the type `declared` where there is one.

    >>> from decimal import Decimal
    >>> str(read_annotation(Decimal | None, DataType("DECIMAL", precision=9, scale=2), "the result").type)
    'DECIMAL(9, 2)'

    Raises:
        UdfError: UDF_ANNOTATION where they disagree; UDF_TYPE where nothing is declared and the annotation
        has no SQL type.
    """
    if declared is None:
        return type_of_annotation(annotation, where)
    if not agrees(annotation, declared, is_result):
        name = annotation.__name__ if inspect.isclass(annotation) else str(annotation)
        raise UdfError(
            "UDF_ANNOTATION",
            f"{where[:1].upper()}{where[1:]} is annotated {name} and declared {declared}.",
            hint="Make one of them fit the other, or leave one out: the type follows from the annotation.",
        )
    try:
        read = type_of_annotation(annotation, where)
    except UdfError:
        return AnnotatedType(declared, _takes_none(annotation))
    return AnnotatedType(declared, read.nullable, read.shape)


def _takes_none(annotation: Any) -> bool:
    annotation = plain_annotation(annotation)
    if get_origin(annotation) is Annotated:
        return _takes_none(get_args(annotation)[0])
    return get_origin(annotation) in (Union, types.UnionType) and type(None) in get_args(annotation)
