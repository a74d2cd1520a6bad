/**
 * Bytes that may still be sent. A sender passes while any credit is left and may overdraw it once, so that a batch
 * larger than the whole window does not wait for ever. Waiting senders pass in the order they came.
 */
export class CreditGate {
  readonly #waiting: Waiting[] = [];
  #bytes = 0;
  #end: Error | null = null;

  /** Resolves when `bytes` may be sent; rejects once failed. */
  pass(bytes: number): Promise<void> {
    if (this.#end !== null) {
      return Promise.reject(this.#end);
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ bytes, resolve, reject });
      this.#admit();
    });
  }

  grant(bytes: number): void {
    this.#bytes += bytes;
    this.#admit();
  }

  fail(error: Error): void {
    this.#end ??= error;
    for (const waiting of this.#waiting.splice(0)) {
      waiting.reject(this.#end);
    }
  }

  #admit(): void {
    while (this.#bytes > 0 && this.#waiting.length > 0) {
      const waiting = this.#waiting.shift()!;
      this.#bytes -= waiting.bytes;
      waiting.resolve();
    }
  }
}

interface Waiting {
  readonly bytes: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}
