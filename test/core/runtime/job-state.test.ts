import { expect, it } from 'vitest';
import { isOpen, type JobState, nextState } from '../../../core/runtime/job-state.js';

const STATES: readonly JobState[] = [
  'created',
  'running',
  'finishing',
  'finished',
  'failing',
  'failed',
  'cancelling',
  'cancelled',
];

it('reaches one of three ends from every state, and leaves none of them', () => {
  const ends = ['finished', 'failed', 'cancelled'];
  for (const state of STATES) {
    const next = STATES.filter((to) => canGo(state, to));
    if (ends.includes(state)) expect(next).toEqual([]);
    else expect(endsFrom(state).every((end) => ends.includes(end))).toBe(true);
  }
});

it('takes an error or a cancellation only until the outcome is decided', () => {
  expect(STATES.filter(isOpen)).toEqual(['created', 'running', 'finishing']);
});

it('refuses what the machine does not have', () => {
  expect(() => nextState('finished', 'running')).toThrow('A job cannot go from finished to running.');
});

function canGo(from: JobState, to: JobState): boolean {
  try {
    return nextState(from, to) === to;
  } catch {
    return false;
  }
}

function endsFrom(state: JobState): JobState[] {
  const next = STATES.filter((to) => canGo(state, to));
  return next.length === 0 ? [state] : next.flatMap(endsFrom);
}
