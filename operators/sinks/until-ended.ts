/** The end of a result that waits for its job. */
import type { Batch } from '../../core/index.js';
import type { ResultQueue } from './result-queue.js';

/** `results`, whose end, early or not, waits until their job has given back what it held: the next may need it. */
export async function* untilEnded(results: ResultQueue, ended: Promise<void>): AsyncGenerator<Batch> {
  try {
    yield* results;
  } finally {
    await ended;
  }
}
