/** What is told of a bundle without progress. */
import type { RunningWork } from './evidence.js';

/** @param stacks of the worker's Python threads */
export function stuckText(work: RunningWork, stuckMs: number, stacks: string): string {
  const { functions, bundle, rows, finishedRows } = work;
  const ofRows = rows === null ? '' : ` (${finishedRows ?? 0} of ${rows} rows done)`;
  return `function ${functions.join(', ')} has made no progress for ${stuckMs / 1000} s in bundle ${bundle}${ofRows}. ${stacks}`;
}
