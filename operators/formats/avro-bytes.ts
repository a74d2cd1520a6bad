/** The primitive values of Avro's binary encoding. */
import { MalformedRecord } from './format.js';

/** Reads values one after the other. @throws {MalformedRecord} from every read past the end */
export class AvroReader {
  readonly #view: DataView;
  #at = 0;

  constructor(private readonly record: Uint8Array) {
    this.#view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#at === this.record.length;
  }

  byte(): number {
    return this.#view.getUint8(this.#take(1));
  }

  /** Zigzag, seven bits in a byte. */
  long(): bigint {
    let bits = 0n;
    for (let shift = 0n; ; shift += 7n) {
      if (shift > 63n) throw new MalformedRecord('a number has more than 64 bits');
      const byte = this.byte();
      bits |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, (bits >> 1n) ^ -(bits & 1n));
    }
  }

  float(): number {
    return this.#view.getFloat32(this.#take(4), true);
  }

  double(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  bytes(): Uint8Array {
    const length = Number(this.long());
    if (length < 0) throw new MalformedRecord('a length is negative');
    const at = this.#take(length);
    return this.record.subarray(at, at + length);
  }

  /** The items of an array or a map. */
  blocks<T>(read: () => T): T[] {
    const items: T[] = [];
    for (;;) {
      let count = this.long();
      if (count === 0n) return items;
      if (count < 0n) {
        // The size of the block in bytes follows.
        this.long();
        count = -count;
      }
      for (let i = 0n; i < count; i++) items.push(read());
    }
  }

  #take(width: number): number {
    const at = this.#at;
    if (at + width > this.record.length) throw new MalformedRecord('it ends before its last field');
    this.#at = at + width;
    return at;
  }
}

/** Writes values one after the other. */
export class AvroWriter {
  readonly #parts: Uint8Array[] = [];

  byte(value: number): void {
    this.#parts.push(Uint8Array.of(value));
  }

  long(value: bigint): void {
    let bits = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
    const bytes: number[] = [];
    while (bits > 0x7fn) {
      bytes.push(Number(bits & 0x7fn) | 0x80);
      bits >>= 7n;
    }
    bytes.push(Number(bits));
    this.#parts.push(Uint8Array.from(bytes));
  }

  float(value: number): void {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatLE(value);
    this.#parts.push(bytes);
  }

  double(value: number): void {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(value);
    this.#parts.push(bytes);
  }

  bytes(value: Uint8Array): void {
    this.long(BigInt(value.length));
    this.#parts.push(value);
  }

  /** An array or a map in one block. */
  block<T>(items: readonly T[], write: (item: T) => void): void {
    if (items.length > 0) this.long(BigInt(items.length));
    items.forEach(write);
    this.long(0n);
  }

  /** All that was written. */
  record(): Uint8Array {
    return Buffer.concat(this.#parts);
  }
}
