import { describe, expect, it } from 'vitest';
import { CancelledError, UdfError, WorkerError } from '../../../core/index.js';
import {
  type Death,
  deathOf,
  decideRetry,
  type RetryPolicy,
} from '../../../operators/retry/retry-decision.js';

const USUAL: RetryPolicy = {
  mayReplay: true,
  isDivisible: true,
  isSearchable: true,
  givesUpRows: false,
};

function deaths(...codes: readonly string[]): Death[] {
  return codes.map((code) => ({
    verdict: new WorkerError(code.replace('~', ''), code),
    isBlamed: !code.startsWith('~'),
  }));
}

describe('a bundle whose worker died', () => {
  it.each([
    ['at another bundle is run again', ['~WORKER_CRASH'], 'again'],
    ['at another bundle many times is still run again', Array(90).fill('~WORKER_KILLED'), 'again'],
    ['at it once is run alone', ['WORKER_CRASH'], 'alone'],
    ['at it twice in the same way is searched', ['WORKER_CRASH', 'WORKER_CRASH'], 'search'],
    ['at it in two ways is tried once more', ['WORKER_CRASH', 'WORKER_EXIT'], 'alone'],
    ['by kills from outside is tried five times', Array(4).fill('WORKER_KILLED'), 'alone'],
    ['by five kills from outside fails the job', Array(5).fill('WORKER_KILLED'), 'fail'],
    ['of its cap fails the job at once', ['WORKER_OOM'], 'fail'],
    ['by a broken protocol twice fails the job', ['WORKER_PROTOCOL', 'WORKER_PROTOCOL'], 'fail'],
  ])('%s', (_, codes, decision) => {
    expect(decideRetry(deaths(...codes), USUAL)).toBe(decision);
  });

  it('of its cap is searched where a function gives rows up', () => {
    expect(decideRetry(deaths('WORKER_OOM'), { ...USUAL, givesUpRows: true })).toBe('search');
  });

  it('is searched by beginnings of its groups, where they take one row after the other', () => {
    const grouped = { ...USUAL, isDivisible: false };

    expect(decideRetry(deaths('WORKER_CRASH', 'WORKER_CRASH'), grouped)).toBe('search');
    // A group may be too large for the cap whatever rows it has.
    expect(decideRetry(deaths('WORKER_OOM'), { ...grouped, givesUpRows: true })).toBe('fail');
    const policy = { ...grouped, isSearchable: false };
    expect(decideRetry(deaths('WORKER_CRASH', 'WORKER_CRASH'), policy)).toBe('fail');
  });

  it('is never run again where a function has replay=False', () => {
    expect(decideRetry(deaths('~WORKER_KILLED'), { ...USUAL, mayReplay: false })).toBe('fail');
  });
});

it('an exception of a function, or a stop that was asked for, is no death', () => {
  expect(deathOf(new UdfError('UDF_EXCEPTION', 'raised'))).toBeNull();
  expect(deathOf(new CancelledError('CANCELLED', 'stopped'))).toBeNull();
  expect(deathOf(new WorkerError('WORKER_KILLED', 'killed'))?.code).toBe('WORKER_KILLED');
});
