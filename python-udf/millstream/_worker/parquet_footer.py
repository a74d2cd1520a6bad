"""What Parquet files have, by their footers, and whether pyarrow reads from them what DuckDB would ship."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa

from .. import _types
from .dictionary_sizes import distinct_keys
from .instructions import RowGroup, SplitFile
from .row_group_pruning import may_hold, range_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .instructions import ColumnSpec, SplitPredicate

#: Types whose values in a file of the same Arrow type are the values shipped, bit by bit.
_SAME_KINDS = frozenset(
    ("BOOLEAN", "TINYINT", "SMALLINT", "INT", "BIGINT", "FLOAT", "DOUBLE")
    + ("CHAR", "VARCHAR", "STRING", "BINARY", "VARBINARY", "BYTES", "DATE", "DECIMAL")
    + ("TIMESTAMP", "TIMESTAMP_LTZ")
)
#: Digits of a second that are microseconds in both; with more DuckDB converts.
_MICROSECONDS = 6
#: A column of one is cast to the other without a change of values.
_WIDE = {pa.large_string(): pa.string(), pa.large_binary(): pa.binary()}


class Misfit(Exception):
    """Why a file is not read by a function worker, as the end of a sentence."""


class _Described(NamedTuple):
    file: SplitFile
    groups: list[RowGroup]
    #: By row group that may have rows; None: not known.
    distinct_keys: list[int | None]


def describe_files(
    files: Sequence[str],
    columns: Sequence[ColumnSpec],
    predicate: SplitPredicate | None,
    keys: Sequence[int] = (),
) -> dict[str, Any]:
    """The reply to `describe_files`."""
    try:
        described = [_describe(path, columns, predicate, keys) for path in files]
    except Misfit as misfit:
        return {"misfit": str(misfit), "files": [], "rowGroups": [], "mostGroups": None}
    return {
        "misfit": None,
        "files": [each.file for each in described],
        "rowGroups": [each.groups for each in described],
        "mostGroups": _most([count for each in described for count in each.distinct_keys]),
    }


def identify(path: str, stat: os.stat_result) -> SplitFile:
    """A file as it is now."""
    return SplitFile(path, stat.st_size, str(stat.st_mtime_ns))


def narrowed(arrow_type: pa.DataType) -> pa.DataType:
    """The type that a column of a file is cast to, without a change of values."""
    return _WIDE.get(arrow_type, arrow_type)


def _describe(
    path: str, columns: Sequence[ColumnSpec], predicate: SplitPredicate | None, keys: Sequence[int]
) -> _Described:
    try:
        import pyarrow.parquet as pq
    except ImportError:
        raise Misfit("the worker's pyarrow reads no Parquet") from None
    name = os.path.basename(path)
    try:
        with open(path, "rb") as opened, pq.ParquetFile(opened) as file:
            identity = identify(path, os.fstat(opened.fileno()))
            schema, metadata = file.schema_arrow, file.metadata
            places = [_place(name, schema, metadata, column) for column in columns]
    except (OSError, pa.ArrowException) as error:
        raise Misfit(f"{name} cannot be read: {str(error).splitlines()[0]}") from None
    types = [_types.parse_type(column.type) for column in columns]
    groups: list[RowGroup] = []
    distinct: list[int | None] = []
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        chunks = [group.column(place) for place in places]
        if predicate is not None and not may_hold(predicate, [range_of(c) for c in chunks], types):
            groups.append(RowGroup(0, 0))
            continue
        groups.append(RowGroup(group.num_rows, sum(chunk.total_uncompressed_size for chunk in chunks)))
        distinct.append(distinct_keys([chunks[key] for key in keys]))
    return _Described(identity, groups, distinct)


def _most(counts: Sequence[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return max(known) if known and len(known) == len(counts) else None


def _place(name: str, schema: pa.Schema, metadata: Any, column: ColumnSpec) -> int:
    """The position of a column among the leaves of the file."""
    wanted = _types.parse_type(column.type)
    if schema.get_field_index(column.name) < 0:
        raise Misfit(f"{name} has not one column `{column.name}`")
    is_finer = wanted.kind.startswith("TIMESTAMP") and wanted.precision > _MICROSECONDS
    if wanted.kind not in _SAME_KINDS or is_finer:
        raise Misfit(f"column {column.name} is {wanted}")
    found = schema.field(column.name).type
    leaves = metadata.schema
    paths = [leaves.column(i).path for i in range(metadata.num_columns)]
    if paths.count(column.name) != 1 or narrowed(found) != _types.to_arrow(wanted):
        raise Misfit(f"column {column.name} of {name} is {found}, not {_types.to_arrow(wanted)}")
    place = paths.index(column.name)
    if leaves.column(place).physical_type == "INT96":
        raise Misfit(f"column {column.name} of {name} is INT96")
    return place
