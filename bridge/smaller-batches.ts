/** The rows of bundles for a worker that came near its cap: half of the one that brought it there. */
import { formatMemory } from '../core/index.js';
import type { RunningWork } from './evidence.js';
import { SOFT_SHARE } from './limits/worker-cap.js';

/** Bundles are not made smaller than this for want of memory. */
const LEAST_ROWS = 256;

/** The limit, and what is said of it; null where smaller bundles would be of no use. */
export function smallerBatches(
  worker: string,
  memoryBytes: number,
  work: RunningWork | null,
): { readonly rowLimit: number; readonly text: string } | null {
  if (work === null || work.rows === null || work.rows < 2 * LEAST_ROWS) return null;
  const rowLimit = Math.ceil(work.rows / 2);
  const share = `${SOFT_SHARE * 100} % of its ${formatMemory(memoryBytes)} of memory`;
  const text =
    `worker ${worker} used more than ${share} while it ran function ${work.functions.join(', ')}, bundle ` +
    `${work.bundle} of ${work.rows} rows: it gets ${rowLimit} rows at a time from now on, where rows do not ` +
    'depend on each other';
  return { rowLimit, text };
}
