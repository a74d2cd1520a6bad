import { InternalError } from '../errors.js';

/**
 * created → running → finishing → finished: all inputs have ended, what is in flight drains.
 * failing → failed, cancelling → cancelled: operators are being closed.
 */
export type JobState =
  | 'created'
  | 'running'
  | 'finishing'
  | 'finished'
  | 'failing'
  | 'failed'
  | 'cancelling'
  | 'cancelled';

const NEXT: Readonly<Record<JobState, readonly JobState[]>> = {
  created: ['running', 'cancelling'],
  running: ['finishing', 'failing', 'cancelling'],
  finishing: ['finished', 'failing', 'cancelling'],
  finished: [],
  failing: ['failed'],
  failed: [],
  cancelling: ['cancelled'],
  cancelled: [],
};

/**
 * The state after a transition.
 * @throws {InternalError} for one that the machine does not have
 */
export function nextState(from: JobState, to: JobState): JobState {
  if (!NEXT[from].includes(to))
    throw new InternalError('JOB_STATE', `A job cannot go from ${from} to ${to}.`);
  return to;
}

/** True where the outcome can still change: an error or a cancellation is taken. */
export function isOpen(state: JobState): boolean {
  return NEXT[state].length > 1;
}
