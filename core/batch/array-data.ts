/** The buffers of a column, typed, without copying; and how they are found in a record batch message. */
import { BUFFER_COUNTS, type FieldLayout, type SchemaLayout } from './field-layout.js';
import { readInt64 } from './flat-table.js';
import { openRecordBatch, type RecordBatchParts } from './validate-metadata.js';

/** One column, or a child of one. Buffers are views of the message where that is aligned. */
export interface ArrayData {
  readonly layout: FieldLayout;
  readonly length: number;
  readonly nulls: number;
  /** One bit a value, least significant first, 1 = present; null where there are no nulls. */
  readonly validity: Uint8Array | null;
  /** Layouts `bytes` and `list`: `length + 1` positions (none needed where length is 0); null for the others. */
  readonly offsets: Int32Array | BigInt64Array | null;
  /** Layouts `bits`, `fixed` and `bytes`: the values; empty for the others. */
  readonly values: Uint8Array;
  readonly children: readonly ArrayData[];
}

/**
 * The columns of a record batch message, its metadata checked; values are not (`validate-body.ts`).
 * @throws {InternalError} BATCH_MALFORMED
 */
export function readArrays(message: Uint8Array, schema: SchemaLayout): ArrayData[] {
  const aligned = message.byteOffset % 8 === 0 ? message : message.slice();
  const parts = openRecordBatch(aligned, schema);
  const cursor: Cursor = {
    parts,
    body: aligned.subarray(parts.bodyStart),
    node: parts.nodes,
    buffer: parts.buffers,
  };
  return schema.fields.map((field) => readArray(field, cursor));
}

/** True where value `row` is not null. */
export function isPresent(data: ArrayData, row: number): boolean {
  if (data.layout.layout === 'null') return false;
  return data.validity === null || (data.validity[row >> 3]! & (1 << (row & 7))) !== 0;
}

/** Offset `index` as a number. */
export function offsetAt(data: ArrayData, index: number): number {
  return Number(data.offsets![index]);
}

interface Cursor {
  readonly parts: RecordBatchParts;
  readonly body: Uint8Array;
  node: number;
  buffer: number;
}

function readArray(layout: FieldLayout, cursor: Cursor): ArrayData {
  const { view } = cursor.parts;
  const length = readInt64(view, cursor.node);
  const nulls = readInt64(view, cursor.node + 8);
  cursor.node += 16;
  const bitmap = BUFFER_COUNTS[layout.layout] === 0 ? EMPTY : nextBuffer(cursor);
  const hasOffsets = layout.layout === 'bytes' || layout.layout === 'list';
  const offsets = hasOffsets ? offsetsOf(nextBuffer(cursor), layout.width, length) : null;
  const hasValues = layout.layout === 'bits' || layout.layout === 'fixed' || layout.layout === 'bytes';
  const values = hasValues ? nextBuffer(cursor) : EMPTY;
  const children = layout.children.map((child) => readArray(child, cursor));
  const validity = nulls === 0 ? null : bitmap.subarray(0, Math.ceil(length / 8));
  return { layout, length, nulls, validity, offsets, values, children };
}

function nextBuffer(cursor: Cursor): Uint8Array {
  const { view } = cursor.parts;
  const start = readInt64(view, cursor.buffer);
  const length = readInt64(view, cursor.buffer + 8);
  cursor.buffer += 16;
  return cursor.body.subarray(start, start + length);
}

function offsetsOf(buffer: Uint8Array, width: number, length: number): Int32Array | BigInt64Array {
  const count = length === 0 ? 0 : length + 1;
  return width === 4
    ? new Int32Array(buffer.buffer, buffer.byteOffset, count)
    : new BigInt64Array(buffer.buffer, buffer.byteOffset, count);
}

const EMPTY = new Uint8Array(0);
