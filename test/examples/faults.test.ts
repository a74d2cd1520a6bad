import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { ROOT } from '../cli/support/command.js';
import { endOf, JobFolder } from '../reliability/support/failing-run.js';

const cache = join(tmpdir(), `millstream-faults-${process.pid}`);
afterAll(() => rmSync(cache, { recursive: true, force: true }));

async function runExample(name: string) {
  // The failed bundle is saved there, not in the user's own cache.
  const input = {
    sql: null,
    args: [join(ROOT, 'examples/faults', name), '--format', 'jsonl'],
    environment: { XDG_CACHE_HOME: cache },
  };
  const folder = await JobFolder.make(input);
  try {
    return await endOf(folder.start(input));
  } finally {
    await folder.remove();
  }
}

it('the example of a full worker says what happened, where, and what to do', async () => {
  const { code, stdout, stderr } = await runExample('out-of-memory.sql');

  expect({ code, stdout: stdout.toString() }, stderr).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(
    /^Error WORKER_OOM: Worker w\d+ \(python-1\) ran out of its 200 MiB of memory.* while it ran function greedy in stage python-2, bundle 0 of 30 rows/m,
  );
  expect(stderr).toContain("SET 'millstream.worker.memory' = '400 MB'.");
});

it('the example of a stuck function shows its stack and ends with its result', async () => {
  const { code, stdout, stderr } = await runExample('stuck.sql');

  expect(code, stderr).toBe(0);
  expect(stdout.toString().trimEnd().split('\n')).toHaveLength(4);
  expect(stderr).toMatch(
    /function patient has made no progress for 1 s in bundle 0 .* It waits in native code, called at functions\.py:26\./,
  );
  expect(stderr).toMatch(/line 19, in patient\n.*\n.*line 26, in ask\n/);
});

it('the example of poison rows gives the others, and then those given up from their table', async () => {
  const { code, stdout, stderr } = await runExample('poison-rows.sql');

  expect(code, stderr).toBe(0);
  const rows = stdout
    .toString()
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  expect(rows).toEqual(
    [
      [2, 12],
      [4, 4],
      [5, 3],
      ['{"n":"1"}', 'UDF_EXCEPTION', 1],
      ['{"n":"3"}', 'WORKER_CRASH', 3],
    ].map((row) => ({ op: '+I', row })),
  );
  expect(stderr).toMatch(
    /fragile: 2 rows left out \(1 (ZeroDivisionError, 1 WORKER_CRASH|WORKER_CRASH, 1 ZeroDivisionError)\), see table failed\n/,
  );
});
