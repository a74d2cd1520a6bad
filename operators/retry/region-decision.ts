/** Whether stages whose DuckDB worker died are run again: a pure function of the death and of what cannot be undone. */
import type { MillstreamError, RegionDecision, RegionFailure, StageGraph } from '../../core/index.js';
import { deathOf } from './retry-decision.js';
import { withReason } from './with-reason.js';

/** Deaths that need not come again. A worker that did not start, or used up its memory, would do so once more. */
const AGAIN = new Set(['WORKER_KILLED', 'HOST_OOM', 'WORKER_CRASH', 'WORKER_EXIT', 'WORKER_PROTOCOL']);
const MOST_RESTARTS = 1;

/** Stages of functions run their bundles again by themselves: what they fail with is final. */
export function decideRegion(failure: RegionFailure, mode: StageGraph['mode']): RegionDecision {
  const { stage, error } = failure;
  const death = deathOf(error);
  if (stage.kind !== 'relational' || death === null) return { error };
  const why = whyNot(death, failure, mode);
  return why === null ? 'again' : { error: withReason(death, `The stage was not run again: ${why}.`) };
}

function whyNot(death: MillstreamError, failure: RegionFailure, mode: StageGraph['mode']): string | null {
  if (death.code === 'WORKER_OOM') return 'it would need the same memory';
  if (!AGAIN.has(death.code)) return 'it would end in the same way';
  if (failure.restarts >= MOST_RESTARTS) return 'it had been once';
  if (mode === 'streaming') return 'a stream cannot begin anew';
  return failure.whyNot;
}
