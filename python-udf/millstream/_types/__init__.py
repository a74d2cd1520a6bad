"""SQL types: as objects, as text, as Arrow types, and read from annotations."""

from .annotation import AnnotatedType, type_of_annotation
from .arrow_type import from_arrow, to_arrow, to_schema, to_vector
from .data_type import DataType, RowField
from .type_text import parse_type

__all__ = [
    "AnnotatedType",
    "DataType",
    "RowField",
    "from_arrow",
    "parse_type",
    "to_arrow",
    "to_schema",
    "to_vector",
    "type_of_annotation",
]
