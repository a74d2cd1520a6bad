import type { ManualClock } from './manual-clock.js';
import type { SeededRandom } from './seeded-random.js';

/** Workers that take one work at a time and finish after random delays, so out of order. */
export class FakePool {
  private idle: number;
  private readonly queue: (() => void)[] = [];
  running = 0;

  constructor(
    private readonly clock: ManualClock,
    private readonly random: SeededRandom,
    workers: number,
  ) {
    this.idle = workers;
  }

  async run<T>(work: () => T): Promise<T> {
    if (this.idle === 0) await new Promise<void>((resolve) => this.queue.push(resolve));
    else this.idle -= 1;
    this.running += 1;
    try {
      await this.clock.sleep(this.random.pick([0, 1, 5, 50]) * this.random.next());
      return work();
    } finally {
      this.running -= 1;
      const next = this.queue.shift();
      if (next === undefined) this.idle += 1;
      else next();
    }
  }
}
