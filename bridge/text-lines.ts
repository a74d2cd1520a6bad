/** Cuts a text that arrives in pieces into lines. */
export class TextLines {
  readonly #onLine: (line: string) => void;
  #rest = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  append(piece: string): void {
    const lines = (this.#rest + piece).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      this.#onLine(line);
    }
  }

  /** Gives the last line if it had no line break. */
  end(): void {
    if (this.#rest !== '') {
      this.#onLine(this.#rest);
      this.#rest = '';
    }
  }
}
