/** Batches of one DOUBLE column as real Arrow messages. */

import { readArrays } from '../../../core/batch/array-data.js';
import { type Batch, BatchEncoder, type ColumnGroup, type SchemaRegistry } from '../../../core/index.js';
import { types } from '../../../core/types/types.js';

const COLUMNS = [{ name: 'v', type: types.double() }];

/** A batch with these values; its schema is registered in `schemas`. */
export function encodeNumbers(values: readonly number[], schemas: SchemaRegistry): Batch {
  return new BatchEncoder(COLUMNS, schemas).encode(values.length, [Float64Array.from(values)]);
}

/** The values that a group contributes, its selection applied. */
export function decodeNumbers(group: ColumnGroup, schemas: SchemaRegistry): number[] {
  const message = group.shared === null ? group.message : group.shared.read();
  const [column] = readArrays(message, schemas.layout(group.schema));
  const all = new Float64Array(column!.values.slice().buffer, 0, column!.length);
  return Array.from(group.selection ?? all.keys(), (row) => all[row]!);
}
