/** Types of columns, for SQL and for the compiler at once: `t.double().nullable()` is a DOUBLE and `number | null`. */
import { type DataType, types } from '../../core/index.js';
import type { SqlDate, SqlDecimal, SqlInstant, SqlTime, SqlTimestamp } from './values.js';

declare const VALUE: unique symbol;

/** The type of a column whose values are `V` in JavaScript; NOT NULL unless `nullable()`. Immutable. */
export class ColumnType<V> {
  declare readonly [VALUE]: V;

  constructor(readonly dataType: DataType) {}

  /** The same type, with NULL. */
  nullable(): ColumnType<V | null> {
    return new ColumnType({ ...this.dataType, nullable: true });
  }
}

/** The JavaScript value of a column type. */
export type ValueOf<T> = T extends ColumnType<infer V> ? V : never;

/** Columns by name, as `defineTable` and `t.row` take them. */
export type ColumnTypes = Readonly<Record<string, ColumnType<unknown>>>;

/** The record that columns make. */
export type RecordOf<C extends ColumnTypes> = { -readonly [K in keyof C]: ValueOf<C[K]> };

const simple =
  <V>(make: () => DataType) =>
  (): ColumnType<V> =>
    notNull<V>(make());
const sized =
  <V>(make: (length: number) => DataType) =>
  (length: number): ColumnType<V> =>
    notNull<V>(make(length));
const timed =
  <V>(make: (precision?: number) => DataType) =>
  (precision?: number): ColumnType<V> =>
    notNull<V>(make(precision));

/** Makes column types, with Flink's names and default precisions. Values: docs/typescript-api.md. */
export const t = {
  boolean: simple<boolean>(types.boolean),
  tinyint: simple<number>(types.tinyint),
  smallint: simple<number>(types.smallint),
  int: simple<number>(types.int),
  bigint: simple<bigint>(types.bigint),
  float: simple<number>(types.float),
  double: simple<number>(types.double),
  decimal: (precision?: number, scale?: number): ColumnType<SqlDecimal> =>
    notNull(types.decimal(precision, scale)),
  string: simple<string>(types.string),
  char: sized<string>(types.char),
  varchar: sized<string>(types.varchar),
  bytes: simple<Uint8Array>(types.bytes),
  date: simple<SqlDate>(types.date),
  time: timed<SqlTime>(types.time),
  timestamp: timed<SqlTimestamp>(types.timestamp),
  timestampLtz: timed<SqlInstant>(types.timestampLtz),
  array: <V>(element: ColumnType<V>): ColumnType<readonly V[]> => notNull(types.array(element.dataType)),
  map: <K, V>(key: ColumnType<K>, value: ColumnType<V>): ColumnType<ReadonlyMap<K, V>> =>
    notNull(types.map(key.dataType, value.dataType)),
  row: <C extends ColumnTypes>(fields: C): ColumnType<RecordOf<C>> =>
    notNull(types.row(Object.entries(fields).map(([name, type]) => ({ name, type: type.dataType })))),
} as const;

function notNull<V>(type: DataType): ColumnType<V> {
  return new ColumnType(types.notNull(type));
}
