"""`Row`: the value of a ROW in Python functions."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from itertools import repeat
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


class Row:
    """Values in order, with or without field names; mutable, compared by value. As PyFlink's
    `pyflink.common.Row`.

    Fields are read by position, name or attribute. A nameless row that is called makes rows of its names.

    >>> row = Row(name="Ada", born=1815)
    >>> row, row[0], row["born"], row.name
    (Row(name='Ada', born=1815), 'Ada', 1815, 'Ada')
    >>> Row("name", "born")("Ada", 1815) == row
    True
    """

    __slots__ = ("_fields", "_row_kind", "_values")

    _values: list[Any]
    _fields: list[str] | None
    _row_kind: RowKind

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if args and kwargs:
            raise ValueError("Row takes values by position or by name, not both.")
        _set(self, "_values", [*kwargs.values()] if kwargs else [*args])
        _set(self, "_fields", [*kwargs] if kwargs else None)
        _set(self, "_row_kind", RowKind.INSERT)

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
        values = map(_plain, self._values) if recursive else self._values
        return dict(zip(self._fields, values, strict=False))

    def get_row_kind(self) -> RowKind:
        """INSERT unless it was set."""
        return self._row_kind

    def set_row_kind(self, row_kind: RowKind) -> None:
        """Sets what the row means in a changelog."""
        _set(self, "_row_kind", row_kind)

    def set_field_names(self, field_names: Sequence[str]) -> None:
        """Names the values in order."""
        _set(self, "_fields", list(field_names))

    def get_fields_by_names(self, names: Sequence[str]) -> list[Any]:
        """The values of those fields; None for names that the row does not have."""
        fields = self._fields or []
        return [self._values[fields.index(name)] if name in fields else None for name in names]

    def __call__(self, *args: Any) -> Row:
        if len(args) > len(self._values):
            raise ValueError(f"{self!r} has {len(self._values)} fields, got {len(args)} values.")
        row = Row(*args)
        row.set_field_names(self._values)
        return row

    def __contains__(self, item: object) -> bool:
        return item in self._values

    def __getitem__(self, item: int | slice | str) -> Any:
        return self._values[self._position(item) if isinstance(item, str) else item]

    def __setitem__(self, item: int | slice | str, value: Any) -> None:
        self._values[self._position(item) if isinstance(item, str) else item] = value

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or self._fields is None or name not in self._fields:
            raise AttributeError(name)
        return self._values[self._fields.index(name)]

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in Row.__slots__:
            raise AttributeError(f"Set fields by row[{name!r}] = value.")
        _set(self, name, value)

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (self._fields, self._values, self._row_kind)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Row)
            and self._values == other._values
            and self._fields == other._fields
            and self._row_kind == other._row_kind
        )

    def __hash__(self) -> int:
        return hash(tuple(self._values))

    def __repr__(self) -> str:
        if self._fields is None:
            return f"<Row({', '.join(map(repr, self._values))})>"
        return f"Row({', '.join(f'{k}={v!r}' for k, v in zip(self._fields, self._values, strict=False))})"

    def _position(self, name: str) -> int:
        if self._fields is None or name not in self._fields:
            raise KeyError(name)
        return self._fields.index(name)


def rows_of(names: list[str], columns: Iterable[Iterable[Any]], count: int) -> list[Row]:
    """`count` rows with the values of columns, which share `names`; several times as fast as `Row(…)`."""
    rows = list(map(Row.__new__, repeat(Row, count)))
    values = map(list, zip(*columns, strict=True)) if names else ([] for _ in rows)
    # `map` over the slots' own setters runs without Python code for each row.
    for name, given in (("_values", values), ("_fields", repeat(names)), ("_row_kind", repeat(_INSERT))):
        deque(map(vars(Row)[name].__set__, rows, given), maxlen=0)
    return rows


def values_in_order(rows: Sequence[Row], names: list[str]) -> list[list[Any]] | None:
    """The values of rows whose fields are these or have no names; None where some row is otherwise.

    The lists are the rows' own.
    """
    fields = list(map(vars(Row)["_fields"].__get__, rows))
    named = fields.count(names)
    if named < len(rows) and named + fields.count(None) < len(rows):
        return None
    values = list(map(vars(Row)["_values"].__get__, rows))
    return values if set(map(len, values)) <= {len(names)} else None


def is_row_class(kind: type) -> bool:
    """True for `Row`, and for the Row of a PyFlink that is installed."""
    return issubclass(kind, Row) or (kind.__name__ == "Row" and kind.__module__ == "pyflink.common.types")


_set = object.__setattr__
_INSERT = RowKind.INSERT


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
