/**
 * The structural check of a record batch message (Arrow format/Message.fbs) that every routed batch passes: what a
 * decoder would read lies inside the body. Values are not looked at; `validate-body.ts` does, for who decodes.
 */
import { BUFFER_COUNTS, type FieldLayout, type SchemaLayout } from './field-layout.js';
import { readInt64 } from './flat-table.js';
import { openIpcMessage } from './ipc-message.js';
import { malformedBatch } from './malformed.js';
import { readSchemaLayout } from './read-schema.js';

/** More rows than an int32 selection can number are refused. */
export const MAX_BATCH_ROWS = 0x7fffffff;

export interface RecordBatchSummary {
  readonly rows: number;
  readonly bodyBytes: number;
}

/** Where the parts of a checked record batch message are; positions of `view` are relative to the metadata. */
export interface RecordBatchParts extends RecordBatchSummary {
  readonly view: DataView;
  /** First field node: 16 bytes each, length and null count. */
  readonly nodes: number;
  /** First buffer: 16 bytes each, offset in the body and length. */
  readonly buffers: number;
  readonly bodyStart: number;
}

/**
 * Checks one encapsulated record batch message against its schema: framing, metadata, node and buffer counts,
 * ranges inside the body, lengths, null counts.
 * `schema` is a schema message (read once for each `Uint8Array` object) or its layout; the last `outsideBytes` of
 * the body may be elsewhere.
 * @throws {InternalError} BATCH_MALFORMED
 */
export function validateRecordBatchMessage(
  message: Uint8Array,
  schema: Uint8Array | SchemaLayout,
  outsideBytes = 0,
): RecordBatchSummary {
  const { rows, bodyBytes } = openRecordBatch(
    message,
    schema instanceof Uint8Array ? layoutOf(schema) : schema,
    outsideBytes,
  );
  return { rows, bodyBytes };
}

/** As `validateRecordBatchMessage`, and says where everything is. */
export function openRecordBatch(
  message: Uint8Array,
  schema: SchemaLayout,
  outsideBytes = 0,
): RecordBatchParts {
  try {
    return open(message, schema, outsideBytes);
  } catch (error) {
    if (error instanceof RangeError) throw malformedBatch(error.message, error);
    throw error;
  }
}

function open(message: Uint8Array, schema: SchemaLayout, outsideBytes: number): RecordBatchParts {
  const { view, header, bodyStart, bodyBytes } = openIpcMessage(message, 'recordBatch', outsideBytes);
  if (header.has(3)) throw malformedBatch('its body is compressed');
  const rows = header.int64(0);
  if (rows < 0 || rows > MAX_BATCH_ROWS) throw malformedBatch(`it claims ${rows} rows`);
  const nodes = header.vector(1, 16);
  const buffers = header.vector(2, 16);
  if (nodes.length !== schema.nodes || buffers.length !== schema.buffers) {
    throw malformedBatch(
      `it has ${nodes.length} nodes and ${buffers.length} buffers, its schema ${schema.nodes} and ${schema.buffers}`,
    );
  }
  const walk = { view, node: nodes.start, buffer: buffers.start, bodyBytes };
  for (const field of schema.fields) {
    if (checkField(field, walk) !== rows) {
      throw malformedBatch(`column "${field.name}" is not as long as the batch`);
    }
  }
  return { rows, bodyBytes, view, nodes: nodes.start, buffers: buffers.start, bodyStart };
}

interface Walk {
  readonly view: DataView;
  readonly bodyBytes: number;
  node: number;
  buffer: number;
}

/** Checks a field and its children, in the depth-first order of nodes and buffers; returns its length. */
function checkField(field: FieldLayout, walk: Walk): number {
  const length = readInt64(walk.view, walk.node);
  const nulls = readInt64(walk.view, walk.node + 8);
  walk.node += 16;
  if (length < 0 || length > MAX_BATCH_ROWS || nulls < 0 || nulls > length) {
    throw malformedBatch(`column "${field.name}" claims ${length} values, ${nulls} of them null`);
  }
  if (BUFFER_COUNTS[field.layout] > 0) {
    const validity = takeBuffer(field, walk);
    if (validity < bitBytes(length) && (validity > 0 || nulls > 0)) throw tooShort(field, 'validity bitmap');
  }
  if (field.layout === 'bits') {
    if (takeBuffer(field, walk) < bitBytes(length)) throw tooShort(field, 'values');
  } else if (field.layout === 'fixed') {
    if (takeBuffer(field, walk) < length * field.width) throw tooShort(field, 'values');
  } else if (field.layout === 'bytes' || field.layout === 'list') {
    const offsets = takeBuffer(field, walk);
    // An empty column may have no offsets at all.
    if (offsets < (length + 1) * field.width && (length > 0 || offsets > 0)) throw tooShort(field, 'offsets');
    if (field.layout === 'bytes') takeBuffer(field, walk);
  }
  checkChildren(field, length, walk);
  return length;
}

function checkChildren(field: FieldLayout, length: number, walk: Walk): void {
  for (const child of field.children) {
    const childLength = checkField(child, walk);
    const least =
      field.layout === 'struct' ? length : field.layout === 'fixed_list' ? length * field.width : 0;
    if (childLength < least) {
      throw malformedBatch(
        `column "${field.name}" needs ${least} values of "${child.name}", there are ${childLength}`,
      );
    }
  }
}

/** Checks the next buffer's range and returns its length. */
function takeBuffer(field: FieldLayout, walk: Walk): number {
  const offset = readInt64(walk.view, walk.buffer);
  const length = readInt64(walk.view, walk.buffer + 8);
  walk.buffer += 16;
  if (offset < 0 || length < 0 || offset + length > walk.bodyBytes || offset % 8 !== 0) {
    throw malformedBatch(
      `column "${field.name}" has a buffer at ${offset} of ${length} bytes, the body has ${walk.bodyBytes}`,
    );
  }
  return length;
}

function bitBytes(bits: number): number {
  return Math.ceil(bits / 8);
}

function tooShort(field: FieldLayout, part: string): Error {
  return malformedBatch(`the ${part} of column "${field.name}" are shorter than its length`);
}

const layouts = new WeakMap<Uint8Array, SchemaLayout>();

function layoutOf(message: Uint8Array): SchemaLayout {
  let layout = layouts.get(message);
  if (layout === undefined) {
    layout = readSchemaLayout(message);
    layouts.set(message, layout);
  }
  return layout;
}
