/** Keeps the end of a text that arrives in pieces. */
export class TextTail {
  readonly #limit: number;
  #text = '';

  /** @param limit characters kept. */
  constructor(limit = 16_384) {
    this.#limit = limit;
  }

  append(piece: string): void {
    const text = this.#text + piece;
    this.#text = text.length > this.#limit ? text.slice(-this.#limit) : text;
  }

  toString(): string {
    return this.#text;
  }
}
