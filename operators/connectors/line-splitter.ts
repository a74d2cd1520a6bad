/** Bytes that come in pieces, as lines. */

export class LineSplitter {
  /** The pieces of a line that has not ended: a long one is put together once. */
  #begun: Buffer[] = [];

  constructor(private readonly delimiter: number) {}

  /** The lines that end in this piece, without their ends. */
  take(piece: Buffer): Buffer[] {
    const lines: Buffer[] = [];
    let at = 0;
    for (let end = piece.indexOf(this.delimiter); end >= 0; end = piece.indexOf(this.delimiter, at)) {
      this.#begun.push(piece.subarray(at, end));
      lines.push(this.#line());
      at = end + 1;
    }
    if (at < piece.length) this.#begun.push(piece.subarray(at));
    return lines;
  }

  /** The line behind the last end; none where nothing is. */
  rest(): Buffer[] {
    return this.#begun.length === 0 ? [] : [this.#line()];
  }

  #line(): Buffer {
    const pieces = this.#begun;
    this.#begun = [];
    return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
  }
}
