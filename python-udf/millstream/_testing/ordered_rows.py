"""Tables as the one input of a call: group by group, and the rows of several tables told apart by a tag."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ..errors import UdfError


class OrderedRows:
    """`columns`: the keys, with several tables the number of the table, then the columns of each table; NULL
    in rows of another table. `groups`: by row, the number of its group."""

    def __init__(self, tables: Sequence[pa.Table], keys: Sequence[str], order: Sequence[str]) -> None:
        self._tables = tables
        self._keys = keys
        for table in tables:
            _check_names(table, [*keys, *(_name(text) for text in order)])
        numbers: dict[str, int] = {}
        places: list[tuple[int, int, int]] = []
        for member, table in enumerate(tables):
            # The positions of all rows first: sorting a table keeps none.
            positions = list(range(table.num_rows))
            if order:
                positions = pc.sort_indices(table, [_sort_key(text) for text in order]).to_pylist()
            of_row = list(zip(*(table[key].to_pylist() for key in keys), strict=True)) if keys else None
            for position in positions:
                key = "" if of_row is None else repr(of_row[position])
                places.append((numbers.setdefault(key, len(numbers)), member, position))
        # Stable: rows of a group and table stay in their order.
        places.sort(key=lambda place: place[:2])
        self.rows = len(places)
        self.groups = [group for group, _, _ in places]
        self.columns = [self._key(i, places) for i in range(len(keys))]
        if len(tables) > 1:
            self.columns.append(pa.array([member for _, member, _ in places], pa.int32()))
        for member, table in enumerate(tables):
            taken = pa.array([p if m == member else None for _, m, p in places], pa.int64())
            self.columns += [_one(column).take(taken) for column in table.columns]

    def names_of(self, member: int) -> list[str]:
        """The names of a table's columns."""
        return list(self._tables[member].column_names)

    def first_column(self, member: int) -> int:
        """The position of a table's first column."""
        before: int = sum(table.num_columns for table in self._tables[:member])
        return len(self._keys) + (len(self._tables) > 1) + before

    def _key(self, key: int, places: Sequence[tuple[int, int, int]]) -> pa.Array:
        columns = [_one(table[self._keys[key]]) for table in self._tables]
        joined = pa.concat_arrays([column.cast(columns[0].type) for column in columns])
        starts = [sum(len(column) for column in columns[:member]) for member in range(len(columns))]
        return joined.take(pa.array([starts[member] + p for _, member, p in places], pa.int64()))


def as_table(data: Any) -> pa.Table:
    """An Arrow table of a table, batch, frame, or list of dicts.

    Raises:
        UdfError: UDF_TEST_TYPE for other objects.
    """
    if isinstance(data, pa.Table):
        return data
    if isinstance(data, pa.RecordBatch):
        return pa.Table.from_batches([data])
    if isinstance(data, list) and all(isinstance(row, dict) for row in data):
        return pa.Table.from_pylist(data)
    if type(data).__module__.partition(".")[0] == "pandas":
        return pa.Table.from_pandas(data, preserve_index=False).replace_schema_metadata()
    if hasattr(data, "to_arrow"):
        return data.to_arrow()
    raise UdfError(
        "UDF_TEST_TYPE",
        f"A table cannot be made of {type(data).__name__}.",
        hint="Give an Arrow table, a frame of pandas or polars, or a list of dicts.",
    )


def _one(column: pa.ChunkedArray) -> pa.Array:
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def _check_names(table: pa.Table, names: Sequence[str]) -> None:
    for name in names:
        if name not in table.column_names:
            raise UdfError(
                "UDF_TEST_TYPE",
                f"There is no column `{name}`.",
                hint=f"The columns are {', '.join(table.column_names)}.",
            )


def _name(text: str) -> str:
    name, _, direction = text.rpartition(" ")
    return name if name and direction.upper() in ("ASC", "DESC") else text


def _sort_key(text: str) -> tuple[str, str]:
    return _name(text), "descending" if text.upper().endswith(" DESC") else "ascending"
