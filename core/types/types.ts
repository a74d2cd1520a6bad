/** Constructors of data types: `types.decimal(10, 2)` is nullable, `types.notNull(t)` is not. */
import type { DataType, RowField, SimpleKind } from './data-type.js';

/** The largest precision of a DECIMAL. */
export const MAX_DECIMAL_PRECISION = 38;
/** The largest length of CHAR, VARCHAR, BINARY and VARBINARY; VARCHAR of it is STRING, VARBINARY of it is BYTES. */
export const MAX_LENGTH = 2_147_483_647;

const simple = (kind: SimpleKind) => (): DataType => ({ nullable: true, kind });
const sized =
  (kind: 'CHAR' | 'VARCHAR' | 'BINARY' | 'VARBINARY') =>
  (length: number): DataType => ({ nullable: true, kind, length });
const timed =
  (kind: 'TIME' | 'TIMESTAMP' | 'TIMESTAMP_LTZ', standard: number) =>
  (precision: number = standard): DataType => ({ nullable: true, kind, precision });

/** Makes data types, nullable and with the default precisions of Flink: TIMESTAMP(6), TIME(0), DECIMAL(10, 0). */
export const types = {
  boolean: simple('BOOLEAN'),
  tinyint: simple('TINYINT'),
  smallint: simple('SMALLINT'),
  int: simple('INT'),
  bigint: simple('BIGINT'),
  float: simple('FLOAT'),
  double: simple('DOUBLE'),
  string: simple('STRING'),
  bytes: simple('BYTES'),
  date: simple('DATE'),
  /** The type of an untyped NULL. */
  null: simple('NULL'),
  intervalYearMonth: simple('INTERVAL_YEAR_MONTH'),
  intervalDayTime: simple('INTERVAL_DAY_TIME'),
  char: sized('CHAR'),
  varchar: sized('VARCHAR'),
  binary: sized('BINARY'),
  varbinary: sized('VARBINARY'),
  time: timed('TIME', 0),
  timestamp: timed('TIMESTAMP', 6),
  timestampLtz: timed('TIMESTAMP_LTZ', 6),
  decimal: (precision = 10, scale = 0): DataType => ({ nullable: true, kind: 'DECIMAL', precision, scale }),
  array: (element: DataType): DataType => ({ nullable: true, kind: 'ARRAY', element }),
  multiset: (element: DataType): DataType => ({ nullable: true, kind: 'MULTISET', element }),
  map: (key: DataType, value: DataType): DataType => ({ nullable: true, kind: 'MAP', key, value }),
  row: (fields: readonly RowField[]): DataType => ({ nullable: true, kind: 'ROW', fields }),
  notNull: (type: DataType): DataType => withNullable(type, false),
} as const;

/** The same type with the given nullability. */
export function withNullable(type: DataType, nullable: boolean): DataType {
  return type.nullable === nullable ? type : { ...type, nullable };
}
