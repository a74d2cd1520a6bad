"""Makes a result column one of the declared type: by the rules of the codecs, without a Python value each."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable

import pyarrow as pa

from ..._late import pc
from ..._types import DataType, RowField, to_arrow
from ..codec import Dialect, Mismatch
from .base import Misfit
from .fit_leaf import fit_leaf
from .plain import plain

_t = pa.types

Fit = Callable[[pa.Array, DataType], pa.Array]


def fit(
    array: pa.Array | pa.ChunkedArray, data_type: DataType, dialect: Dialect, gaps_are_nan: bool = False
) -> pa.Array:
    """The column as `to_arrow(data_type)`.

    Integers and floats widen, and narrow as long as they fit; decimals are rounded half to even; digits of
    a second beyond the precision are cut; encodings of the same values (dictionaries, large, view and
    fixed-size types) are undone; the same at every level. `gaps_are_nan`: floats without a fraction are
    taken for integers, as pandas makes such of integers with gaps.

    Raises:
        Misfit: a column of another type.
        Mismatch: the first value that does not fit.
    """

    def below(column: pa.Array, below_type: DataType) -> pa.Array:
        column = plain(column)
        if _t.is_null(column.type):
            return pa.nulls(len(column), to_arrow(below_type))
        match below_type.kind:
            case "ARRAY":
                return _list(column, below_type, below)
            case "MAP" | "MULTISET":
                return _map(column, below_type, below)
            case "ROW":
                return _row(column, below_type, below)
            case _:
                return fit_leaf(column, below_type, dialect, gaps_are_nan)

    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.nulls(0, array.type)
    return below(array, data_type)


def _list(array: pa.Array, data_type: DataType, below: Fit) -> pa.Array:
    if not (_t.is_list(array.type) or _t.is_large_list(array.type)):
        raise Misfit(f"a column of {array.type}")
    element = data_type.element
    assert element is not None
    offsets, start, end = _offsets(array)
    child = _below(array, array.values.slice(start, end - start), element, offsets, "element", below)
    return _assembled(array, to_arrow(data_type), offsets, child)


def _map(array: pa.Array, data_type: DataType, below: Fit) -> pa.Array:
    if _t.is_map(array.type):
        offsets, start, end = _offsets(array)
        keys, items = (c.slice(start, end - start) for c in (array.keys, array.items))
    elif _is_list_of_pairs(array.type):
        offsets, start, end = _offsets(array)
        keys, items = array.values.slice(start, end - start).flatten()
    else:
        raise Misfit(f"a column of {array.type}")
    if data_type.kind == "MAP":
        key, value = data_type.key, data_type.value
    else:
        key, value = data_type.element, DataType("INT")
    assert key is not None and value is not None
    if keys.null_count > 0:
        parent = bisect_right(offsets.to_pylist(), keys.is_null().index(True).as_py()) - 1
        raise Mismatch(parent, array[parent].as_py(), "a key is None")
    target = to_arrow(data_type)
    entries = pa.StructArray.from_arrays(
        [
            _below(array, keys, key, offsets, "key", below),
            _below(array, items, value, offsets, "value", below),
        ],
        fields=[target.key_field, target.item_field],
    )
    return _assembled(array, target, offsets, entries)


def _row(array: pa.Array, data_type: DataType, below: Fit) -> pa.Array:
    if not _t.is_struct(array.type):
        raise Misfit(f"a column of {array.type}")
    given = [array.type.field(i).name for i in range(array.type.num_fields)]
    order = fields_by_name(given, [field.name for field in data_type.fields])
    columns = array.flatten()
    children = [
        fit_field(columns[i], field, array, below) for i, field in zip(order, data_type.fields, strict=True)
    ]
    buffers = [_validity(array)]
    return pa.Array.from_buffers(to_arrow(data_type), len(array), buffers, children=children)


def fit_field(column: pa.Array, field: RowField, parent: pa.Array | None, below: Fit) -> pa.Array:
    """A field of a ROW; `parent` says where the ROW itself is NULL (None: nowhere)."""
    try:
        child = below(column, field.type)
    except Mismatch as mismatch:
        reason = f"field `{field.name}` is {_short(mismatch.value)}: {mismatch.reason}"
        value = mismatch.value if parent is None else parent[mismatch.index].as_py()
        raise Mismatch(mismatch.index, value, reason) from None
    except Misfit as misfit:
        raise Misfit(f"{misfit} in field `{field.name}`") from None
    if not field.type.nullable and child.null_count > 0:
        missing = child.is_null() if parent is None else pc.and_(child.is_null(), parent.is_valid())
        at = missing.index(True).as_py()
        if at >= 0:
            value = None if parent is None else parent[at].as_py()
            raise Mismatch(at, value, f"field `{field.name}` is None, its type is {field.type}")
    return child


def fields_by_name(given: list[str], declared: list[str]) -> list[int]:
    """For each declared field which of the given ones it is: by name where all names are there, else by
    position.

    Raises:
        Misfit: another number of fields.
    """
    if len(given) != len(declared):
        raise Misfit(
            f"{len(given)} fields ({', '.join(given)}), expected {len(declared)} ({', '.join(declared)})",
            columns=True,
        )
    if given != declared and sorted(given) == sorted(declared):
        return [given.index(name) for name in declared]
    return list(range(len(given)))


def _below(
    array: pa.Array, child: pa.Array, data_type: DataType, offsets: pa.Array, what: str, below: Fit
) -> pa.Array:
    try:
        fitted = below(child, data_type)
        if not data_type.nullable and fitted.null_count > 0:
            at = fitted.is_null().index(True).as_py()
            raise Mismatch(at, None, f"its type is {data_type}")
    except Mismatch as mismatch:
        bounds = offsets.to_pylist()
        parent = bisect_right(bounds, mismatch.index) - 1
        position = mismatch.index - bounds[parent]
        reason = f"{what} {position} is {_short(mismatch.value)}: {mismatch.reason}"
        raise Mismatch(parent, array[parent].as_py(), reason) from None
    return fitted


def _offsets(array: pa.Array) -> tuple[pa.Array, int, int]:
    """Offsets from 0 as int32, and the range of the child that they mean."""
    if len(array) == 0:
        return pa.array([0], pa.int32()), 0, 0
    offsets = array.offsets
    start, end = offsets[0].as_py(), offsets[-1].as_py()
    if end - start > 2**31 - 1:
        raise Misfit("more than 2,147,483,647 elements in one batch")
    if start != 0 or offsets.offset != 0 or offsets.type != pa.int32():
        offsets = pc.subtract(offsets, pa.scalar(start, offsets.type)).cast(pa.int32())
    return offsets, start, end


def _assembled(array: pa.Array, target: pa.DataType, offsets: pa.Array, child: pa.Array) -> pa.Array:
    buffers = [_validity(array), offsets.buffers()[1]]
    return pa.Array.from_buffers(target, len(array), buffers, children=[child])


def _validity(array: pa.Array) -> pa.Buffer | None:
    # Two negations: `is_valid` alone may give the array's own bitmap with its offset.
    return None if array.null_count == 0 else pc.invert(array.is_null()).buffers()[1]


def _is_list_of_pairs(arrow_type: pa.DataType) -> bool:
    """Lists of structs of two fields: how Polars holds maps."""
    if not (_t.is_list(arrow_type) or _t.is_large_list(arrow_type)):
        return False
    return bool(_t.is_struct(arrow_type.value_type) and arrow_type.value_type.num_fields == 2)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
