/** Columns → encapsulated record batch message. Bodies are copied once, into the message. */
import type { ArrayData } from './array-data.js';
import { BUFFER_COUNTS } from './field-layout.js';
import { IPC_HEADER, IPC_PREFIX_BYTES } from './ipc-message.js';

/** An encapsulated record batch message of `rows` rows with these columns, in order. */
export function writeRecordBatch(rows: number, columns: readonly ArrayData[]): Uint8Array {
  const nodes: ArrayData[] = [];
  const buffers: Uint8Array[] = [];
  for (const column of columns) flatten(column, nodes, buffers);
  const bodyBytes = buffers.reduce((sum, buffer) => sum + roundUp(buffer.byteLength), 0);
  const metadataBytes = NODES_AT + 4 + 16 * nodes.length + 8 + 16 * buffers.length;
  const message = new Uint8Array(IPC_PREFIX_BYTES + metadataBytes + bodyBytes);
  const prefix = new DataView(message.buffer);
  prefix.setUint32(0, 0xffffffff, true);
  prefix.setInt32(4, metadataBytes, true);
  writeMetadata(
    new DataView(message.buffer, IPC_PREFIX_BYTES, metadataBytes),
    rows,
    nodes,
    buffers,
    bodyBytes,
  );
  let position = IPC_PREFIX_BYTES + metadataBytes;
  for (const buffer of buffers) {
    message.set(buffer, position);
    position += roundUp(buffer.byteLength);
  }
  return message;
}

/**
 * The FlatBuffer, always of this form (format/Message.fbs); 64-bit numbers lie at multiples of 8:
 *
 * byte 0  root offset → 20
 *      4  vtable of Message: 12, 20; version at 16, header type at 18, header at 12, body length at 4
 *     20  Message: its vtable is 16 before; 24 body length, 32 header →, 36 version, 38 header type
 *     40  vtable of RecordBatch: 10, 20; length at 4, nodes at 12, buffers at 16
 *     52  RecordBatch: its vtable is 12 before; 56 length, 64 nodes →, 68 buffers →
 *     76  nodes: their count, then 16 bytes each
 *      …  4 bytes of padding, then buffers: their count, then 16 bytes each
 */
function writeMetadata(
  view: DataView,
  rows: number,
  nodes: readonly ArrayData[],
  buffers: readonly Uint8Array[],
  bodyBytes: number,
): void {
  view.setUint32(0, 20, true);
  setAll16(view, 4, [12, 20, 16, 18, 12, 4]);
  view.setInt32(20, 16, true);
  setInt64(view, 24, bodyBytes);
  view.setUint32(32, 20, true);
  view.setInt16(36, V5, true);
  view.setUint8(38, IPC_HEADER.recordBatch);
  setAll16(view, 40, [10, 20, 4, 12, 16]);
  view.setInt32(52, 12, true);
  setInt64(view, 56, rows);
  const buffersAt = NODES_AT + 8 + 16 * nodes.length;
  view.setUint32(64, NODES_AT - 64, true);
  view.setUint32(68, buffersAt - 68, true);
  view.setUint32(NODES_AT, nodes.length, true);
  nodes.forEach((node, i) => {
    setInt64(view, NODES_AT + 4 + 16 * i, node.length);
    setInt64(view, NODES_AT + 12 + 16 * i, node.nulls);
  });
  view.setUint32(buffersAt, buffers.length, true);
  let position = 0;
  buffers.forEach((buffer, i) => {
    setInt64(view, buffersAt + 4 + 16 * i, position);
    setInt64(view, buffersAt + 12 + 16 * i, buffer.byteLength);
    position += roundUp(buffer.byteLength);
  });
}

const V5 = 4;
const NODES_AT = 76;

function flatten(column: ArrayData, nodes: ArrayData[], buffers: Uint8Array[]): void {
  const { layout, length, validity, offsets, values, children } = column;
  nodes.push(column);
  if (BUFFER_COUNTS[layout.layout] > 0) buffers.push(validity ?? EMPTY);
  if (layout.layout === 'bytes' || layout.layout === 'list') {
    buffers.push(offsets === null || length === 0 ? EMPTY : bytesOf(offsets));
  }
  if (layout.layout === 'bits' || layout.layout === 'fixed' || layout.layout === 'bytes')
    buffers.push(values);
  for (const child of children) flatten(child, nodes, buffers);
}

const EMPTY = new Uint8Array(0);

function bytesOf(array: Int32Array | BigInt64Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

function setAll16(view: DataView, position: number, values: readonly number[]): void {
  values.forEach((value, i) => {
    view.setUint16(position + 2 * i, value, true);
  });
}

function setInt64(view: DataView, position: number, value: number): void {
  view.setBigInt64(position, BigInt(value), true);
}
