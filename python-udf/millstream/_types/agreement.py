"""Whether an annotation and a declared SQL type can both be true of a value."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import enum
import inspect
import types
import typing
import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from ..row import Row
from .data_type import DataType
from .hints import plain_annotation, type_hints

_PYTHON: dict[str, type] = {
    "BOOLEAN": bool,
    **dict.fromkeys(("TINYINT", "SMALLINT", "INT", "BIGINT", "INTERVAL_YEAR_MONTH"), int),
    **dict.fromkeys(("FLOAT", "DOUBLE"), float),
    **dict.fromkeys(("CHAR", "VARCHAR", "STRING"), str),
    **dict.fromkeys(("BINARY", "VARBINARY", "BYTES"), bytes),
    "DECIMAL": Decimal,
    "DATE": datetime.date,
    "TIME": datetime.time,
    "TIMESTAMP": datetime.datetime,
    "TIMESTAMP_LTZ": datetime.datetime,
    "INTERVAL_DAY_TIME": datetime.timedelta,
    "ARRAY": list,
    "MAP": dict,
    "MULTISET": dict,
    "ROW": Row,
    "NULL": type(None),
}

#: What a result may also be, as docs/types.md has it.
_ALSO_RESULTS: dict[type, tuple[type, ...]] = {int: (bool,), float: (int, bool, Decimal), Decimal: (int,)}

_KNOWN = frozenset({*_PYTHON.values(), uuid.UUID})


def agrees(annotation: Any, declared: DataType, is_result: bool) -> bool:
    """False where values of the type can never be what is annotated. Unknown classes are believed.

    >>> agrees(int | None, DataType("SMALLINT"), False), agrees(str, DataType("INT"), False)
    (True, False)
    """
    annotation = plain_annotation(annotation)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return agrees(arguments[0], declared, is_result)
    if origin in (Union, types.UnionType):
        return any(agrees(member, declared, is_result) for member in arguments if member is not type(None))
    if origin is Literal:
        kinds = {type(value) for value in arguments} - {type(None)}
        return all(_class_agrees(kind, declared, is_result) for kind in kinds)
    if origin is not None and inspect.isclass(origin):
        return _generic_agrees(origin, arguments, declared, is_result)
    return not inspect.isclass(annotation) or _class_agrees(annotation, declared, is_result)


def _generic_agrees(origin: type, arguments: tuple[Any, ...], declared: DataType, is_result: bool) -> bool:
    if origin is collections.Counter:
        return declared.kind == "MULTISET" and _all_agree(arguments, [declared.element], is_result)
    if origin is tuple and arguments[-1:] != (Ellipsis,):
        return declared.kind == "ROW" and _all_agree(arguments, [f.type for f in declared.fields], is_result)
    if issubclass(origin, Mapping):
        if declared.kind == "MULTISET":
            return _all_agree(arguments, [declared.element, DataType("INT")], is_result)
        if declared.kind == "ROW":
            return is_result
        return declared.kind == "MAP" and _all_agree(arguments, [declared.key, declared.value], is_result)
    if issubclass(origin, Sequence):
        if declared.kind == "MULTISET":
            return is_result
        return declared.kind == "ARRAY" and _all_agree(arguments[:1], [declared.element], is_result)
    return True


def _all_agree(annotations: Sequence[Any], declared: Sequence[DataType | None], is_result: bool) -> bool:
    if len(annotations) != len(declared):
        return False
    pairs = zip(annotations, declared, strict=True)
    return all(inner is None or agrees(annotation, inner, is_result) for annotation, inner in pairs)


def _class_agrees(annotation: type, declared: DataType, is_result: bool) -> bool:
    if annotation in (object, typing.Any) or not isinstance(annotation, type):
        return True
    is_named = issubclass(annotation, tuple) and hasattr(annotation, "_fields")
    if dataclasses.is_dataclass(annotation) or is_named or typing.is_typeddict(annotation):
        return declared.kind == "ROW" and _fields_agree(annotation, declared, is_result)
    if issubclass(annotation, enum.Enum):
        kinds = {type(member.value) for member in annotation}
        return all(_class_agrees(kind, declared, is_result) for kind in kinds)
    python = _PYTHON[declared.kind]
    if annotation is uuid.UUID:
        return python is str
    if annotation not in _KNOWN and annotation not in (tuple, float, int):
        return True
    if annotation is tuple:
        return declared.kind in ("ROW", "ARRAY")
    if is_result:
        also = (dict, list) if declared.kind in ("ROW", "MULTISET") else _ALSO_RESULTS.get(python, ())
        if python is datetime.date:
            return annotation is python
        return issubclass(annotation, (python, *also))
    return issubclass(python, annotation) or (annotation is float and python is int)


def _fields_agree(annotation: Any, declared: DataType, is_result: bool) -> bool:
    hints = type_hints(annotation, f"class `{annotation.__name__}`")
    if dataclasses.is_dataclass(annotation):
        names = [field.name for field in dataclasses.fields(annotation) if field.init]
    else:
        names = [*getattr(annotation, "_fields", hints)]
    types_of = {field.name: field.type for field in declared.fields}
    wanted = [field.type for field in declared.fields]
    if set(names) == set(types_of):
        # Results go by name; the fields of an argument are handed over in order.
        if not is_result and names != [*types_of]:
            return False
        wanted = [types_of[name] for name in names]
    return _all_agree([hints.get(name, Any) for name in names], wanted, is_result)
