import { describe, expect, it } from 'vitest';
import { explainScript } from '../../../cli/commands/explain.js';
import { type RunOptions, runScript } from '../../../cli/commands/run.js';
import type { ScriptJob } from '../../../cli/job/job.js';
import type { JobSummary, StatementResult } from '../../../operators/index.js';
import { fakeSession } from '../support/fake-session.js';
import { batch, columns, rowsResult } from '../support/results.js';

const JOB: ScriptJob = {
  kind: 'script',
  source: { name: 'job.sql', text: 'SELECT 1' },
  folder: '/jobs',
  mode: null,
};
const OPTIONS: RunOptions = { mode: null, configuration: {}, quiet: false, format: 'jsonl' };
const SUMMARY: JobSummary = {
  rowsIn: 10,
  rowsOut: 2,
  seconds: 1,
  functions: [],
  workers: [],
  metrics: [],
  lateRows: 0,
  restarts: 0,
  failures: [],
  letterPlaces: {},
};
const RESULTS: readonly StatementResult[] = [
  { kind: 'ok', statement: 'CREATE TABLE t …', message: null },
  { kind: 'inserted', table: 'out', rows: 2000, summary: SUMMARY },
  rowsResult({ columns: columns({ n: 'INT' }), batches: [batch([['1']])] }),
];

describe('run', () => {
  it('prints rows alone on stdout and everything else on stderr', async () => {
    const fake = fakeSession({ results: RESULTS, whileRunning: ({ onNote }) => onNote('batch mode') });

    const exitCode = await runScript(JOB, OPTIONS, fake.context);

    expect(exitCode).toBe(0);
    expect(fake.stdout()).toBe('{"op":"+I","row":[1]}\n');
    expect(fake.stderr()).toBe(
      'batch mode\nout: 2,000 rows written\n\n10 rows in, 2 rows out, 1.00 s, 10 rows/s\n\n',
    );
  });

  it('prints errors and lines of functions, and nothing else, with --quiet', async () => {
    const line = { worker: 'w', level: 'INFO', function: 'score', text: 'hello', dropped: 0 };
    const fake = fakeSession({
      results: RESULTS,
      whileRunning: ({ onNote, onLog }) => {
        onNote('batch mode');
        onLog(line);
        onLog({ ...line, level: 'WARNING', function: null, text: 'hm', dropped: 7 });
      },
    });

    await runScript(JOB, { ...OPTIONS, quiet: true }, fake.context);

    expect(fake.stderr()).toBe('[score] hello\n[w WARNING] … 7 lines left out\n[w WARNING] hm\n');
  });

  it('counts the rows of a table on stderr', async () => {
    const fake = fakeSession({ results: RESULTS.slice(2) });

    await runScript(JOB, { ...OPTIONS, format: 'table' }, fake.context);

    expect(fake.stdout()).toBe('┌───┐\n│ n │\n├───┤\n│ 1 │\n└───┘\n');
    expect(fake.stderr()).toBe('1 row\n');
  });

  it('gives the session what the command line and the job say, the command line first', async () => {
    const fake = fakeSession({});

    await runScript(
      { ...JOB, mode: 'batch' },
      { ...OPTIONS, mode: 'streaming', configuration: { a: 'b' } },
      fake.context,
    );

    expect(fake.scripts).toEqual(['SELECT 1']);
    expect(fake.options).toMatchObject({ mode: 'streaming', configuration: { a: 'b' }, jobFolder: '/jobs' });
  });

  it('closes the session when a statement fails', async () => {
    const fake = fakeSession({
      whileRunning: () => {
        throw new Error('failed');
      },
    });

    await expect(runScript(JOB, OPTIONS, fake.context)).rejects.toThrow('failed');

    expect(fake.closed).toBe(1);
  });
});

describe('explain', () => {
  it('prints the plans, and nothing for definitions', async () => {
    const fake = fakeSession({
      results: [RESULTS[0]!, { kind: 'explain', text: 'a' }, { kind: 'explain', text: 'b' }],
    });

    await explainScript(JOB, { ...OPTIONS, sql: false }, fake.context);

    expect(fake.stdout()).toBe('a\n\nb\n');
  });

  it('prints the SQL of a job without a session', async () => {
    const fake = fakeSession({});

    await explainScript(JOB, { ...OPTIONS, sql: true }, fake.context);

    expect(fake.stdout()).toBe('SELECT 1\n');
    expect(fake.options).toBeNull();
  });
});
