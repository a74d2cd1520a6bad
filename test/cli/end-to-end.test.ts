import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ended, millstream, startMillstream } from './support/command.js';

const ENDLESS = `
CREATE TEMPORARY TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '1000');
SELECT n FROM numbers;`;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millstream-end-to-end-'));
  await writeFile(
    join(folder, 'functions.py'),
    `from millstream import udf


@udf
def ratio(a: int, b: int) -> float:
    print("dividing")
    return a / b
`,
  );
});
afterAll(() => rm(folder, { recursive: true }));

async function jobFile(name: string, sql: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, sql);
  return file;
}

describe('millstream run', () => {
  it.each([
    ['csv', 'answer,text\n42,it is\n'],
    ['jsonl', '{"op":"+I","row":[42,"it is"]}\n'],
    [
      'table',
      '┌────────┬───────┐\n│ answer │ text  │\n├────────┼───────┤\n│     42 │ it is │\n└────────┴───────┘\n',
    ],
  ])('prints a result as %s', async (format, expected) => {
    const sql = "SELECT 6 * 7 AS answer, 'it is' AS text";

    const { code, stdout } = await millstream(['run', '-e', sql, '--format', format]);

    expect({ code, stdout: stdout.toString() }).toEqual({ code: 0, stdout: expected });
  });

  it('prints a result as an Arrow stream', async () => {
    const sql = "SELECT * FROM (VALUES (1, CAST(NULL AS STRING)), (2, CAST('b' AS STRING))) AS t(n, s)";

    const { code, stdout } = await millstream(['run', '-e', sql, '--format', 'arrow']);

    const rows = tableFromIPC(stdout).toArray();
    expect(code).toBe(0);
    expect(rows.map((row) => row.toJSON())).toEqual([
      { n: 1, s: null },
      { n: 2, s: 'b' },
    ]);
  });

  it('shows what a function prints on stderr, and accounts for its calls', async () => {
    const job = await jobFile(
      'ratio.sql',
      `CREATE TEMPORARY FUNCTION ratio AS 'functions.ratio' LANGUAGE PYTHON;
       SELECT ratio(CAST(1 AS BIGINT), CAST(4 AS BIGINT)) AS r;`,
    );

    const { code, stdout, stderr } = await millstream(['run', job, '--format', 'csv']);

    expect({ code, stdout: stdout.toString() }).toEqual({ code: 0, stdout: 'r\n0.25\n' });
    expect(stderr).toContain('[ratio] dividing\n');
    expect(stderr).toMatch(/\nfunction +calls +batches +waiting +shipping +Python +returning\nratio +1 +1 /);
    expect(stderr).toMatch(/\nworker +kind +enforced by +memory peak +cap +used\n/);
  });

  it('points at an error in the SQL and ends with 2', async () => {
    const job = await jobFile('typo.sql', 'SELECT\n  nosuch\nFROM (VALUES (1)) AS t(n);\n');

    const { code, stdout, stderr } = await millstream(['run', job]);

    expect({ code, stdout: stdout.toString() }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`in ${job}, line 2, column 3: `);
    expect(stderr).toContain('  2 |   nosuch\n    |   ^^^^^^');
  });

  it('shows the traceback and the row of a function that fails, and ends with 1', async () => {
    const job = await jobFile(
      'zero.sql',
      `CREATE TEMPORARY FUNCTION ratio AS 'functions.ratio' LANGUAGE PYTHON;
       SELECT ratio(CAST(1 AS BIGINT), CAST(0 AS BIGINT)) AS r;`,
    );

    const { code, stdout, stderr } = await millstream(['run', job, '--format', 'jsonl']);

    expect({ code, stdout: stdout.toString() }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('ZeroDivisionError');
    expect(stderr).toContain('with a=1, b=0');
    expect(stderr).not.toContain('node:internal');
  });

  it('ends with 0 and without a word when the reader of its results goes away', async () => {
    const child = startMillstream([
      'run',
      '-e',
      ENDLESS,
      '--mode',
      'streaming',
      '--format',
      'jsonl',
      '--quiet',
    ]);
    const end = ended(child);
    child.stdout.once('data', () => child.stdout.destroy());

    expect(await end).toMatchObject({ code: 0, stderr: '' });
  });

  it('stops a streaming job with 130 on Ctrl-C, with its account and how to go on the next time', async () => {
    const child = startMillstream(['run', '-e', ENDLESS, '--mode', 'streaming', '--format', 'jsonl']);
    const end = ended(child);
    await new Promise((resolve) => child.stdout.once('data', resolve));

    child.kill('SIGINT');

    const { code, stderr } = await end;
    expect(code).toBe(130);
    expect(stderr).toMatch(/\n[\d,]+ rows in, [\d,]+ rows? out, .* s/);
    expect(stderr).toMatch(
      /\nIt took no checkpoints, so it begins anew the next time\. .*\nStopped by Ctrl-C\.\n$/,
    );
  });
});

describe('other commands', () => {
  it('udf try calls a function with arguments converted to its types', async () => {
    const { code, stdout, stderr } = await millstream([
      'udf',
      'try',
      join(folder, 'functions.py:ratio'),
      '-3',
      '4',
    ]);

    expect({ code, stdout: stdout.toString() }).toEqual({ code: 0, stdout: '-0.75\n' });
    expect(stderr).toContain('ratio(a BIGINT');
  });

  it('explain prints the stages of a job', async () => {
    const { code, stdout, stderr } = await millstream(['explain', 'examples/flights/job.sql']);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.toString()).toMatch(/rating/);
  });

  it('doctor finds this machine fit', async () => {
    const { code, stdout } = await millstream(['doctor']);

    expect(stdout.toString()).toMatch(/^ok {3}round trip {4}first row after /m);
    expect(code).toBe(0);
  });
});
