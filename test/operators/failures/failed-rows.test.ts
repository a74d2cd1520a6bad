import { expect, it } from 'vitest';
import type { FailedRow } from '../../../bridge/index.js';
import { WorkerError } from '../../../core/index.js';
import type { DeadLetter } from '../../../operators/failures/dead-letter.js';
import { DeadLetters } from '../../../operators/failures/dead-letters.js';
import { FailedRows } from '../../../operators/failures/failed-rows.js';
import { ManualClock } from '../../support/manual-clock.js';

function failedRow(code: string, exception: string | null, count = 1): FailedRow {
  const known = { row: 0, function: 'price', message: `price: ${code}`, traceback: null };
  return { ...known, count, code, exception, values: { n: '1' }, attempt: 1 };
}

function failedRows(budget: number | null = null) {
  const letters: DeadLetter[] = [];
  const writer = {
    place: 'table failed',
    write: async (some: readonly DeadLetter[]) => void letters.push(...some),
  };
  const failures = new FailedRows({
    budget: () => budget,
    onError: () => 'dead_letter',
    letters: new DeadLetters({
      jobId: 'j1',
      clock: new ManualClock(),
      writers: () => [writer],
      file: writer,
      queues: new Map(),
    }),
    onNote: () => {},
  });
  return { failures, letters };
}

it('counts rows by function, code and exception, the most first', async () => {
  const { failures, letters } = failedRows();

  await failures.add('python-2', ['price'], 100, [
    failedRow('WORKER_OOM', null),
    failedRow('UDF_EXCEPTION', 'ValueError', 2),
  ]);
  await failures.add('python-2', ['price'], 100, [failedRow('UDF_EXCEPTION', 'ValueError', 3)]);

  const of = { function: 'price', onError: 'dead_letter' };
  expect(failures.counts()).toEqual([
    { ...of, code: 'UDF_EXCEPTION', exception: 'ValueError', rows: 5 },
    { ...of, code: 'WORKER_OOM', exception: null, rows: 1 },
  ]);
  expect(letters[0]).toMatchObject({ job: 'j1', stage: 'python-2', function: 'price', row: { n: '1' } });
});

it('does not count by exception without end', async () => {
  const { failures } = failedRows();

  const rows = Array.from({ length: 1_000 }, (_, i) => failedRow('UDF_EXCEPTION', `Error${i}`));
  await failures.add('python-2', ['price'], 1_000, rows);

  expect(failures.counts()[0]).toMatchObject({ exception: null, rows: 800 });
  expect(failures.counts()).toHaveLength(201);
});

it('counts deaths of workers by the function that ran and the verdict', () => {
  const { failures } = failedRows();
  const verdict = new WorkerError('WORKER_CRASH', 'Worker w1 crashed.', { details: { function: 'price' } });

  failures.restarted(verdict);
  failures.restarted(verdict);

  expect(failures.deaths()).toEqual([{ function: 'price', code: 'WORKER_CRASH', workers: 2 }]);
  expect(failures.restarts).toBe(2);
});

it('takes a share of few rows only at the end', async () => {
  const { failures } = failedRows(0.01);

  await failures.add('python-2', ['price'], 10, [failedRow('UDF_EXCEPTION', 'ValueError')]);

  expect(() => failures.finish()).toThrow('failed on 1 of 10 rows; it may fail on 1 % of its rows at most');
});
