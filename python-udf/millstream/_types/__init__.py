"""SQL types: as objects, as text, as Arrow types, and read from annotations."""

from .annotation import type_of_annotation
from .arrow_type import from_arrow, to_arrow, to_schema, to_vector
from .data_type import DataType, RowField
from .declared import read_annotation
from .hints import type_hints
from .shape import ANY, AnnotatedType, Shape
from .type_text import parse_type

__all__ = [
    "ANY",
    "AnnotatedType",
    "DataType",
    "RowField",
    "Shape",
    "from_arrow",
    "parse_type",
    "read_annotation",
    "to_arrow",
    "to_schema",
    "to_vector",
    "type_hints",
    "type_of_annotation",
]
