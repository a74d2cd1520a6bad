"""A user's table, frame or batches → a Parquet file and the SQL columns that it has."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from .._types import DataType
from .._types.arrow_type import from_arrow, to_schema
from ..errors import MillstreamError, SourceError


def write_table(name: str, data: Any, file: Path) -> list[tuple[str, DataType]]:
    """Writes all rows of `data` to `file`, batch by batch. A column that Arrow says is not null is NOT NULL.

    `data`: an Arrow table, record batch, reader or iterable of record batches; a pandas frame (its index is
    left out); anything with `__arrow_c_stream__` (polars, DuckDB) or `to_arrow`.

    Raises:
        SourceError: REGISTER_DATA for other objects, REGISTER_TYPE for a column without SQL type.
    """
    reader = _reader(name, data)
    columns = [(field.name, _sql_type(name, field)) for field in reader.schema]
    schema = to_schema(columns)
    with pq.ParquetWriter(file, schema) as writer:
        for batch in reader:
            writer.write_table(_cast(name, pa.Table.from_batches([batch]), schema))
    return columns


def create_table(name: str, columns: list[tuple[str, DataType]], file: Path) -> str:
    """The statements that make `file` the table `name`, whatever that was before."""
    body = ", ".join(f"{identifier(column)} {data_type}" for column, data_type in columns)
    path = str(file).replace("'", "''")
    return (
        f"DROP TEMPORARY TABLE IF EXISTS {identifier(name)};\n"
        f"CREATE TEMPORARY TABLE {identifier(name)} ({body}) "
        f"WITH ('connector' = 'filesystem', 'path' = '{path}', 'format' = 'parquet');"
    )


def identifier(name: str) -> str:
    """A name as SQL takes it, whatever is in it.

    >>> identifier("a`b")
    '`a``b`'
    """
    return "`" + name.replace("`", "``") + "`"


def _reader(name: str, data: Any) -> pa.RecordBatchReader:
    if isinstance(data, pa.RecordBatchReader):
        return data
    if isinstance(data, pa.RecordBatch):
        return pa.RecordBatchReader.from_batches(data.schema, [data])
    if type(data).__module__.partition(".")[0] == "pandas":
        data = pa.Table.from_pandas(data, preserve_index=False).replace_schema_metadata()
    elif not isinstance(data, pa.Table) and hasattr(data, "__arrow_c_stream__"):
        data = pa.table(data)
    elif not isinstance(data, pa.Table) and hasattr(data, "to_arrow"):
        data = data.to_arrow()
    if isinstance(data, pa.Table):
        return data.to_reader()
    return _reader_of_batches(name, data)


def _reader_of_batches(name: str, data: Any) -> pa.RecordBatchReader:
    batches = iter(data) if isinstance(data, Iterable) and not isinstance(data, (str, bytes, dict)) else None
    first = None if batches is None else next(batches, None)
    if batches is None or not isinstance(first, pa.RecordBatch):
        raise SourceError(
            "REGISTER_DATA",
            f"Table `{name}` cannot be made of {type(data).__name__}.",
            hint="Give an Arrow table, record batches, or a frame of pandas or polars.",
        )
    return pa.RecordBatchReader.from_batches(first.schema, itertools.chain([first], batches))


def _sql_type(name: str, field: pa.Field) -> DataType:
    try:
        data_type = from_arrow(field.type)
    except MillstreamError as error:
        raise _type_error(name, field, error.message) from error
    if data_type.kind == "NULL":
        raise _type_error(name, field, "It has no values, so its type is not known.")
    return data_type if field.nullable else data_type.not_null()


def _type_error(name: str, field: pa.Field, reason: str) -> SourceError:
    return SourceError(
        "REGISTER_TYPE",
        f"Column `{field.name}` of table `{name}` has no SQL type. {reason}",
        hint="Cast the column, or leave it out.",
    )


def _cast(name: str, table: pa.Table, schema: pa.Schema) -> pa.Table:
    try:
        return table.cast(schema)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise SourceError(
            "REGISTER_TYPE",
            f"A value of table `{name}` does not fit its SQL type: {error}",
            hint="Cast the column to a type that SQL has.",
        ) from error
