"""A user's table, frame or batches → a Parquet file and the SQL columns that it has."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from .._types import DataType
from .._types.arrow_type import to_schema
from ..errors import MillstreamError, SourceError
from .foreign_arrow import on_wire, plain_batch, sql_type, unique_names


def write_table(name: str, data: Any, file: Path) -> list[tuple[str, DataType]]:
    """Writes all rows of `data` to `file`, batch by batch. A column that Arrow says is not null is NOT NULL.

    `data`: an Arrow table, record batch, reader (also of an IPC file) or iterable of record batches; a pandas
    frame (its index is left out); anything with `__arrow_c_stream__` (polars, DuckDB) or `to_arrow`. Columns
    may have any layout: dictionaries, runs, views, unions, big-endian or compressed streams.

    Raises:
        SourceError: REGISTER_DATA for other objects, REGISTER_TYPE for a column without SQL type, for values
            that its SQL type does not hold, and for bytes that break the rules of their Arrow type.
    """
    reader = _reader(name, data)
    _check_names(name, reader.schema)
    fields = [
        field.with_name(n) for field, n in zip(reader.schema, unique_names(reader.schema.names), strict=True)
    ]
    columns = [(field.name, _sql_type(name, field)) for field in fields]
    with pq.ParquetWriter(file, to_schema(columns)) as writer:
        for batch in reader:
            writer.write_batch(_converted(name, batch, columns))
    return columns


def create_table(name: str, columns: list[tuple[str, DataType]], file: Path) -> str:
    """The statements that make `file` the table `name`, whatever that was before."""
    body = ", ".join(f"{identifier(column)} {_stored(data_type)}" for column, data_type in columns)
    path = str(file).replace("'", "''")
    return (
        f"DROP TEMPORARY TABLE IF EXISTS {identifier(name)};\n"
        f"CREATE TEMPORARY TABLE {identifier(name)} ({body}) "
        f"WITH ('connector' = 'filesystem', 'path' = '{path}', 'format' = 'parquet');"
    )


def _stored(data_type: DataType) -> DataType:
    """No column of SQL is an INTERVAL: milliseconds are BIGINT, months INT, as they lie in the file."""
    kind = {"INTERVAL_DAY_TIME": "BIGINT", "INTERVAL_YEAR_MONTH": "INT"}.get(data_type.kind)
    if kind is not None:
        return DataType(kind, nullable=data_type.nullable)
    element, key, value = (
        None if part is None else _stored(part)
        for part in (data_type.element, data_type.key, data_type.value)
    )
    fields = tuple(dataclasses.replace(field, type=_stored(field.type)) for field in data_type.fields)
    return dataclasses.replace(data_type, element=element, key=key, value=value, fields=fields)


def identifier(name: str) -> str:
    """A name as SQL takes it, whatever is in it.

    >>> identifier("a`b")
    '`a``b`'
    """
    return "`" + name.replace("`", "``") + "`"


def _reader(name: str, data: Any) -> pa.RecordBatchReader:
    if isinstance(data, pa.RecordBatchReader):
        return data
    if isinstance(data, pa.RecordBatchFileReader):
        batches = (data.get_batch(i) for i in range(data.num_record_batches))
        return pa.RecordBatchReader.from_batches(data.schema, batches)
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


def _check_names(name: str, schema: pa.Schema) -> None:
    try:
        str(schema)
    except UnicodeDecodeError as error:
        raise SourceError(
            "REGISTER_TYPE", f"Table `{name}` has a column whose name is no UTF-8 text: {error}."
        ) from error


def _sql_type(name: str, field: pa.Field) -> DataType:
    try:
        data_type = sql_type(field.type)
    except MillstreamError as error:
        raise SourceError(
            "REGISTER_TYPE",
            f"Column `{field.name}` of table `{name}` has no SQL type. {error.message}",
            hint="Cast the column, or leave it out.",
        ) from error
    return data_type if field.nullable else data_type.not_null()


def _converted(name: str, batch: pa.RecordBatch, columns: list[tuple[str, DataType]]) -> pa.RecordBatch:
    """Column by column, so that an error can name its own."""
    arrays = []
    for i, (column, data_type) in enumerate(columns):
        single = batch.select([i])
        try:
            single.validate(full=True)
            array = on_wire(plain_batch(single).column(0), data_type)
        except (pa.ArrowException, OverflowError) as error:
            raise _value_error(name, column, data_type, single.schema.field(0).type, error) from error
        if not data_type.nullable and array.null_count > 0:
            raise SourceError(
                "REGISTER_TYPE",
                f"Column `{column}` of table `{name}` has NULLs, but its Arrow field says that it has none.",
                hint="Make the field nullable.",
            )
        arrays.append(array)
    return pa.RecordBatch.from_arrays(arrays, schema=to_schema(columns))


def _value_error(
    name: str, column: str, data_type: DataType, arrow_type: Any, error: Exception
) -> SourceError:
    """Names a cast by which no digit is lost, where there is one."""
    cast = _LOSSLESS.get(data_type.kind)
    reason = str(error).removeprefix("In column 0: Invalid: ").rstrip(".")
    return SourceError(
        "REGISTER_TYPE",
        f"Column `{column}` of table `{name}` ({arrow_type}) has a value that {data_type.as_nullable()} does "
        f"not hold: {reason}.",
        hint="Cast the column to a type that holds its values" + (f", such as {cast}." if cast else "."),
    )


_LOSSLESS = {
    "DATE": 'pa.timestamp("ms")',
    "TIME": "pa.int64()",
    "INTERVAL_DAY_TIME": "pa.int64()",
    "DECIMAL": "pa.string()",
}
