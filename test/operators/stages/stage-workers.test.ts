import { expect, it } from 'vitest';
import type { Bundle, BundleResult } from '../../../bridge/index.js';
import { ResourceError } from '../../../core/index.js';
import { type StageWorker, StageWorkers } from '../../../operators/stages/stage-workers.js';
import { ManualClock, promisesSettle } from '../../support/manual-clock.js';

it('begins with the fewest workers, grows while all are busy, and shrinks when there is nothing to do', async () => {
  const pool = new Pool();
  const workers = new StageWorkers({ ...pool.options, least: 1, most: 3 });
  await workers.open();
  expect(pool.log).toEqual(['open 0']);

  const first = [process(workers, 1), process(workers, 2)];
  await promisesSettle();
  const second = [process(workers, 3), process(workers, 4)];
  await promisesSettle();
  expect(workers.count).toBe(3);
  expect(pool.log).toEqual(['open 0', 'open 1', 'open 2']);

  pool.answerAll();
  await Promise.all([...first, ...second]);
  expect(workers.count).toBe(3);
  // One that has work again within the pause stays.
  const third = process(workers, 5);
  pool.answerAll();
  await third;
  while (pool.clock.fireNext()) await promisesSettle();

  expect(workers.count).toBe(1);
  const gone = pool.log.slice(3).filter((line) => line.startsWith('close'));
  expect(gone).toHaveLength(2);
  expect(pool.log.slice(3)).toEqual(gone.flatMap((line) => [line, line.replace('close', 'retire')]));
  await workers.close();
});

it('goes on with the workers it has where others took the memory', async () => {
  const pool = new Pool(1);
  const workers = new StageWorkers({ ...pool.options, least: 1, most: 3 });
  await workers.open();

  const bundles = [1, 2, 3, 4].map((sequence) => process(workers, sequence));
  await promisesSettle();
  pool.answerAll();
  await Promise.all(bundles);

  expect(workers.count).toBe(1);
  expect(pool.log).toEqual(['open 0', 'refused 1']);
  expect(pool.errors).toEqual([]);
  await workers.close();
});

it('has all its workers from the start where no range was declared', async () => {
  const pool = new Pool();
  const workers = new StageWorkers({ ...pool.options, least: 1, most: 3, isElastic: false });

  await workers.open();

  expect(workers.count).toBe(3);
  await workers.close();
  expect(pool.log.slice(3).sort()).toEqual(['close 0', 'close 1', 'close 2']);
});

function process(workers: StageWorkers, sequence: number): Promise<BundleResult> {
  const bundle: Bundle = { sequence, rows: 1, groups: [], continued: false };
  return workers.process(bundle, 10);
}

/** Workers that answer when they are told to. */
class Pool {
  readonly log: string[] = [];
  readonly errors: unknown[] = [];
  readonly clock = new ManualClock();
  readonly #pending: (() => void)[] = [];

  constructor(private readonly room = 10) {}

  get options() {
    return {
      isElastic: true,
      open: (subtask: number) => this.#open(subtask),
      timers: this.clock,
      onError: (error: unknown) => this.errors.push(error),
    };
  }

  answerAll(): void {
    for (const answer of this.#pending.splice(0)) answer();
  }

  async #open(subtask: number): Promise<StageWorker> {
    if (subtask >= this.room) {
      this.log.push(`refused ${subtask}`);
      throw new ResourceError('RESOURCES_TAKEN', 'Others have it.', { hint: 'Wait.' });
    }
    this.log.push(`open ${subtask}`);
    const result = { batches: [], failedRows: [] } as unknown as BundleResult;
    return {
      handle: {
        output: [],
        process: () => new Promise((resolve) => this.#pending.push(() => resolve(result))),
        close: async () => {
          this.log.push(`close ${subtask}`);
        },
      },
      retire: async () => {
        this.log.push(`retire ${subtask}`);
      },
    };
  }
}
