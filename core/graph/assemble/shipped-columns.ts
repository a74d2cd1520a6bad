/** The columns that an operator of the core makes for Python, while a stage is planned. */
import type { Column, DataType } from '../../types/data-type.js';

export interface ShippedColumns {
  readonly shipped: readonly Column[];
  /** Those that are columns of the input. */
  readonly copied: readonly { readonly from: number; readonly to: number }[];
  /** Adds a column and gives its place. */
  ship(type: DataType): number;
  /** The place of a column of the input, which is shipped once. `isOptional`: there are rows without it. */
  placeOf(column: number, isOptional?: boolean): number;
}

/** None at first, over the columns of `input`. */
export function shippedColumns(input: readonly Column[]): ShippedColumns {
  const shipped: Column[] = [];
  const copied: { readonly from: number; readonly to: number }[] = [];
  const ship = (type: DataType) => shipped.push({ name: `c${shipped.length}`, type }) - 1;
  const placeOf = (column: number, isOptional = false): number => {
    const known = copied.find(({ from }) => from === column);
    if (known !== undefined) return known.to;
    const { type } = input[column]!;
    const to = ship(isOptional ? { ...type, nullable: true } : type);
    copied.push({ from: column, to });
    return to;
  };
  return { shipped, copied, ship, placeOf };
}
