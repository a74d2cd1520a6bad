/** Framing of encapsulated IPC messages (Arrow columnar format, "Encapsulated message format"). */
import { FlatTable } from './flat-table.js';
import { malformedBatch } from './malformed.js';

/**
 * byte 0  0xFFFFFFFF
 *      4  metadata bytes (int32), a multiple of 8
 *      8  metadata: a FlatBuffer with root table Message
 *      …  body
 */
export const IPC_PREFIX_BYTES = 8;

/** Values of the union `MessageHeader`. */
export const IPC_HEADER = { schema: 1, dictionaryBatch: 2, recordBatch: 3 } as const;

/** An encapsulated message, its framing checked. */
export interface IpcMessage {
  /** The metadata alone. */
  readonly view: DataView;
  /** The table Schema or RecordBatch. */
  readonly header: FlatTable;
  /** Where the body starts in the message. */
  readonly bodyStart: number;
  readonly bodyBytes: number;
}

/**
 * Opens a message of one kind. The message must be exactly its prefix, metadata and body; the last `outsideBytes` of
 * the body may be elsewhere.
 * @throws {InternalError} BATCH_MALFORMED (or RangeError, for a read outside the metadata)
 */
export function openIpcMessage(
  message: Uint8Array,
  kind: 'schema' | 'recordBatch',
  outsideBytes = 0,
): IpcMessage {
  if (message.byteLength < IPC_PREFIX_BYTES + 8) throw malformedBatch('it ends before its metadata');
  const prefix = new DataView(message.buffer, message.byteOffset, IPC_PREFIX_BYTES);
  if (prefix.getUint32(0, true) !== 0xffffffff) throw malformedBatch('the continuation marker is missing');
  const metadataBytes = prefix.getInt32(4, true);
  const bodyStart = IPC_PREFIX_BYTES + metadataBytes;
  if (metadataBytes < 8 || metadataBytes % 8 !== 0 || bodyStart > message.byteLength) {
    throw malformedBatch(`its metadata claims ${metadataBytes} bytes of ${message.byteLength}`);
  }
  const view = new DataView(message.buffer, message.byteOffset + IPC_PREFIX_BYTES, metadataBytes);
  const root = FlatTable.root(view);
  const version = root.int16(0, 0);
  if (version !== V4 && version !== V5)
    throw malformedBatch(`metadata version ${version + 1} is not supported`);
  const type = root.uint8(1, 0);
  if (type !== IPC_HEADER[kind]) throw malformedBatch(`its header has type ${type} instead of ${kind}`);
  const header = root.table(2);
  if (header === null) throw malformedBatch('it has no header');
  const bodyBytes = root.int64(3);
  const present = message.byteLength - bodyStart + outsideBytes;
  if (bodyBytes !== present) {
    throw malformedBatch(`its body claims ${bodyBytes} bytes but has ${present}`);
  }
  return { view, header, bodyStart, bodyBytes };
}

const V4 = 3;
const V5 = 4;
