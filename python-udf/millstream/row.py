"""`Row`: the value of a ROW in Python functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum
from functools import lru_cache
from operator import attrgetter, itemgetter
from typing import Any

__all__ = ["Row", "RowKind"]


class RowKind(Enum):
    """What a row of a changelog means: +I, -U, +U, -D.

    >>> RowKind.UPDATE_AFTER.value
    2
    """

    INSERT = 0
    UPDATE_BEFORE = 1
    UPDATE_AFTER = 2
    DELETE = 3


class Row(list[Any]):
    """Values in order, with or without field names; mutable, compared by value. As PyFlink's
    `pyflink.common.Row`.

    Fields are read by position, name or attribute. A nameless row that is called makes rows of its names.
    A Row is stored as a list, which Python makes four times as fast as an object that holds one; it has
    none of a list's methods, so fields may have their names, and equals only Rows.

    >>> row = Row(name="Ada", born=1815)
    >>> row, row[0], row["born"], row.name
    (Row(name='Ada', born=1815), 'Ada', 1815, 'Ada')
    >>> Row("name", "born")("Ada", 1815) == row
    True
    """

    __slots__ = ("_fields", "_row_kind")

    _fields: list[str] | None
    _row_kind: RowKind

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if args and kwargs:
            raise ValueError("Row takes values by position or by name, not both.")
        super().__init__(kwargs.values() if kwargs else args)
        _set(self, "_fields", [*kwargs] if kwargs else None)
        _set(self, "_row_kind", _INSERT)

    @staticmethod
    def of_kind(row_kind: RowKind, *args: Any, **kwargs: Any) -> Row:
        """A row of that kind."""
        row = Row(*args, **kwargs)
        row.set_row_kind(row_kind)
        return row

    def as_dict(self, recursive: bool = False) -> dict[str, Any]:
        """The values by field name; `recursive` converts rows inside as well."""
        if self._fields is None:
            raise TypeError("A Row without field names cannot become a dict.")
        values = map(_plain, self) if recursive else self
        return dict(zip(self._fields, values, strict=False))

    def get_row_kind(self) -> RowKind:
        """INSERT unless it was set."""
        return self._row_kind

    def set_row_kind(self, row_kind: RowKind) -> None:
        """Sets what the row means in a changelog."""
        _leave_shared_class(self)
        _set(self, "_row_kind", row_kind)

    def set_field_names(self, field_names: Sequence[str]) -> None:
        """Names the values in order."""
        _leave_shared_class(self)
        _set(self, "_fields", list(field_names))

    def get_fields_by_names(self, names: Sequence[str]) -> list[Any]:
        """The values of those fields; None for names that the row does not have."""
        fields = self._fields or []
        return [self[fields.index(name)] if name in fields else None for name in names]

    def __call__(self, *args: Any) -> Row:
        if len(args) > len(self):
            raise ValueError(f"{self!r} has {len(self)} fields, got {len(args)} values.")
        row = Row(*args)
        row.set_field_names(self)
        return row

    def __getitem__(self, item: int | slice | str) -> Any:  # type: ignore[override]
        return super().__getitem__(self._position(item) if isinstance(item, str) else item)

    def __setitem__(self, item: int | slice | str, value: Any) -> None:  # type: ignore[override]
        super().__setitem__(self._position(item) if isinstance(item, str) else item, value)

    def __getattr__(self, name: str) -> Any:
        if name in Row.__slots__ or self._fields is None or name not in self._fields:
            raise AttributeError(name if name.startswith("_") else self._no_field(name))
        return self[self._fields.index(name)]

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in Row.__slots__:
            raise AttributeError(f"Set fields by row[{name!r}] = value.")
        _leave_shared_class(self)
        _set(self, name, value)

    def __reduce_ex__(self, protocol: object) -> tuple[Any, ...]:
        return _restore, (self._fields, [*self], self._row_kind)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Row)
            and super().__eq__(other)
            and self._fields == other._fields
            and self._row_kind == other._row_kind
        )

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(self))

    def __repr__(self) -> str:
        if self._fields is None:
            return f"<Row({', '.join(map(repr, self))})>"
        return f"Row({', '.join(f'{k}={v!r}' for k, v in zip(self._fields, self, strict=False))})"

    def _position(self, name: str) -> int:
        if self._fields is None or name not in self._fields:
            raise KeyError(self._no_field(name))
        return self._fields.index(name)

    def _no_field(self, name: str) -> str:
        fields = "its fields have no names" if self._fields is None else f"it has {', '.join(self._fields)}"
        return f"a Row without a field {name}: {fields}"


def rows_of(names: Sequence[str], columns: Iterable[Iterable[Any]], count: int) -> list[Any]:
    """`count` rows with the values of columns, which share `names`; several times as fast as `Row(…)`."""
    shared = _shared_class(tuple(names))
    return list(map(shared, zip(*columns, strict=True))) if names else [shared() for _ in range(count)]


def in_order(rows: Sequence[Row], kinds: set[type], names: list[str]) -> bool:
    """True where the rows have as many fields as there are names, without names or with these in order.
    `kinds` are their classes.
    """
    if not set(map(len, rows)) <= {len(names)}:
        return False
    if kinds <= {_shared_class(tuple(names))}:
        return True
    fields = list(map(_fields_of, rows))
    named = fields.count(names)
    return named == len(rows) or named + fields.count(None) == len(rows)


@lru_cache(maxsize=1024)
def _shared_class(names: tuple[str, ...]) -> type[Row]:
    """The class of rows that came from one column. They share names and kind until either is set, so that
    Python makes them without running any Python code for each, and finds their fields as properties.
    """
    own: dict[str, object] = {"__slots__": (), "__init__": list.__init__, "__doc__": Row.__doc__}
    fields = {
        name: property(itemgetter(i))
        for i, name in reversed(list(enumerate(names)))
        if not hasattr(Row, name)
    }
    return type("Row", (Row,), {**fields, **own, "_fields": list(names), "_row_kind": _INSERT})


def _leave_shared_class(row: Row) -> None:
    kind = type(row)
    if kind is not Row and "_row_kind" in vars(kind):
        fields, row_kind = row._fields, row._row_kind
        _set(row, "__class__", Row)
        _set(row, "_fields", fields)
        _set(row, "_row_kind", row_kind)


def is_row_class(kind: type) -> bool:
    """True for `Row`, and for the Row of a PyFlink that is installed."""
    return issubclass(kind, Row) or (kind.__name__ == "Row" and kind.__module__ == "pyflink.common.types")


_set = object.__setattr__
_fields_of = attrgetter("_fields")
_INSERT = RowKind.INSERT


def _field(name: str) -> property:
    return property(lambda row: Row.__getattr__(row, name))


for _method in dir(list):
    if not _method.startswith("_"):
        # A list's method gives way to a field of that name.
        setattr(Row, _method, _field(_method))


def _restore(fields: list[str] | None, values: list[Any], row_kind: RowKind) -> Row:
    row = Row(*values)
    if fields is not None:
        row.set_field_names(fields)
    row.set_row_kind(row_kind)
    return row


def _plain(value: Any) -> Any:
    if isinstance(value, Row):
        return value.as_dict(recursive=True)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value
