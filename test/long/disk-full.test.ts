/** A disk that is really full: a small file system in memory, which root can mount. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ended, startMillstream } from '../cli/support/command.js';

const ROWS = 20_000;

const folder = mkdtempSync(join(tmpdir(), 'millstream-full-'));
const disk = join(folder, 'disk');
mkdirSync(disk);
const mounted = (options: string) =>
  spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', disk]).status === 0;
const canMount = mounted('size=1m');
if (!canMount) console.warn('the test of a full disk is skipped: no file system can be mounted here');

beforeAll(() => {
  writeFileSync(
    join(folder, 'job.sql'),
    `SET 'execution.checkpointing.interval' = '100 ms';
    SET 'execution.checkpointing.dir' = '${disk}/checkpoints';
    CREATE TEMPORARY TABLE events (id BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '2000',
      'number-of-rows' = '${ROWS}', 'fields.id.kind' = 'sequence', 'fields.id.start' = '0', 'fields.id.end' = '${ROWS}');
    SELECT COUNT(*), SUM(n) FROM (SELECT id, COUNT(*) AS n FROM events GROUP BY id);`,
  );
});
afterAll(() => {
  if (canMount) spawnSync('umount', [disk]);
  rmSync(folder, { recursive: true, force: true });
});

test.skipIf(!canMount)(
  'a disk that is full fails checkpoints, not the job, and the last good one is gone on from',
  async () => {
    const run = (...options: readonly string[]) =>
      startMillstream([
        'run',
        join(folder, 'job.sql'),
        '--mode',
        'streaming',
        '--format',
        'jsonl',
        ...options,
      ]);
    const complete = () => {
      const runs = existsSync(`${disk}/checkpoints`) ? readdirSync(`${disk}/checkpoints`) : [];
      return runs
        .flatMap((name) => readdirSync(join(disk, 'checkpoints', name)))
        .filter((n) => n.startsWith('chk-'));
    };

    const first = run();
    let said = '';
    first.stderr!.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.split('the job goes on').length > 3) first.kill('SIGKILL');
    });
    const { code } = await ended(first);
    expect([code, said]).toEqual([null, expect.stringMatching(/could not be taken.*ENOSPC/)]);
    expect(complete()).toHaveLength(1);

    expect(mounted('remount,size=256m')).toBe(true);
    const second = await ended(run('--quiet', '-D', `execution.state-recovery.path=${disk}/checkpoints`));
    expect([second.code, second.stdout.toString().trim()]).toEqual([
      0,
      `{"op":"+I","row":[${ROWS},${ROWS}]}`,
    ]);
  },
  120_000,
);
