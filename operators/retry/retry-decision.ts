/** What is done with a bundle whose worker died: a pure function of its deaths and of what its functions declare. */
import { type MillstreamError, WorkerError } from '../../core/index.js';

/** What becomes of a row that a function fails on. */
export type OnError = 'fail' | 'null' | 'skip' | 'dead_letter';

/** How the bundles of a stage may be run again. */
export interface RetryPolicy {
  /** False: a function has effects outside, so no row is given to it twice. */
  readonly mayReplay: boolean;
  /** Rows of a bundle do not depend on each other, so that parts of it may be run by themselves. */
  readonly isDivisible: boolean;
  /** The row that ends its worker can be found: by parts of the bundle, or by beginnings of its groups. */
  readonly isSearchable: boolean;
  /** Some function gives rows up instead of the job. */
  readonly givesUpRows: boolean;
}

/** What came of one attempt: its worker died at this bundle, or at another's while this one waited. */
export interface Death {
  readonly verdict: MillstreamError;
  readonly isBlamed: boolean;
}

/** `again`: beside other bundles; `alone`: with nothing beside it, so that a next death is its own; `search`: for the row. */
export type Decision = 'again' | 'alone' | 'search' | 'fail';

/** The user's code, or native code below it, ended the process: it may do so each time. */
const BY_CODE = new Set(['WORKER_CRASH', 'WORKER_EXIT', 'UDF_TIMEOUT', 'WORKER_TIMEOUT']);
/** Attempts of a bundle whose worker is killed from outside. */
const MOST_KILLS = 5;
/** Deaths that a bundle may see at others' expense. */
const MOST_INNOCENT = 100;

/** @param deaths Of this bundle so far, the last one at the end; at least one. */
export function decideRetry(deaths: readonly Death[], policy: RetryPolicy): Decision {
  const { verdict, isBlamed } = deaths.at(-1)!;
  if (!policy.mayReplay) return 'fail';
  if (!isBlamed) return deaths.length > MOST_INNOCENT ? 'fail' : 'again';
  const { code } = verdict;
  const times = deaths.filter((death) => death.isBlamed && death.verdict.code === code).length;
  if (code === 'WORKER_OOM') return policy.givesUpRows && policy.isDivisible ? 'search' : 'fail';
  if (isFromOutside(verdict)) return times < MOST_KILLS ? 'alone' : 'fail';
  if (times === 1) return 'alone';
  return BY_CODE.has(code) && policy.isSearchable ? 'search' : 'fail';
}

/** Nothing in the bundle did it. */
export function isFromOutside({ code }: MillstreamError): boolean {
  return code === 'WORKER_KILLED' || code === 'HOST_OOM';
}

/** The verdict of a worker that died; null for failures that leave the worker alive, and for what was asked for. */
export function deathOf(error: unknown): MillstreamError | null {
  return error instanceof WorkerError && DEATHS.has(error.code) ? error : null;
}

const DEATHS = new Set([
  ...BY_CODE,
  'WORKER_OOM',
  'WORKER_KILLED',
  'WORKER_PROTOCOL',
  'WORKER_START',
  'HOST_OOM',
]);
