import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../cli/run-command-line.js';
import { CancelledError, SqlError, UdfError } from '../../core/index.js';
import { type FakeAnswers, fakeSession } from './support/fake-session.js';

const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

async function run(args: readonly string[], answers: FakeAnswers = {}) {
  const fake = fakeSession(answers);
  const code = await runCommandLine(args, fake.context);
  return { code, stdout: fake.stdout(), stderr: fake.stderr(), options: fake.options };
}

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millstream-command-line-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('help', () => {
  it('goes to stdout, with examples and exit codes, and ends with 0', async () => {
    const { code, stdout, stderr } = await run(['--help']);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('millstream run job.sql');
    expect(stdout).toContain(
      'Exit codes: 0 done, 1 the job failed, 2 usage or invalid job, 130 interrupted.',
    );
  });

  it('is shown on stderr, and ends with 2, where no command is given', async () => {
    const { code, stdout, stderr } = await run([]);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Usage: millstream');
  });
});

describe('a command line that does not fit', () => {
  it.each([
    [['nosuch'], "unknown command 'nosuch'"],
    [['run', '--formt', 'csv'], 'Did you mean --format?'],
    [['run', '--format', 'xml', 'job.sql'], 'Allowed choices are table, jsonl, csv, arrow.'],
    [['run', '-D', 'novalue', 'job.sql'], 'Write key=value'],
    [['run'], 'no job was given'],
    [['run', 'nosuch.sql'], 'nosuch.sql does not exist'],
    [['run', '-e', 'SELECT 1', 'job.sql'], 'both a job (job.sql) and -e were given'],
    [['run', '-e', 'SELECT 1', '--mode', 'sometimes'], 'Allowed choices are batch, streaming.'],
    [['explain', MAIN], 'is a program'],
    [['check', MAIN], 'is a program'],
    [['run', MAIN, '--mode', 'batch'], 'a program configures itself'],
    [['udf', 'try', 'functions.py'], 'does not name a function'],
    [['udf', 'try', 'nosuch.py:f'], 'does not exist'],
  ])('%j ends with 2, says why on stderr and nothing on stdout', async (args, reason) => {
    const { code, stdout, stderr } = await run(args);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(reason);
  });
});

describe('the exit code', () => {
  const failing = (error: Error): FakeAnswers => ({
    whileRunning: () => {
      throw error;
    },
  });

  it.each([
    [2, new SqlError('SQL_SYNTAX', 'no')],
    [1, new UdfError('UDF_EXCEPTION', 'no')],
    [130, new CancelledError('CANCELLED', 'no')],
    [1, new TypeError('no')],
  ])('is %d after a %s', async (code, error) => {
    expect(await run(['run', '-e', 'SELECT 1'], failing(error))).toMatchObject({ code, stdout: '' });
  });

  it('comes with the place in the SQL', async () => {
    const error = new SqlError('SQL_SYNTAX', 'expected an expression', {
      details: { line: 1, column: 8, length: 4 },
    });

    const { stderr } = await run(['run', '-e', 'SELECT FROM t'], failing(error));

    expect(stderr).toBe(
      'Error SQL_SYNTAX in -e, line 1, column 8: expected an expression\n  1 | SELECT FROM t\n    |        ^^^^\n',
    );
  });
});

describe('options', () => {
  it('-D may be repeated and its value may hold an equals sign', async () => {
    const { options } = await run(['run', '-e', 'SELECT 1', '-D', 'a=1', '-D', 'b=x=y']);
    expect(options?.configuration).toEqual({ a: '1', b: 'x=y' });
  });

  it('--mode wins over the mode of a job file', async () => {
    const file = join(folder, 'job.yaml');
    await writeFile(file, 'mode: batch\nsql: SELECT 1;\n');

    expect((await run(['run', file, '--mode', 'streaming'])).options?.mode).toBe('streaming');
    expect((await run(['run', file])).options).toMatchObject({ mode: 'batch', jobFolder: folder });
  });

  it('check says how many queries could run', async () => {
    const { code, stdout } = await run(['check', '-e', 'SELECT 1'], {
      results: [{ kind: 'explain', text: '…' }],
    });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'ok: 1 query or INSERT could run\n' });
  });

  it('explain --sql prints the SQL of a job file', async () => {
    const file = join(folder, 'job.json');
    await writeFile(file, '{"mode": "batch", "sql": "SELECT 1;"}');

    expect(await run(['explain', '--sql', file])).toMatchObject({
      code: 0,
      stdout: "SET 'execution.runtime-mode' = 'batch';\nSELECT 1;\n",
    });
  });
});
