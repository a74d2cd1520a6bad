/** Column groups from and to plain columns, by apache-arrow. */
import { type Table, tableFromArrays, tableFromIPC, tableToIPC } from 'apache-arrow';
import type { ColumnGroup, SchemaRegistry } from '../../../core/index.js';

/** One column group of these columns. */
export function columnGroup(
  schemas: SchemaRegistry,
  columns: Readonly<Record<string, Float64Array>>,
): ColumnGroup {
  const table = tableFromArrays(columns);
  const stream = tableToIPC(table, 'stream');
  const schemaEnd = messageEnd(stream);
  return {
    schema: schemas.register(stream.slice(0, schemaEnd)),
    // The end-of-stream marker is 8 bytes.
    message: stream.slice(schemaEnd, stream.byteLength - 8),
    shared: null,
    messageRows: table.numRows,
    selection: null,
  };
}

/** The columns of a group, its selection not applied. */
export function readGroup(schemas: SchemaRegistry, group: ColumnGroup): Table {
  return tableFromIPC(Buffer.concat([schemas.message(group.schema), group.message]));
}

/** End of the metadata of an encapsulated message without body. */
function messageEnd(stream: Uint8Array): number {
  return 8 + new DataView(stream.buffer, stream.byteOffset).getInt32(4, true);
}
