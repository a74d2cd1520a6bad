/** The physical layout of columns as plain data (Arrow columnar format, "Physical memory layout"). */

/** Units of dates and times. */
export type ArrowUnit = 'day' | 's' | 'ms' | 'us' | 'ns';

/** The logical Arrow types of protocol 1. No dictionaries, views, unions, run-end encoding. */
export type ArrowType =
  | { readonly name: 'null' | 'bool' | 'utf8' | 'binary' | 'list' | 'struct' | 'map' }
  | { readonly name: 'fixed_binary' | 'fixed_list' | 'interval_month_day_nano' | 'interval_day_time' }
  | { readonly name: 'interval_months' }
  | { readonly name: 'int'; readonly bits: 8 | 16 | 32 | 64; readonly signed: boolean }
  | { readonly name: 'float'; readonly bits: 16 | 32 | 64 }
  | { readonly name: 'decimal'; readonly bits: number; readonly precision: number; readonly scale: number }
  | { readonly name: 'date' | 'time' | 'duration'; readonly unit: ArrowUnit }
  | { readonly name: 'timestamp'; readonly unit: ArrowUnit; readonly timeZone: string | null };

/** How a column lies in memory; the buffers of each are listed in `BUFFER_COUNTS`. */
export type Layout = 'null' | 'bits' | 'fixed' | 'bytes' | 'list' | 'fixed_list' | 'struct';

/** A column of a schema, with its children. */
export interface FieldLayout {
  readonly name: string;
  readonly nullable: boolean;
  readonly type: ArrowType;
  readonly layout: Layout;
  /** `fixed`: bytes a value; `bytes`, `list`: bytes an offset (4 or 8); `fixed_list`: values an element; else 0. */
  readonly width: number;
  readonly children: readonly FieldLayout[];
}

/** Buffers of each layout, the validity bitmap (first, but for `null`) included. */
export const BUFFER_COUNTS: Readonly<Record<Layout, number>> = {
  null: 0,
  bits: 2,
  fixed: 2,
  bytes: 3,
  list: 2,
  fixed_list: 1,
  struct: 1,
};

/** Columns of a schema message; `nodes` and `buffers` are what a record batch of it must have. */
export interface SchemaLayout {
  readonly fields: readonly FieldLayout[];
  readonly nodes: number;
  readonly buffers: number;
}
