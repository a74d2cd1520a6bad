/** What random queries know of their columns. */
export const TYPES = ['integer', 'text', 'double', 'decimal', 'boolean', 'time'] as const;
export type ColumnType = (typeof TYPES)[number];

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}
