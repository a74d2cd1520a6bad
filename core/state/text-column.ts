/** Texts of a column, one behind the other as UTF-8; its memory is used again. */
const encoder = new TextEncoder();

export class TextColumn {
  #bytes = new Uint8Array(1024);
  readonly #offsets: Int32Array;
  #count = 0;

  /** @param most texts at a time */
  constructor(most: number) {
    this.#offsets = new Int32Array(most + 1);
  }

  /** Bytes so far. */
  get length(): number {
    return this.#offsets[this.#count]!;
  }

  add(text: string): void {
    const at = this.length;
    if (at + text.length * 3 > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#bytes.length * 2, at + text.length * 3));
      larger.set(this.#bytes.subarray(0, at));
      this.#bytes = larger;
    }
    const { written } = encoder.encodeInto(text, this.#bytes.subarray(at));
    this.#offsets[++this.#count] = at + written;
  }

  /** What has been added; valid until the next text. */
  get column(): { readonly offsets: Int32Array; readonly bytes: Uint8Array } {
    const offsets = this.#offsets.subarray(0, this.#count + 1);
    return { offsets, bytes: this.#bytes.subarray(0, this.length) };
  }

  clear(): void {
    this.#count = 0;
  }
}
