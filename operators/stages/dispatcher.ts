/** Chooses the worker for each bundle of a Python stage: the least busy one, but key groups that go on stay put. */

interface Place {
  bytes: number;
  bundles: number;
  isOpen: boolean;
}

/** Bundles that a worker has before more workers would help: one that it works on, and one that waits for it. */
const KEPT_BUSY = 2;

/** Tracks what each of `workers` has in flight; pure bookkeeping, no process behind it. */
export class Dispatcher {
  readonly #places: Place[];
  #continuing: number | null = null;

  /** @param open how many of them take bundles from the start */
  constructor(workers: number, open = workers) {
    this.#places = Array.from({ length: workers }, (_, i) => ({ bytes: 0, bundles: 0, isOpen: i < open }));
  }

  /** Workers that take bundles. */
  get open(): number {
    return this.#places.filter(({ isOpen }) => isOpen).length;
  }

  /** Every open worker has more than keeps it busy. */
  get isBehind(): boolean {
    return this.#places.every(({ isOpen, bundles }) => !isOpen || bundles >= KEPT_BUSY);
  }

  /** The first worker that takes no bundles; null where all do. */
  get closed(): number | null {
    const worker = this.#places.findIndex(({ isOpen }) => !isOpen);
    return worker < 0 ? null : worker;
  }

  /** True where `worker` has nothing to do, and nothing that must come to it. */
  isIdle(worker: number): boolean {
    return this.#places[worker]!.bundles === 0 && this.#continuing !== worker;
  }

  /** `worker` takes bundles from now on, or none any more. */
  setOpen(worker: number, isOpen: boolean): void {
    this.#places[worker]!.isOpen = isOpen;
  }

  /**
   * The worker for the next bundle of `bytes`; counts it as in flight there.
   * @param continued The bundle's last key group goes on in the next bundle, which then gets the same worker.
   */
  assign(bytes: number, continued: boolean): number {
    const worker = this.#continuing ?? this.#leastBusy();
    this.#continuing = continued ? worker : null;
    const place = this.#places[worker]!;
    place.bytes += bytes;
    place.bundles += 1;
    return worker;
  }

  /** A bundle of `bytes` came back from `worker`. */
  settle(worker: number, bytes: number): void {
    const place = this.#places[worker]!;
    place.bytes -= bytes;
    place.bundles -= 1;
  }

  #leastBusy(): number {
    let best = this.#places.findIndex(({ isOpen }) => isOpen);
    for (const [worker, { bytes, isOpen }] of this.#places.entries()) {
      if (isOpen && bytes < this.#places[best]!.bytes) best = worker;
    }
    return best;
  }
}
