import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCommandLine } from '../../cli/run-command-line.js';
import { runningJobs } from '../../operators/index.js';
import { until } from '../long/support/until.js';
import { endOf, JobFolder } from '../reliability/support/failing-run.js';
import { fakeSession } from './support/fake-session.js';

/** Ends only when it is told to. */
const ENDLESS = {
  sql: `CREATE TEMPORARY FUNCTION slow_down AS 'functions.slow_down' LANGUAGE PYTHON;
CREATE TEMPORARY TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '50',
  'fields.n.kind' = 'sequence', 'fields.n.start' = '1', 'fields.n.end' = '1000000000');
SELECT slow_down(n) FROM numbers;
`,
  files: {
    'functions.py': `import time

from millstream import ScalarFunction, udf


class SlowDown(ScalarFunction):
    def eval(self, n: int) -> int:
        time.sleep(0.02)
        with open("calls", "a") as file:
            print(n, file=file)
        return n

    def close(self) -> None:
        with open("calls", "a") as file:
            print("closed", file=file)


slow_down = udf(SlowDown())
`,
  },
  args: ['-D', 'millstream.memory=1 gb', '-D', 'parallelism.default=1', '--mode', 'streaming'],
};

async function command(...args: string[]) {
  const fake = fakeSession({});
  const code = await runCommandLine(args, fake.context);
  return { code, stdout: fake.stdout(), stderr: fake.stderr() };
}

/** The end of stderr. */
const ENDED_IN_ORDER =
  /SIGTERM: ends in order, within 30 s\. A second signal ends it at once\.\n[\s\S]*Stopped by SIGTERM\. What it had read is done\.\n$/;

it('a streaming job is listed, shows where its workers are in their code, and ends in order by SIGTERM', async () => {
  const folder = await JobFolder.make(ENDLESS);
  try {
    const child = folder.start(ENDLESS);
    const end = endOf(child);
    await Promise.race([once(child.stdout!, 'data'), end]);

    // Which function a worker is in is said by its heartbeats.
    const [job] = await until(runningJobs, ([seen]) => seen?.status?.waitsFor != null, 20_000);
    const worker = job!.status!.workers.find(({ kind }) => kind === 'function')!;
    expect(job).toMatchObject({ name: 'job.sql', pid: child.pid, grantedBytes: 1024 ** 3 });
    expect(job!.status).toMatchObject({ state: 'running', mode: 'streaming', totalRows: null });
    expect(worker).toMatchObject({ name: 'python-1', stage: expect.any(String), function: 'slow_down' });

    const listed = await command('ps');
    expect(listed).toMatchObject({ code: 0, stderr: '' });
    expect(listed.stdout).toContain(`${job!.id}  job.sql  running  streaming  slow_down`);
    expect(await command('ps', '--format', 'jsonl')).toMatchObject({
      stdout: expect.stringContaining(`{"job":"${job!.id}","name":"job.sql"`),
    });
    const stack = await command('stack', String(worker.pid));
    expect(stack).toMatchObject({ code: 0, stderr: '' });
    expect(stack.stdout).toContain(`(python-1, pid ${worker.pid}): function slow_down in stage`);
    expect(stack.stdout).toContain('functions.py", line 8, in eval');

    child.kill('SIGTERM');
    const { code, stdout: rows, stderr } = await end;
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(ENDED_IN_ORDER) });
    const given = String(rows)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).row[0]);
    const calls = (await readFile(join(folder.path, 'calls'), 'utf8')).trimEnd().split('\n');
    expect(given).toEqual(given.map((_, i) => i + 1));
    expect(calls).toEqual([...given.map(String), 'closed']);
    expect(await folder.left()).toEqual(['calls']);
    expect(await command('ps')).toEqual({
      code: 0,
      stdout: '',
      stderr: 'No job of yours runs on this machine.\n',
    });
  } finally {
    await folder.remove();
  }
});

it('a batch job is cancelled by SIGTERM, after its functions have been closed, and leaves no output', async () => {
  const batch = {
    ...ENDLESS,
    sql: ENDLESS.sql
      .replace("'rows-per-second' = '50'", "'number-of-rows' = '1000000'")
      .replace(
        'SELECT',
        "CREATE TEMPORARY TABLE o (n BIGINT) WITH ('connector' = 'filesystem', 'path' = 'out', 'format' = 'csv');\nINSERT INTO o SELECT",
      ),
    args: ['-D', 'millstream.memory=1 gb', '-D', 'parallelism.default=1'],
  };
  const folder = await JobFolder.make(batch);
  try {
    const child = folder.start(batch);
    const end = endOf(child);
    await until(
      () => folder.left(),
      (names) => names.includes('calls'),
      20_000,
    );
    child.kill('SIGTERM');

    expect(await end).toMatchObject({ code: 143, stderr: expect.stringMatching(/Stopped by SIGTERM\.\n$/) });
    expect(await folder.left()).toEqual(['calls']);
    expect(await readFile(join(folder.path, 'calls'), 'utf8')).toMatch(/closed\n$/);
  } finally {
    await folder.remove();
  }
});
