"""SQL types from Python annotations (DESIGN, "Python functions"); nothing ever defaults to a type."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import decimal
import enum
import inspect
import operator
import types
import typing
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from ..errors import UdfError
from ..row import Row
from .data_type import DataType, RowField
from .hints import plain_annotation, type_hints
from .shape import ANY, AnnotatedType, Conversion, Shape
from .type_text import parse_type


def type_of_annotation(annotation: object, where: str) -> AnnotatedType:
    """The SQL type of an annotation; `where` names the place in messages ("parameter `x`").

    >>> from datetime import datetime
    >>> str(type_of_annotation(list[datetime] | None, "the result").type)
    'ARRAY<TIMESTAMP(6)>'

    Raises:
        UdfError: UDF_TYPE where it has no SQL type; the message says what to write instead.
    """
    if annotation is Any or annotation is object or isinstance(annotation, typing.TypeVar):
        return ANY
    if _is_vector(annotation):
        return ANY
    return _read(annotation, where, ())


_SIMPLE: dict[object, DataType] = {
    bool: DataType("BOOLEAN"),
    int: DataType("BIGINT"),
    float: DataType("DOUBLE"),
    str: DataType("STRING"),
    bytes: DataType("BYTES"),
    datetime.date: DataType("DATE"),
    datetime.time: DataType("TIME", precision=6),
    datetime.datetime: DataType("TIMESTAMP", precision=6),
    datetime.timedelta: DataType("INTERVAL_DAY_TIME"),
}

_FIXES: dict[object, str] = {
    decimal.Decimal: "Write Annotated[Decimal, (10, 2)]: precision and scale.",
    list: "Write list[int], list[str], …: the type of the elements.",
    tuple: "Write tuple[int, str]: the types of the fields.",
    dict: "Write dict[str, int], …: the types of keys and values.",
    set: "SQL has no sets: write list[int], or collections.Counter[str] for a MULTISET.",
    type(None): "Write the type of the values that are not None.",
    Row: "Declare the type: result_type='ROW<a INT, b STRING>', or annotate with a dataclass.",
}


def _read(annotation: Any, where: str, seen: tuple[object, ...]) -> AnnotatedType:
    annotation = plain_annotation(annotation)
    if isinstance(annotation, DataType):
        return AnnotatedType(annotation, annotation.nullable)
    if annotation in _SIMPLE:
        return AnnotatedType(_SIMPLE[annotation], False)
    if annotation in _FIXES:
        raise _no_type(annotation, where, _FIXES[annotation])
    if annotation in seen:
        raise _no_type(annotation, where, "A type that contains itself has no SQL type.")
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _read_annotated(arguments[0], arguments[1:], where, seen)
    if origin is Literal:
        return _read_literal(annotation, arguments, where)
    if origin in (Union, types.UnionType):
        return _read_union(annotation, arguments, where, seen)
    if origin is tuple and arguments and arguments[-1] is not Ellipsis:
        return _row([(f"f{i}", a) for i, a in enumerate(arguments)], _make_tuple, where, seen)
    if origin is collections.Counter:
        element = _read(arguments[0], where, seen)
        return AnnotatedType(DataType("MULTISET", element=element.type), False, _shape_of(element))
    if inspect.isclass(origin) and issubclass(origin, Mapping):
        key, value = (_read(a, where, seen) for a in arguments)
        shape = _shape_of(key, value)
        return AnnotatedType(DataType("MAP", key=key.type, value=value.type), False, shape)
    if inspect.isclass(origin) and issubclass(origin, Sequence):
        element = _read(arguments[0], where, seen)
        return AnnotatedType(DataType("ARRAY", element=element.type), False, _shape_of(element))
    if inspect.isclass(annotation):
        return _read_class(annotation, where, seen)
    raise _no_type(
        annotation,
        where,
        "Declare it with input_types or result_type, or annotate it Annotated[…, 'SQL TYPE'].",
    )


def _read_annotated(
    base: Any, metadata: Sequence[object], where: str, seen: tuple[object, ...]
) -> AnnotatedType:
    timed = _read_time(base, metadata, where)
    if timed is not None:
        return AnnotatedType(timed, False)
    for note in metadata:
        if base is decimal.Decimal and isinstance(note, tuple) and len(note) == 2:
            return AnnotatedType(parse_type(f"DECIMAL({note[0]}, {note[1]})"), False)
        if isinstance(note, DataType):
            return AnnotatedType(note, note.nullable)
        if isinstance(note, str):
            return AnnotatedType(_parse_note(note, base, where), False)
    return _read(base, where, seen)


def _read_time(base: Any, metadata: Sequence[object], where: str) -> DataType | None:
    """The type of `Annotated[datetime, 3]`, `Annotated[datetime, "ltz"]`, or with both; None for others."""
    if base not in (datetime.datetime, datetime.time):
        return None
    is_zoned = "ltz" in metadata and base is datetime.datetime
    precisions = [note for note in metadata if type(note) is int]
    if not is_zoned and not precisions:
        return None
    kind = "TIME" if base is datetime.time else "TIMESTAMP_LTZ" if is_zoned else "TIMESTAMP"
    return _parse_note(f"{kind}({precisions[0] if precisions else 6})", base, where)


def _parse_note(note: str, base: Any, where: str) -> DataType:
    try:
        return parse_type(note)
    except UdfError as error:
        hint = "Write 'ltz' or 'TIMESTAMP_LTZ(6)'." if base is datetime.datetime else error.hint
        raise UdfError(error.code, f"The annotation of {where}: {error.message}", hint=hint) from None


def _read_literal(annotation: object, values: Sequence[object], where: str) -> AnnotatedType:
    kinds = {type(value) for value in values} - {type(None)}
    if len(kinds) != 1 or not kinds <= _SIMPLE.keys():
        raise _no_type(annotation, where, "Give literals of one type: Literal['a', 'b'], Literal[1, 2].")
    return AnnotatedType(_SIMPLE[kinds.pop()], None in values)


def _read_union(
    annotation: object, members: Sequence[object], where: str, seen: tuple[object, ...]
) -> AnnotatedType:
    known = [member for member in members if member is not type(None)]
    if len(known) != 1:
        raise _no_type(
            annotation, where, "A union with None is a nullable type; other unions have no SQL type."
        )
    read = _read(known[0], where, seen)
    return dataclasses.replace(read, nullable=len(known) < len(members))


def _read_class(annotation: Any, where: str, seen: tuple[object, ...]) -> AnnotatedType:
    seen = (*seen, annotation)
    if dataclasses.is_dataclass(annotation) and isinstance(annotation, type):
        hints = type_hints(annotation, where)
        fields = [(f.name, hints[f.name]) for f in dataclasses.fields(annotation) if f.init]
        return _row(fields, annotation, where, seen)
    if issubclass(annotation, tuple) and hasattr(annotation, "_fields"):
        hints = type_hints(annotation, where)
        return _row([(name, hints.get(name, Any)) for name in annotation._fields], annotation, where, seen)
    if annotation is uuid.UUID:
        return AnnotatedType(DataType("STRING"), False, Shape(conversion=Conversion(uuid.UUID, str, "str")))
    if issubclass(annotation, enum.Enum):
        return _read_enum(annotation, where)
    if typing.is_typeddict(annotation):
        names = [*type_hints(annotation, where).items()]
        return _row(names, _make_dict([name for name, _ in names]), where, seen)
    raise _no_type(
        annotation,
        where,
        "Use a built-in type, a dataclass, a NamedTuple or a TypedDict, or declare the type.",
    )


def _read_enum(annotation: type[enum.Enum], where: str) -> AnnotatedType:
    kinds = {type(member.value) for member in annotation}
    if len(kinds) != 1 or not kinds <= {str, int}:
        raise _no_type(annotation, where, "An enumeration's values must all be str, or all int.")
    kind = kinds.pop()
    conversion = Conversion(annotation, operator.attrgetter("value"), kind.__name__)
    return AnnotatedType(_SIMPLE[kind], False, Shape(conversion=conversion))


def _row(
    fields: Sequence[tuple[str, Any]], make: Callable[..., object], where: str, seen: tuple[object, ...]
) -> AnnotatedType:
    read = [(name, _read(annotation, f"field `{name}` of {where}", seen)) for name, annotation in fields]
    row_fields = tuple(RowField(name, field.type) for name, field in read if field.type is not None)
    return AnnotatedType(
        DataType("ROW", fields=row_fields), False, Shape(make, tuple(f.shape for _, f in read))
    )


def _shape_of(*inner: AnnotatedType) -> Shape | None:
    shapes = tuple(read.shape for read in inner)
    return Shape(None, shapes) if any(shapes) else None


def _make_tuple(*values: object) -> tuple[object, ...]:
    return values


def _make_dict(names: Sequence[str]) -> Callable[..., object]:
    return lambda *values: dict(zip(names, values, strict=True))


_VECTORS = {
    "pyarrow": ("Array", "ChunkedArray"),
    "pandas": ("Series", "DataFrame"),
    "numpy": ("ndarray", "MaskedArray"),
    "polars": ("Series",),
}


def _is_vector(annotation: object) -> bool:
    vector = get_origin(annotation) or annotation
    module, name = getattr(vector, "__module__", None) or "", getattr(vector, "__name__", "")
    package = module.partition(".")[0]
    return name in _VECTORS.get(package, ()) or (package == "pyarrow" and name.endswith("Array"))


def _no_type(annotation: object, where: str, fix: str) -> UdfError:
    name = getattr(annotation, "__qualname__", None) if inspect.isclass(annotation) else None
    return UdfError("UDF_TYPE", f"The annotation {name or annotation} of {where} has no SQL type.", hint=fix)
