/**
 * A bounded amount of bytes, lent first come first served. `leastLeases` always pass, so that an element larger than
 * the whole budget moves instead of blocking for ever.
 */
export class ByteBudget {
  private lentBytes = 0;
  private leases = 0;
  private readonly waiting: Waiter[] = [];
  private failure: { readonly error: unknown } | null = null;

  constructor(
    readonly capacityBytes: number,
    private readonly leastLeases = 1,
  ) {}

  /** Bytes lent now; above the capacity only by the leases that always pass, or by what `resize` added. */
  get usedBytes(): number {
    return this.lentBytes;
  }

  /** True while somebody waits. */
  get isBlocking(): boolean {
    return this.waiting.length > 0;
  }

  /**
   * Resolves when `bytes` are lent, after all who asked before.
   * @throws the error given to `fail`
   */
  acquire(bytes: number): Promise<ByteLease> {
    if (this.failure !== null) return Promise.reject(this.failure.error);
    if (this.waiting.length === 0 && this.fits(bytes)) return Promise.resolve(this.lend(bytes));
    return new Promise((resolve, reject) => {
      this.waiting.push({ bytes, resolve, reject });
    });
  }

  /** Rejects everybody who waits or will ask. Leases can still be given back. */
  fail(error: unknown): void {
    this.failure ??= { error };
    for (const waiter of this.waiting.splice(0)) waiter.reject(this.failure.error);
  }

  private fits(bytes: number): boolean {
    return this.leases < this.leastLeases || this.lentBytes + bytes <= this.capacityBytes;
  }

  private lend(bytes: number): ByteLease {
    let held = bytes;
    let released = false;
    this.leases += 1;
    this.lentBytes += bytes;
    return {
      resize: (next) => {
        if (released) return;
        this.lentBytes += next - held;
        held = next;
        this.serve();
      },
      release: () => {
        if (released) return;
        released = true;
        this.leases -= 1;
        this.lentBytes -= held;
        this.serve();
      },
    };
  }

  private serve(): void {
    for (let next = this.waiting[0]; next !== undefined && this.fits(next.bytes); next = this.waiting[0]) {
      this.waiting.shift();
      next.resolve(this.lend(next.bytes));
    }
  }
}

/** Bytes on loan from a `ByteBudget`. */
export interface ByteLease {
  /** Changes the amount at once, without waiting (an input has become an output); others wait until it fits. */
  resize(bytes: number): void;
  /** Gives everything back; later calls do nothing. */
  release(): void;
}

interface Waiter {
  readonly bytes: number;
  readonly resolve: (lease: ByteLease) => void;
  readonly reject: (error: unknown) => void;
}
