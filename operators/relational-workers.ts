/** The relational workers of a session: a stage borrows one, and the next job finds it warm. */
import type { Bridge, Worker } from '../bridge/index.js';
import { type IdleTimeout, IdleTimer } from '../core/index.js';

export class RelationalWorkers {
  #idle: Worker[] = [];
  /** What the latest job needed: more than that is not kept. */
  #kept = { count: 0, memoryBytes: 0 };
  #started = 0;
  readonly #warm = new WeakSet<Worker>();
  readonly #idling: IdleTimer;

  /** @param idle how long idle workers are kept after a job */
  constructor(
    private readonly bridge: Bridge,
    private readonly workingDirectory: string,
    idle: IdleTimeout,
  ) {
    this.#idling = new IdleTimer(idle, () => void this.expect(0, 0));
  }

  /** Before a job that borrows `count` workers of `memoryBytes` each: ends idle ones that it has no use for. */
  async expect(count: number, memoryBytes: number): Promise<void> {
    this.#idling.stop();
    this.#kept = { count, memoryBytes };
    const useful = this.#idle.filter((worker) => worker.memoryBytes === memoryBytes).slice(0, count);
    const useless = this.#idle.filter((worker) => !useful.includes(worker));
    this.#idle = useful;
    await Promise.all(useless.map((worker) => worker.stop()));
  }

  /** A worker without stages and with a cap of `memoryBytes`, for the caller alone. */
  async borrow(memoryBytes: number): Promise<Worker> {
    const index = this.#idle.findIndex((worker) => worker.memoryBytes === memoryBytes);
    if (index >= 0) return this.#idle.splice(index, 1)[0]!;
    const worker = await this.bridge.startWorker({
      kind: 'relational',
      name: `relational-${++this.#started}`,
      memoryBytes,
      cpus: null,
      processes: null,
      openFiles: null,
      fileBytes: null,
      workingDirectory: this.workingDirectory,
      python: null,
      sandbox: null,
      inherited: null,
      environment: {},
    });
    void worker.ended.then(() => {
      this.#idle = this.#idle.filter((idle) => idle !== worker);
      if (this.#idle.length === 0) this.#idling.stop();
    });
    return worker;
  }

  /** Whether it had served a stage before it was borrowed: it may have died since then, not yet noticed. */
  isWarm(worker: Worker): boolean {
    return this.#warm.has(worker);
  }

  /** Takes back a worker whose stage was closed; ends it where another job's needs have come between. */
  async giveBack(worker: Worker): Promise<void> {
    const { count, memoryBytes } = this.#kept;
    if (worker.memoryBytes === memoryBytes && this.#idle.length < count) {
      this.#idle.push(worker);
      this.#warm.add(worker);
      this.#idling.start();
    } else await worker.stop();
  }
}
