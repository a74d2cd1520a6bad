/**
 * Bounds-checked reading of FlatBuffers (flatbuffers.dev/internals), only as much as Arrow metadata needs.
 * Every read outside the metadata throws RangeError (DataView does the check); nothing is copied or cached.
 */

/** One table of a FlatBuffer. `view` covers the metadata alone, positions are relative to it. */
export class FlatTable {
  private readonly vtable: number;
  private readonly vtableBytes: number;

  constructor(
    private readonly view: DataView,
    private readonly position: number,
  ) {
    this.vtable = position - view.getInt32(position, true);
    this.vtableBytes = view.getUint16(this.vtable, true);
    if (this.vtableBytes < 4 || this.vtable + this.vtableBytes > view.byteLength) {
      throw new RangeError('a table has a vtable outside the metadata');
    }
  }

  /** The table that the root offset at the start of `view` points to. */
  static root(view: DataView): FlatTable {
    return new FlatTable(view, view.getUint32(0, true));
  }

  uint8(slot: number, absent: number): number {
    const at = this.slot(slot);
    return at === 0 ? absent : this.view.getUint8(at);
  }

  int16(slot: number, absent: number): number {
    const at = this.slot(slot);
    return at === 0 ? absent : this.view.getInt16(at, true);
  }

  int32(slot: number, absent: number): number {
    const at = this.slot(slot);
    return at === 0 ? absent : this.view.getInt32(at, true);
  }

  /** 0 where absent. */
  int64(slot: number): number {
    const at = this.slot(slot);
    return at === 0 ? 0 : readInt64(this.view, at);
  }

  table(slot: number): FlatTable | null {
    const at = this.slot(slot);
    return at === 0 ? null : new FlatTable(this.view, this.follow(at));
  }

  string(slot: number): string | null {
    const at = this.slot(slot);
    if (at === 0) return null;
    const { start, length } = this.vectorAt(this.follow(at), 1);
    return utf8.decode(new Uint8Array(this.view.buffer, this.view.byteOffset + start, length));
  }

  /** Start and length of a vector whose elements take `elementBytes`; length 0 where absent. */
  vector(slot: number, elementBytes: number): FlatVector {
    const at = this.slot(slot);
    return at === 0 ? { start: 0, length: 0 } : this.vectorAt(this.follow(at), elementBytes);
  }

  /** Element `index` of a vector of tables. */
  tableOf(vector: FlatVector, index: number): FlatTable {
    return new FlatTable(this.view, this.follow(vector.start + 4 * index));
  }

  has(slot: number): boolean {
    return this.slot(slot) !== 0;
  }

  private slot(index: number): number {
    const entry = 4 + 2 * index;
    if (entry + 2 > this.vtableBytes) return 0;
    const offset = this.view.getUint16(this.vtable + entry, true);
    return offset === 0 ? 0 : this.position + offset;
  }

  private follow(at: number): number {
    return at + this.view.getUint32(at, true);
  }

  private vectorAt(at: number, elementBytes: number): FlatVector {
    const length = this.view.getUint32(at, true);
    if (at + 4 + length * elementBytes > this.view.byteLength) {
      throw new RangeError('a vector reaches past the metadata');
    }
    return { start: at + 4, length };
  }
}

export interface FlatVector {
  /** Position of the first element. */
  readonly start: number;
  readonly length: number;
}

/**
 * A 64-bit integer as a number.
 * @throws {RangeError} when it is beyond 2^53
 */
export function readInt64(view: DataView, at: number): number {
  const high = view.getInt32(at + 4, true);
  if (high > 0x1fffff || high < -0x200000) throw new RangeError('a 64-bit length or offset is beyond 2^53');
  return high * 0x1_0000_0000 + view.getUint32(at, true);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
