"""ARRAY, MAP and ROW, converted column by column: each level is a list of values of the level below."""

from __future__ import annotations

import dataclasses
import struct
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate, chain, compress
from operator import attrgetter, itemgetter
from typing import Any

import pyarrow as pa

from ..._late import pc
from ..._types import DataType
from ...row import Row, in_order, is_row_class, rows_of
from .base import Codec, Mismatch, bitmap, set_nulls, spread_places, validity
from .collection import without_collection

NoneType = type(None)
#: From this version on pyarrow makes lists of lists in native code; before, ours is 10 times as fast.
_LISTS_ARE_FAST = int(pa.__version__.partition(".")[0]) >= 26
_LISTS = {list, tuple, NoneType}


class ArrayCodec(Codec):
    """ARRAY ↔ list; tuples, other sequences and numpy arrays are taken as results."""

    def __init__(self, data_type: DataType, element: Codec) -> None:
        super().__init__(data_type)
        self._element = element
        self.is_plain = element.is_plain

    @without_collection
    def decode(self, array: pa.Array) -> list[Any]:
        if _LISTS_ARE_FAST and self._element.is_plain:
            return list(array.to_pylist())
        bounds, child = _bounds(array, array.values)
        values = list(self._element.decode(child))
        return set_nulls([values[a:b] for a, b in zip(bounds, bounds[1:], strict=False)], array)

    @without_collection
    def encode(self, values: list[Any]) -> pa.Array:
        kinds = set(map(type, values))
        lists = values if kinds <= _LISTS else _all(values, _as_list, "a list")
        has_none = NoneType in kinds
        offsets = _offsets(lists, has_none)
        elements = list(chain.from_iterable((v for v in lists if v is not None) if has_none else lists))
        child = _encode_below(self._element, elements, offsets, values, "element", self.data_type.element)
        buffers = [validity(lists) if has_none else None, _packed(offsets)]
        return pa.Array.from_buffers(self.arrow_type, len(lists), buffers, children=[child])


class MapCodec(Codec):
    """MAP ↔ dict; MULTISET ↔ dict from element to count, whose results may also be lists of elements."""

    def __init__(self, data_type: DataType, key: Codec, value: Codec) -> None:
        super().__init__(data_type)
        self._key = key
        self._value = value

    @without_collection
    def decode(self, array: pa.Array) -> list[Any]:
        bounds, keys = _bounds(array, array.keys)
        _, items = _bounds(array, array.items)
        pairs = list(zip(self._key.decode(keys), self._value.decode(items), strict=True))
        return set_nulls([dict(pairs[a:b]) for a, b in zip(bounds, bounds[1:], strict=False)], array)

    @without_collection
    def encode(self, values: list[Any]) -> pa.Array:
        as_dict = _as_dict if self.data_type.kind == "MAP" else _as_counts
        kinds = set(map(type, values))
        dicts = values if kinds <= {dict, NoneType} else _all(values, as_dict, "a dict")
        offsets = _offsets(dicts, NoneType in kinds)
        known = dicts if NoneType not in kinds else [v for v in dicts if v is not None]
        keys = list(chain.from_iterable(known))
        items = list(chain.from_iterable([v.values() for v in known]))
        if NoneType in set(map(type, keys)):
            parent, _ = _parent(offsets, keys.index(None))
            raise Mismatch(parent, values[parent], "a key is None")
        entries = pa.Array.from_buffers(
            pa.struct([self.arrow_type.key_field, self.arrow_type.item_field]),
            len(keys),
            [None],
            children=[
                _encode_below(self._key, keys, offsets, values, "key", None),
                _encode_below(self._value, items, offsets, values, "value", self.data_type.value),
            ],
        )
        buffers = [validity(dicts) if NoneType in kinds else None, _packed(offsets)]
        return pa.Array.from_buffers(self.arrow_type, len(dicts), buffers, children=[entries])


class RowCodec(Codec):
    """ROW ↔ `Row` with field names, or what `make` makes of the values.

    Results may be a Row, tuple, list, dict, NamedTuple or dataclass. Named values go by name, the others
    by position.
    """

    def __init__(
        self, data_type: DataType, children: Sequence[Codec], make: Callable[..., Any] | None
    ) -> None:
        super().__init__(data_type)
        self.children = children
        self._names = [field.name for field in data_type.fields]
        self._types = [field.type for field in data_type.fields]
        self._make = make

    @without_collection
    def decode(self, array: pa.Array) -> list[Any]:
        columns = [codec.decode(child) for codec, child in zip(self.children, array.flatten(), strict=True)]
        if self._make is None:
            return set_nulls(rows_of(self._names, columns, len(array)), array)
        rows = list(map(self._make, *columns)) if columns else [self._make() for _ in range(len(array))]
        return set_nulls(rows, array)

    @without_collection
    def encode(self, values: list[Any]) -> pa.Array:
        kinds = set(map(type, values))
        if NoneType not in kinds:
            children = self._encode_fields(self._rows(values, kinds), values)
            return pa.Array.from_buffers(self.arrow_type, len(values), [None], children=children)
        valid = [value is not None for value in values]
        known = list(compress(values, valid))
        try:
            children = self._encode_fields(self._rows(known, kinds - {NoneType}), known)
        except Mismatch as mismatch:
            mismatch.index = list(compress(range(len(values)), valid))[mismatch.index]
            raise
        validity = bitmap(valid)
        places = spread_places(pa.Array.from_buffers(pa.bool_(), len(values), [None, validity]))
        spread = [child.take(places) for child in children]
        return pa.Array.from_buffers(self.arrow_type, len(values), [validity], children=spread)

    def encode_columns(
        self,
        fields: Sequence[int],
        columns: Sequence[list[Any]],
        row_at: Callable[[int], Any],
        null_rows: int = 0,
    ) -> list[pa.Array]:
        """A column for each of `fields`, whose values are those of `columns`. `row_at` gives a whole row,
        which is None for `null_rows` of them.

        Raises:
            Mismatch: a field does not fit.
        """
        return [
            self._encode_field(field, column, row_at, null_rows)
            for field, column in zip(fields, columns, strict=True)
        ]

    def fields_of(self, values: list[Any]) -> Sequence[Sequence[Any]]:
        """The fields of each row in order.

        Raises:
            Mismatch: a value is no such row.
        """
        return self._rows(values, set(map(type, values)))

    def _encode_fields(self, rows: Sequence[Sequence[Any]], values: Sequence[Any]) -> list[pa.Array]:
        width = len(self.children)
        fields = list(chain.from_iterable(rows))
        columns = [fields[i::width] for i in range(width)]
        return self.encode_columns(range(width), columns, values.__getitem__)

    def _encode_field(
        self, field: int, column: list[Any], row_at: Callable[[int], Any], null_rows: int
    ) -> pa.Array:
        try:
            child = self.children[field].encode(column)
        except Mismatch as mismatch:
            reason = f"field `{self._names[field]}` is {_short(mismatch.value)}: {mismatch.reason}"
            raise Mismatch(mismatch.index, row_at(mismatch.index), reason) from None
        if not self._types[field].nullable and child.null_count > null_rows:
            at = next(j for j, value in enumerate(column) if value is None and row_at(j) is not None)
            reason = f"field `{self._names[field]}` is None, its type is {self._types[field]}"
            raise Mismatch(at, row_at(at), reason)
        return child

    def _rows(self, values: list[Any], kinds: set[type]) -> Sequence[Any]:
        """The fields of each value in order; what most functions give goes the short way."""
        names = self._names
        if all(issubclass(kind, Row) for kind in kinds) and in_order(values, kinds, names):
            return values
        if kinds == {tuple} and set(map(len, values)) == {len(names)}:
            return values
        if len(kinds) == 1 and names and not any(map(is_row_class, kinds)):
            taken = self._taken_at_once(values, *kinds)
            if taken is not None:
                return taken
        return _all(values, self._fields_of, "a Row")

    def _taken_at_once(self, values: list[Any], kind: type) -> Sequence[Any] | None:
        """The fields of dicts or records of one class; None where some lacks one, or has another."""
        names = self._names
        try:
            if issubclass(kind, dict) and set(map(len, values)) == {len(names)}:
                take: Any = itemgetter(*names)
            elif dataclasses.is_dataclass(kind) or set(getattr(kind, "_fields", ())) == set(names):
                take = attrgetter(*names)
            else:
                return None
            taken = map(take, values)
            return list(zip(taken, strict=True) if len(names) == 1 else taken)
        except (AttributeError, KeyError):
            return None

    def _fields_of(self, value: Any) -> Sequence[Any]:
        names = self._names
        if is_row_class(type(value)):
            fields = getattr(value, "_fields", None)
            given: Sequence[Any] = value if isinstance(value, Row) else value._values
            if fields is not None and fields != names and set(fields) == set(names):
                given = value.get_fields_by_names(names)
        elif isinstance(value, (tuple, list)):
            given = value
            fields = getattr(value, "_fields", names)
            if fields != names and len(fields) == len(names) and set(fields) == set(names):
                given = [getattr(value, name) for name in names]
        elif isinstance(value, Mapping):
            unknown = [key for key in value if key not in names]
            missing = [name for name in names if name not in value]
            if unknown or missing:
                raise _Refused(f"its keys are {_short(list(value))}, the fields are {names}")
            given = [value[name] for name in names]
        elif dataclasses.is_dataclass(value) and not isinstance(value, type):
            missing = [name for name in names if not hasattr(value, name)]
            if missing:
                raise _Refused(f"it has no field {', '.join(missing)}")
            given = [getattr(value, name) for name in names]
        else:
            raise _Refused("expected a Row, tuple, dict or dataclass")
        if len(given) != len(names):
            raise _Refused(f"it has {len(given)} fields, expected {len(names)}: {', '.join(names)}", True)
        return given


class _Refused(Exception):
    """The reason why a value is not of the outer form; `columns` as in `Mismatch`."""

    def __init__(self, reason: str, columns: bool = False) -> None:
        super().__init__(reason)
        self.columns = columns


def _bounds(array: pa.Array, child: pa.Array) -> tuple[list[int], pa.Array]:
    """Where each list begins and ends in the part of the child that the array means."""
    if len(array) == 0:
        return [0], child.slice(0, 0)
    offsets = array.offsets
    start = offsets[0].as_py()
    if start != 0:
        offsets = pc.subtract(offsets, start)
    bounds = offsets.to_pylist()
    return bounds, child.slice(start, bounds[-1])


def _offsets(values: Sequence[Any], has_none: bool) -> Sequence[int]:
    lengths = (0 if v is None else len(v) for v in values) if has_none else map(len, values)
    return list(accumulate(lengths, initial=0))


def _packed(offsets: Sequence[int]) -> pa.Buffer:
    return pa.py_buffer(struct.pack(f"{len(offsets)}i", *offsets))


def _all(values: Sequence[Any], convert: Callable[[Any], Any], expected: str) -> list[Any]:
    converted: list[Any] = []
    for value in values:
        try:
            converted.append(None if value is None else convert(value))
        except _Refused as refused:
            raise Mismatch(len(converted), value, str(refused), refused.columns) from None
        except (TypeError, ValueError):
            raise Mismatch(len(converted), value, f"expected {expected}") from None
    return converted


def _as_list(value: Any) -> Sequence[Any]:
    if isinstance(value, Row):
        raise TypeError
    if isinstance(value, (list, tuple)):
        return value
    if hasattr(value, "tolist"):
        listed = value.tolist()
        if isinstance(listed, list):
            return listed
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes, bytearray, memoryview)):
        return list(value)
    raise TypeError


def _as_dict(value: Any) -> Mapping[Any, Any]:
    if isinstance(value, Mapping):
        return value
    raise TypeError


def _as_counts(value: Any) -> Mapping[Any, Any]:
    return value if isinstance(value, Mapping) else Counter(_as_list(value))


def _encode_below(
    codec: Codec,
    below: list[Any],
    offsets: Sequence[int],
    values: Sequence[Any],
    what: str,
    data_type: DataType | None,
) -> pa.Array:
    try:
        if data_type is not None and not data_type.nullable and None in below:
            raise Mismatch(below.index(None), None, f"its type is {data_type}")
        return codec.encode(below)
    except Mismatch as mismatch:
        parent, position = _parent(offsets, mismatch.index)
        reason = f"{what} {position} is {_short(mismatch.value)}: {mismatch.reason}"
        raise Mismatch(parent, values[parent], reason) from None


def _parent(offsets: Sequence[int], index: int) -> tuple[int, int]:
    parent = bisect_right(offsets, index) - 1
    return parent, index - offsets[parent]


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
