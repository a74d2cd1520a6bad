/** THE table SQL ↔ Arrow ↔ DuckDB ↔ Python. `python-udf/millstream/_types/arrow_type.py` mirrors it; a test compares them. */
import * as arrow from 'apache-arrow';
import type { Column, DataType, TypeKind } from './data-type.js';

interface TypeForms<T> {
  /** The wire type. */
  readonly arrow: (type: T) => arrow.DataType;
  /** The type of the same values inside DuckDB. */
  readonly duckDb: (type: T) => string;
  /** What a Python row function receives and returns. */
  readonly python: string;
}

type TypeOf<K extends TypeKind> = DataType & { readonly kind: K };

/** Intervals travel as Flink holds them: months, and milliseconds. Beyond microseconds a timestamp is 64-bit nanoseconds. */
export const TYPE_TABLE: { readonly [K in TypeKind]: TypeForms<TypeOf<K>> } = {
  NULL: { arrow: () => new arrow.Null(), duckDb: () => '"NULL"', python: 'None' },
  BOOLEAN: { arrow: () => new arrow.Bool(), duckDb: () => 'BOOLEAN', python: 'bool' },
  TINYINT: { arrow: () => new arrow.Int8(), duckDb: () => 'TINYINT', python: 'int' },
  SMALLINT: { arrow: () => new arrow.Int16(), duckDb: () => 'SMALLINT', python: 'int' },
  INT: { arrow: () => new arrow.Int32(), duckDb: () => 'INTEGER', python: 'int' },
  BIGINT: { arrow: () => new arrow.Int64(), duckDb: () => 'BIGINT', python: 'int' },
  FLOAT: { arrow: () => new arrow.Float32(), duckDb: () => 'FLOAT', python: 'float' },
  DOUBLE: { arrow: () => new arrow.Float64(), duckDb: () => 'DOUBLE', python: 'float' },
  DECIMAL: {
    arrow: (t) => new arrow.Decimal(t.scale, t.precision, 128),
    duckDb: (t) => `DECIMAL(${t.precision}, ${t.scale})`,
    python: 'decimal.Decimal',
  },
  CHAR: { arrow: () => new arrow.Utf8(), duckDb: () => 'VARCHAR', python: 'str' },
  VARCHAR: { arrow: () => new arrow.Utf8(), duckDb: () => 'VARCHAR', python: 'str' },
  STRING: { arrow: () => new arrow.Utf8(), duckDb: () => 'VARCHAR', python: 'str' },
  BINARY: { arrow: () => new arrow.Binary(), duckDb: () => 'BLOB', python: 'bytes' },
  VARBINARY: { arrow: () => new arrow.Binary(), duckDb: () => 'BLOB', python: 'bytes' },
  BYTES: { arrow: () => new arrow.Binary(), duckDb: () => 'BLOB', python: 'bytes' },
  DATE: { arrow: () => new arrow.DateDay(), duckDb: () => 'DATE', python: 'datetime.date' },
  TIME: { arrow: () => new arrow.TimeMicrosecond(), duckDb: () => 'TIME', python: 'datetime.time' },
  TIMESTAMP: {
    arrow: (t) => (t.precision > 6 ? new arrow.TimestampNanosecond() : new arrow.TimestampMicrosecond()),
    duckDb: (t) => (t.precision > 6 ? 'TIMESTAMP_NS' : 'TIMESTAMP'),
    python: 'datetime.datetime, naive',
  },
  TIMESTAMP_LTZ: {
    arrow: (t) =>
      t.precision > 6 ? new arrow.TimestampNanosecond('UTC') : new arrow.TimestampMicrosecond('UTC'),
    duckDb: () => 'TIMESTAMP WITH TIME ZONE',
    python: 'datetime.datetime, aware',
  },
  INTERVAL_YEAR_MONTH: { arrow: () => new arrow.Int32(), duckDb: () => 'INTEGER', python: 'int (months)' },
  INTERVAL_DAY_TIME: { arrow: () => new arrow.Int64(), duckDb: () => 'BIGINT', python: 'datetime.timedelta' },
  ARRAY: {
    arrow: (t) => new arrow.List(new arrow.Field('item', toArrowType(t.element), true)),
    duckDb: (t) => `${toDuckDbType(t.element)}[]`,
    python: 'list',
  },
  MULTISET: {
    arrow: (t) => arrowMap(toArrowType(t.element), new arrow.Int32()),
    duckDb: (t) => `MAP(${toDuckDbType(t.element)}, INTEGER)`,
    python: 'dict (element → count)',
  },
  MAP: {
    arrow: (t) => arrowMap(toArrowType(t.key), toArrowType(t.value)),
    duckDb: (t) => `MAP(${toDuckDbType(t.key)}, ${toDuckDbType(t.value)})`,
    python: 'dict',
  },
  ROW: {
    arrow: (t) => new arrow.Struct(t.fields.map((f) => new arrow.Field(f.name, toArrowType(f.type), true))),
    duckDb: (t) => `STRUCT(${t.fields.map((f) => `${quote(f.name)} ${toDuckDbType(f.type)}`).join(', ')})`,
    python: 'Row',
  },
};

/** The wire type of a SQL type. Fields below it are always nullable: nullability is checked by the engine. */
export function toArrowType(type: DataType): arrow.DataType {
  return forms(type).arrow(type);
}

/** The wire schema of columns, in order, all nullable. */
export function toArrowSchema(columns: readonly Column[]): arrow.Schema {
  return new arrow.Schema(columns.map((c) => new arrow.Field(c.name, toArrowType(c.type), true)));
}

/** The DuckDB type that holds the same values, as SQL text. */
export function toDuckDbType(type: DataType): string {
  return forms(type).duckDb(type);
}

function forms(type: DataType): TypeForms<DataType> {
  return TYPE_TABLE[type.kind] as TypeForms<DataType>;
}

function arrowMap(key: arrow.DataType, value: arrow.DataType): arrow.DataType {
  const entries = new arrow.Struct<{ key: arrow.DataType; value: arrow.DataType }>([
    new arrow.Field('key', key, false),
    new arrow.Field('value', value, true),
  ]);
  return new arrow.Map_(new arrow.Field('entries', entries, false), false);
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
