/** The corpora of `test/fixtures/arrow-testing`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

export interface Crasher {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface GoldenStream {
  readonly name: string;
  readonly stream: Uint8Array;
  /** Arrow's integration JSON. */
  readonly json: unknown;
}

export function crashers(): Crasher[] {
  return lines('crashers').map((entry) => {
    const { name, bytes } = entry as { name: string; bytes: string };
    return { name, bytes: bytesOf(bytes) };
  });
}

export function goldenStreams(): GoldenStream[] {
  return lines('golden').map((entry) => {
    const { name, stream, json } = entry as { name: string; stream: string; json: unknown };
    return { name, stream: bytesOf(stream), json };
  });
}

/**
 * Cuts a stream into its encapsulated messages as far as its framing can be followed; what cannot be followed is the
 * last one. Messages of the framing before Arrow 0.15 get the prefix of today.
 */
export function splitMessages(stream: Uint8Array): Uint8Array[] {
  const messages: Uint8Array[] = [];
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  for (let at = 0; at + 8 <= stream.byteLength; ) {
    const isLegacy = view.getUint32(at, true) !== 0xffffffff;
    const metadata = at + (isLegacy ? 4 : 8);
    const metadataBytes = view.getInt32(metadata - 4, true);
    if (metadataBytes === 0) break;
    const end = metadata + metadataBytes + bodyBytes(view, metadata, metadataBytes);
    if (metadataBytes < 0 || !(end > at && end <= stream.byteLength)) {
      messages.push(stream.slice(at));
      break;
    }
    messages.push(isLegacy ? withPrefix(stream.slice(metadata, end), metadataBytes) : stream.slice(at, end));
    at = end;
  }
  return messages;
}

/** Field `bodyLength` of the flatbuffer Message; NaN where that cannot be read. */
function bodyBytes(view: DataView, metadata: number, metadataBytes: number): number {
  try {
    const table = metadata + view.getUint32(metadata, true);
    const vtable = table - view.getInt32(table, true);
    if (view.getUint16(vtable, true) < 12) return 0;
    const offset = view.getUint16(vtable + 10, true);
    if (offset === 0) return 0;
    return table + offset > metadata + metadataBytes
      ? Number.NaN
      : Number(view.getBigInt64(table + offset, true));
  } catch {
    return Number.NaN;
  }
}

/** The body of such a message begins at a multiple of 8 only with the shorter prefix. */
function withPrefix(message: Uint8Array, metadataBytes: number): Uint8Array {
  const padding = -metadataBytes & 7;
  const result = new Uint8Array(8 + padding + message.byteLength);
  const view = new DataView(result.buffer);
  view.setUint32(0, 0xffffffff, true);
  view.setInt32(4, metadataBytes + padding, true);
  result.set(message.subarray(0, metadataBytes), 8);
  result.set(message.subarray(metadataBytes), 8 + metadataBytes + padding);
  return result;
}

function lines(name: string): unknown[] {
  const file = join(import.meta.dirname, `../fixtures/arrow-testing/${name}.jsonl.gz`);
  return gunzipSync(readFileSync(file))
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line.replace(LONG_INTEGER, '"$1"')));
}

/** Kept as text: beyond 2^53 JSON.parse rounds. */
const LONG_INTEGER = /(?<=[:[,])(-?\d{16,})(?=[,\]}])/g;

function bytesOf(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}
