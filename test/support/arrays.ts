/** Columns of any Arrow type that protocol 1 carries, read by the core and compared by their values. */

import { type ArrayData, isPresent, offsetAt, readArrays } from '../../core/batch/array-data.js';
import { validateArray } from '../../core/batch/validate-body.js';
import { SchemaRegistry } from '../../core/index.js';

/** The columns of a message, checked as the core checks what it decodes. @throws {InternalError} BATCH_MALFORMED */
export function readInCore(schema: Uint8Array, message: Uint8Array): ArrayData[] {
  const registry = new SchemaRegistry();
  const arrays = readArrays(message, registry.layout(registry.register(schema)));
  for (const array of arrays) validateArray(array);
  return arrays;
}

/** Where the values of two columns of one type differ first, as text; null where they are equal. */
export function difference(a: readonly ArrayData[], b: readonly ArrayData[]): string | null {
  if (a.length !== b.length) return `${a.length} and ${b.length} columns`;
  for (const [i, array] of a.entries()) {
    const other = b[i]!;
    if (array.length !== other.length) return `column ${i} has ${array.length} and ${other.length} rows`;
    for (let row = 0; row < array.length; row++) {
      const [left, right] = [valueText(array, row), valueText(other, row)];
      if (left !== right) return `column ${i}, row ${row}: ${left} and ${right}`;
    }
  }
  return null;
}

/** A value by its bytes in hexadecimal, nested ones in brackets. */
export function valueText(data: ArrayData, row: number): string {
  const { layout, children, values } = data;
  if (!isPresent(data, row)) return 'null';
  switch (layout.layout) {
    case 'null':
      return 'null';
    case 'bits':
      return String((values[row >> 3]! >> (row & 7)) & 1);
    case 'fixed':
      return hex(values.subarray(row * layout.width, (row + 1) * layout.width));
    case 'bytes':
      return hex(values.subarray(offsetAt(data, row), offsetAt(data, row + 1)));
    case 'list':
      return rangeText(children[0]!, offsetAt(data, row), offsetAt(data, row + 1));
    case 'fixed_list':
      return rangeText(children[0]!, row * layout.width, (row + 1) * layout.width);
    case 'struct':
      return `{${children.map((child) => valueText(child, row)).join(' ')}}`;
  }
}

function rangeText(data: ArrayData, start: number, end: number): string {
  return `[${Array.from({ length: end - start }, (_, i) => valueText(data, start + i)).join(' ')}]`;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
