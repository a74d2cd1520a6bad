import { spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectFailure } from './support/expect-failure.js';
import { endOf, JobFolder, run } from './support/failing-run.js';

const FUNCTIONS = `from millstream import udf


@udf
def late(n: int) -> int:
    if n == 199999:
        raise ValueError("too late")
    return n


@udf
def same(n: int) -> int:
    return n


@udf
def endless(n: int) -> int:
    import time

    print("begun", flush=True)
    while True:
        time.sleep(0.01)
`;
const files = { 'functions.py': FUNCTIONS };

/** 200,000 rows through `name` into files of `path`. */
function writing(name: string, path: string, format: string): string {
  return `CREATE TEMPORARY FUNCTION f AS 'functions.${name}' LANGUAGE PYTHON;
CREATE TEMPORARY TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '10000000',
  'number-of-rows' = '200000', 'fields.n.kind' = 'sequence', 'fields.n.start' = '0', 'fields.n.end' = '199999');
CREATE TEMPORARY TABLE o (n BIGINT, s STRING) WITH ('connector' = 'filesystem', 'path' = '${path}', 'format' = '${format}');
INSERT INTO o SELECT f(n), UUID() FROM numbers;
`;
}

const LIMITED = ['prlimit', '--fsize=100000'];
const hasPrlimit = spawnSync('prlimit', ['--version']).status === 0;

describe('output of a job that fails', () => {
  it('is not there, nor the folders made for it', async () => {
    const { code, stderr, left } = await run({ sql: writing('late', 'out/deep/o', 'parquet'), files });

    expect(stderr).toContain('ValueError: too late');
    expect({ code, left }).toEqual({ code: 1, left: [] });
  });

  it.skipIf(!hasPrlimit).each(['csv', 'parquet', 'json'])(
    'as %s that no longer fits says so and leaves nothing',
    (format) =>
      expectFailure({
        sql: writing('same', 'out', format),
        files,
        under: LIMITED,
        exit: 1,
        what: 'Error SINK_WRITE: The folder out cannot be written: File too large.',
        where: [expect.stringMatching(/^at out, stage relational-4, worker w\d$/)],
        todo: "Nothing of the output is kept. Make room, or check the folder's rights, and run it again.",
      }),
  );

  it('says so where its folder cannot be made', () =>
    expectFailure({
      sql: writing('same', 'functions.py/out', 'csv'),
      files,
      exit: 1,
      what:
        'Error SINK_WRITE: The folder of the table cannot be made (table o, functions.py/out): ' +
        "ENOTDIR: not a directory, mkdir 'functions.py/out'",
      todo: "Check the table's 'path' and the rights and free space of that folder.",
    }));
});

describe('a disk that is full', () => {
  const canMount = process.platform === 'linux' && process.getuid?.() === 0;

  it.skipIf(!canMount)('is reported, and the output is as it was', async ({ skip }) => {
    const input = { sql: writing('same', 'small/out', 'parquet'), files };
    const folder = await JobFolder.make(input);
    const disk = join(folder.path, 'small');
    await mkdir(disk);
    try {
      if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'none', disk]).status !== 0) skip();
      const { code, stderr } = await endOf(folder.start(input));

      expect(code).toBe(1);
      expect(stderr).toContain(
        'Error SINK_WRITE: The folder small/out cannot be written: No space left on device.',
      );
      expect(await folder.left()).toEqual(['small']);
    } finally {
      spawnSync('umount', [disk]);
      await folder.remove();
    }
  });
});

describe('a command that is killed with SIGKILL', () => {
  it.skipIf(process.platform !== 'linux')('leaves no process and nothing of its output', async () => {
    const input = { sql: writing('endless', 'out/deep', 'csv'), files };
    const folder = await JobFolder.make(input);
    try {
      const child = folder.start(input);
      const end = endOf(child);
      await new Promise<void>((resolve) => {
        child.stderr?.on('data', (text: Buffer) => text.includes('begun') && resolve());
        child.on('close', () => resolve());
      });

      child.kill('SIGKILL');
      expect((await end).code).toBeNull();

      await expect.poll(() => folder.processes(), { timeout: 10_000 }).toEqual([]);
      await expect.poll(() => folder.left(), { timeout: 5_000 }).toEqual([]);
    } finally {
      await folder.remove();
    }
  });
});
