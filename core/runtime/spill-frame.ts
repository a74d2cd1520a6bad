/**
 * How stream elements lie in a spill file. All numbers little-endian, every part padded to 8 bytes:
 *
 * byte 0  header bytes (uint32)
 *      4  CRC-32 of everything from byte 16 on (uint32)
 *      8  bytes after the header (float64)
 *     16  header: JSON text
 *      …  for each group its message, then its selection if it has one
 */
import { crc32 } from 'node:zlib';
import type { Barrier, Batch, ColumnGroup, StreamElement } from '../batch/batch.js';
import { loadBatch } from '../batch/hold.js';
import { InternalError } from '../errors.js';
import { fromJsonBytes, jsonBytes } from '../text/json-bytes.js';

export const SPILL_PREFIX_BYTES = 16;

/** The chunks of one element, to be written one after the other; messages in the core's memory are not copied. */
export function encodeSpillFrame(given: StreamElement): Uint8Array[] {
  const element = given.kind === 'batch' ? loadBatch(given) : given;
  const payload: Uint8Array[] = [];
  if (element.kind === 'batch') {
    for (const group of element.groups) {
      pushPadded(payload, group.message);
      if (group.selection !== null) pushPadded(payload, bytesOf(group.selection));
    }
  }
  const header = padded(jsonBytes(headerOf(element)));
  const prefix = new Uint8Array(SPILL_PREFIX_BYTES);
  const view = new DataView(prefix.buffer);
  view.setUint32(0, header.byteLength, true);
  view.setUint32(4, checksum([header, ...payload]), true);
  view.setFloat64(8, sumBytes(payload), true);
  return [prefix, header, ...payload];
}

/** Bytes that follow the prefix of a frame. */
export function spillFrameBytes(prefix: Uint8Array): number {
  const view = new DataView(prefix.buffer, prefix.byteOffset, SPILL_PREFIX_BYTES);
  return view.getUint32(0, true) + view.getFloat64(8, true);
}

/**
 * The element of a frame. Its messages are views of `body`, which the caller gives away.
 * @throws {InternalError} SPILL_CORRUPT when the checksum does not hold
 */
export function decodeSpillFrame(prefix: Uint8Array, body: Uint8Array): StreamElement {
  const view = new DataView(prefix.buffer, prefix.byteOffset, SPILL_PREFIX_BYTES);
  if (checksum([body]) !== view.getUint32(4, true)) {
    throw new InternalError('SPILL_CORRUPT', 'A spill file does not read back as it was written.', {
      hint: 'Check the disk that holds the temporary files.',
    });
  }
  const headerBytes = view.getUint32(0, true);
  const header = fromJsonBytes<Header>(body.subarray(0, headerBytes));
  switch (header.kind) {
    case 'batch':
      return decodeBatch(header, body, headerBytes);
    case 'watermark':
      return { kind: 'watermark', timestampMs: Number(header.timestampMs) };
    default:
      return header;
  }
}

type Header =
  | {
      readonly kind: 'batch';
      readonly rows: number;
      readonly continued: boolean;
      readonly groups: readonly GroupHeader[];
    }
  /** As text: JSON has no Infinity. */
  | { readonly kind: 'watermark'; readonly timestampMs: string }
  | Barrier
  | { readonly kind: 'end' };

interface GroupHeader {
  readonly schema: number;
  readonly messageRows: number;
  readonly messageBytes: number;
  /** Null: the group has no selection. */
  readonly selectionRows: number | null;
}

function headerOf(element: StreamElement): Header {
  if (element.kind === 'watermark') return { kind: 'watermark', timestampMs: String(element.timestampMs) };
  if (element.kind !== 'batch') return element;
  const groups = element.groups.map(({ schema, messageRows, message, selection }) => ({
    schema,
    messageRows,
    messageBytes: message.byteLength,
    selectionRows: selection === null ? null : selection.length,
  }));
  return { kind: 'batch', rows: element.rows, continued: element.continued, groups };
}

function decodeBatch(header: Header & { kind: 'batch' }, body: Uint8Array, start: number): Batch {
  let position = start;
  const next = (length: number): Uint8Array => {
    const part = body.subarray(position, position + length);
    position += roundUp(length);
    return part;
  };
  const groups = header.groups.map(({ schema, messageRows, messageBytes, selectionRows }): ColumnGroup => {
    const message = next(messageBytes);
    const selection = selectionRows === null ? null : new Int32Array(next(selectionRows * 4).slice().buffer);
    return { schema, message, shared: null, messageRows, selection };
  });
  return { kind: 'batch', rows: header.rows, groups, continued: header.continued };
}

/** Leaves empty chunks out: zlib's crc32 of an empty buffer is 0 whatever came before it. */
function pushPadded(chunks: Uint8Array[], chunk: Uint8Array): void {
  if (chunk.byteLength > 0) chunks.push(chunk);
  const missing = roundUp(chunk.byteLength) - chunk.byteLength;
  if (missing > 0) chunks.push(new Uint8Array(missing));
}

function padded(bytes: Uint8Array): Uint8Array {
  const result = new Uint8Array(roundUp(bytes.byteLength)).fill(SPACE);
  result.set(bytes);
  return result;
}

const SPACE = 0x20;

function bytesOf(array: Int32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

function sumBytes(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
}

function checksum(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((value, chunk) => crc32(chunk, value), 0);
}
