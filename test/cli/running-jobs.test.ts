import { once } from 'node:events';
import { expect, it } from 'vitest';
import { runCommandLine } from '../../cli/run-command-line.js';
import { runningJobs } from '../../operators/index.js';
import { until } from '../long/support/until.js';
import { endOf, JobFolder } from '../reliability/support/failing-run.js';
import { fakeSession } from './support/fake-session.js';

/** Ends only when it is told to. */
const ENDLESS = {
  sql: `CREATE TEMPORARY FUNCTION slow_down AS 'functions.slow_down' LANGUAGE PYTHON;
CREATE TEMPORARY TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '1000',
  'fields.n.kind' = 'sequence', 'fields.n.start' = '1', 'fields.n.end' = '1000000000');
SELECT slow_down(n) FROM numbers;
`,
  files: {
    'functions.py': `import time

from millstream import udf


@udf
def slow_down(n: int) -> int:
    time.sleep(0.05)
    return n
`,
  },
  args: ['-D', 'millstream.memory=1 gb', '-D', 'parallelism.default=1', '--mode', 'streaming'],
};

async function command(...args: string[]) {
  const fake = fakeSession({});
  const code = await runCommandLine(args, fake.context);
  return { code, stdout: fake.stdout(), stderr: fake.stderr() };
}

it('a running job is listed, and shows where its workers are in their code', async () => {
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
    expect(stack.stdout).toContain('functions.py", line 8, in slow_down');

    child.kill('SIGINT');
    expect((await end).code).toBe(130);
    expect(await command('ps')).toEqual({
      code: 0,
      stdout: '',
      stderr: 'No job of yours runs on this machine.\n',
    });
  } finally {
    await folder.remove();
  }
});
