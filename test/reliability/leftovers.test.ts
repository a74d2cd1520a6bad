/** A command and its zygotes, all killed at once: nobody is there to clean up, so the next start does. */
import { describe, expect, it } from 'vitest';
import { findLeftovers } from '../../operators/index.js';
import { childrenOf, workersOf } from '../long/support/process-table.js';
import { SLOW_JOB } from '../long/support/slow-job.js';
import { until } from '../long/support/until.js';
import { endOf, JobFolder, run } from './support/failing-run.js';

describe.skipIf(process.platform !== 'linux')('a command that is killed together with its zygotes', () => {
  it('leaves what the next start removes, and says so', async () => {
    const folder = await JobFolder.make(SLOW_JOB);
    try {
      const child = folder.start(SLOW_JOB);
      const end = endOf(child);
      const core = child.pid!;
      await until(
        () => workersOf(core),
        (pids) => pids.length >= 2,
        20_000,
      );
      await until(
        () => folder.left(),
        (names) => names.some((name) => name.endsWith('.inprogress')),
        20_000,
      );
      child.kill('SIGSTOP');
      for (const zygote of await childrenOf(core)) process.kill(zygote, 'SIGKILL');
      child.kill('SIGKILL');
      await end;

      const left = (await findLeftovers(process.env.MILLSTREAM_RUNTIME_DIR!)).map(({ kind }) => kind);
      expect(left).toContain('folder');
      expect(left).toContain('file');
      const next = await run({ sql: 'SELECT 1' });

      expect(next).toMatchObject({ code: 0, left: [] });
      expect(next.stderr).toMatch(/removed .*folders?, 1 file, .*, which job\.sql \(pid \d+\) had left/);
      expect(await folder.left()).toEqual([]);
      expect(await folder.processes()).toEqual([]);
    } finally {
      await folder.remove();
    }
  });
});
