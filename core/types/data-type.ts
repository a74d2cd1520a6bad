/**
 * SQL data types as plain data. Text form and parser: `type-text.ts`; Arrow form: `arrow-type.ts`.
 * Names and precisions are Flink's (Apache Flink documentation, "Data Types").
 */

/** Type roots without parameters. */
export type SimpleKind =
  | 'BOOLEAN'
  | 'TINYINT'
  | 'SMALLINT'
  | 'INT'
  | 'BIGINT'
  | 'FLOAT'
  | 'DOUBLE'
  | 'STRING'
  | 'BYTES'
  | 'DATE'
  | 'INTERVAL_YEAR_MONTH'
  | 'INTERVAL_DAY_TIME'
  | 'NULL';

/** One field of a ROW type. */
export interface RowField {
  readonly name: string;
  readonly type: DataType;
}

/** A SQL type with its nullability; immutable, comparable with `sameType`. */
export type DataType = { readonly nullable: boolean } & (
  | { readonly kind: SimpleKind }
  | { readonly kind: 'CHAR' | 'VARCHAR' | 'BINARY' | 'VARBINARY'; readonly length: number }
  | { readonly kind: 'DECIMAL'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'TIME' | 'TIMESTAMP' | 'TIMESTAMP_LTZ'; readonly precision: number }
  | { readonly kind: 'ARRAY' | 'MULTISET'; readonly element: DataType }
  | { readonly kind: 'MAP'; readonly key: DataType; readonly value: DataType }
  | { readonly kind: 'ROW'; readonly fields: readonly RowField[] }
);

export type TypeKind = DataType['kind'];

/** A named, typed column of a table, an exchange or a result. */
export interface Column {
  readonly name: string;
  readonly type: DataType;
}
