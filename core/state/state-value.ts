/**
 * State values as bytes that say what they are. A tag, then (numbers little-endian):
 *
 * 0 null · 1 false · 2 true · 3 number, 8 bytes IEEE 754 · 4 bigint, 8 bytes · 5 bigint beyond that, as text
 * 6 text, 4 bytes of length, UTF-8 · 7 bytes, 4 bytes of length · 8 list, 4 bytes of count, then the values
 */
import type { SqlValue } from '../batch/value.js';
import { InternalError } from '../errors.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Writes values one behind the other. */
export class StateWriter {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** Bytes so far. */
  get length(): number {
    return this.#length;
  }

  /** What has been written; valid until the next value. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Begins again, in the same memory. */
  clear(): void {
    this.#length = 0;
  }

  write(value: SqlValue): void {
    this.#room(16);
    if (value === null) this.#tag(0);
    else if (typeof value === 'boolean') this.#tag(value ? 2 : 1);
    else if (typeof value === 'number') {
      this.#tag(3);
      this.#view.setFloat64(this.#length, value, true);
      this.#length += 8;
    } else if (typeof value === 'bigint') this.#bigint(value);
    else if (typeof value === 'string') this.#text(6, value);
    else if (value instanceof Uint8Array) {
      this.#counted(7, value.length);
      this.#room(value.length);
      this.#bytes.set(value, this.#length);
      this.#length += value.length;
    } else {
      this.#counted(8, value.length);
      for (const item of value) this.write(item);
    }
  }

  #bigint(value: bigint): void {
    if (BigInt.asIntN(64, value) !== value) {
      this.#text(5, String(value));
      return;
    }
    this.#tag(4);
    this.#view.setBigInt64(this.#length, value, true);
    this.#length += 8;
  }

  #text(tag: number, text: string): void {
    this.#counted(tag, 0);
    this.#room(text.length * 3);
    const { written } = encoder.encodeInto(text, this.#bytes.subarray(this.#length));
    this.#view.setUint32(this.#length - 4, written, true);
    this.#length += written;
  }

  #counted(tag: number, count: number): void {
    this.#tag(tag);
    this.#view.setUint32(this.#length, count, true);
    this.#length += 4;
  }

  #tag(tag: number): void {
    this.#bytes[this.#length++] = tag;
  }

  #room(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + bytes));
    larger.set(this.bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

/** The value that `bytes` hold, all of them. @throws {InternalError} STATE_MALFORMED */
export function readStateValue(bytes: Uint8Array): SqlValue {
  const reader = new StateReader(bytes);
  try {
    const value = reader.read();
    if (reader.isAtEnd) return value;
  } catch (cause) {
    throw malformed(cause);
  }
  throw malformed(null);
}

function malformed(cause: unknown): InternalError {
  return new InternalError('STATE_MALFORMED', 'A value of a checkpoint cannot be read.', { cause });
}

class StateReader {
  #at = 0;
  readonly #view: DataView;

  constructor(private readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#at === this.bytes.length;
  }

  read(): SqlValue {
    const tag = this.#view.getUint8(this.#at++);
    switch (tag) {
      case 0:
        return null;
      case 1:
      case 2:
        return tag === 2;
      case 3:
        return this.#view.getFloat64(this.#skip(8), true);
      case 4:
        return this.#view.getBigInt64(this.#skip(8), true);
      case 5:
        return BigInt(decoder.decode(this.#counted()));
      case 6:
        return decoder.decode(this.#counted());
      case 7:
        return this.#counted().slice();
      case 8:
        return Array.from({ length: this.#view.getUint32(this.#skip(4), true) }, () => this.read());
      default:
        throw new RangeError(`tag ${tag}`);
    }
  }

  #counted(): Uint8Array {
    const length = this.#view.getUint32(this.#skip(4), true);
    const from = this.#skip(length);
    if (this.#at > this.bytes.length) throw new RangeError('cut off');
    return this.bytes.subarray(from, this.#at);
  }

  #skip(bytes: number): number {
    const at = this.#at;
    this.#at += bytes;
    return at;
  }
}
