/**
 * Reads Arrow batches from standard input and answers each twice, encoded by the core: all rows, decoded to values and
 * built anew; and the selected rows, taken in Arrow. A message is one line of JSON, then the frames it gives the sizes of.
 */
import { readSync, writeSync } from 'node:fs';
import {
  BatchEncoder,
  decodeRows,
  mergeGroups,
  parseTypeText,
  SchemaRegistry,
} from '../../dist/core/index.js';

for (let line = readLine(); line !== null; line = readLine()) {
  const { columns, rows, selection, frames } = JSON.parse(line);
  const [schema, message] = frames.map(readBytes);
  try {
    answer({ error: null }, echo(columns, rows, selection, schema, message));
  } catch (error) {
    answer({ error: String(error?.stack ?? error) }, []);
  }
}

function echo(columns, rows, selection, schemaMessage, message) {
  const typed = columns.map(({ name, type }) => ({ name, type: parseTypeText(type) }));
  const schemas = new SchemaRegistry();
  const schema = schemas.register(schemaMessage);
  const exchange = { columns: typed, groups: [typed.map((_, i) => i)] };
  const group = { schema, message, shared: null, messageRows: rows, selection: null };
  const batch = { kind: 'batch', rows, groups: [group], continued: false };
  const encoder = new BatchEncoder(typed, schemas);
  const [encoded] = encoder.encodeRows(decodeRows(batch, exchange, schemas)).groups;
  const selected = { ...group, selection: Int32Array.from(selection) };
  const taken = mergeGroups({ ...batch, rows: selection.length, groups: [selected] }, exchange, schemas);
  return [schemas.message(encoder.schema), encoded.message, taken];
}

function answer(header, frames) {
  write(Buffer.from(`${JSON.stringify({ ...header, frames: frames.map((frame) => frame.byteLength) })}\n`));
  frames.forEach(write);
}

function write(bytes) {
  for (let at = 0; at < bytes.byteLength; ) at += writeSync(1, bytes, at);
}

function readLine() {
  const line = [];
  for (let byte = readBytes(1); byte !== null; byte = readBytes(1)) {
    if (byte[0] === 10) return Buffer.from(line).toString();
    line.push(byte[0]);
  }
  return null;
}

/** `size` bytes; null at the end of the input. */
function readBytes(size) {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; ) {
    const read = readSync(0, bytes, at, size - at);
    if (read === 0) return null;
    at += read;
  }
  return bytes;
}
