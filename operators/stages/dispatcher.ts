/** Chooses the worker for each bundle of a Python stage: the least busy one, but key groups that go on stay put. */

/** Tracks what each of `workers` has in flight; pure bookkeeping, no process behind it. */
export class Dispatcher {
  readonly #inFlight: number[];
  #continuing: number | null = null;

  constructor(workers: number) {
    this.#inFlight = new Array<number>(workers).fill(0);
  }

  /**
   * The worker for the next bundle of `bytes`; counts it as in flight there.
   * @param continued The bundle's last key group goes on in the next bundle, which then gets the same worker.
   */
  assign(bytes: number, continued: boolean): number {
    const worker = this.#continuing ?? this.#leastBusy();
    this.#continuing = continued ? worker : null;
    this.#inFlight[worker]! += bytes;
    return worker;
  }

  /** A bundle of `bytes` came back from `worker`. */
  settle(worker: number, bytes: number): void {
    this.#inFlight[worker]! -= bytes;
  }

  #leastBusy(): number {
    let best = 0;
    for (let worker = 1; worker < this.#inFlight.length; worker++) {
      if (this.#inFlight[worker]! < this.#inFlight[best]!) best = worker;
    }
    return best;
  }
}
