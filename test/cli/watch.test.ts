import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ended, millstream, startMillstream } from './support/command.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millstream-watch-'));
});
afterAll(() => rm(folder, { recursive: true }));

function writeFunction(expression: string): Promise<void> {
  const text = `from millstream import udf\n\n\n@udf\ndef change(x: int) -> int:\n    return ${expression}\n`;
  return writeFile(join(folder, 'watched.py'), text);
}

describe('millstream run --watch', () => {
  it('runs again with the new code, also after a failure, and ends with Ctrl-C', async () => {
    await writeFunction('x + 1');
    const job = join(folder, 'job.sql');
    await writeFile(
      job,
      `CREATE TEMPORARY FUNCTION change AS 'watched.change' LANGUAGE PYTHON;
       SELECT change(CAST(41 AS BIGINT)) AS r;`,
    );
    const child = startMillstream(['run', job, '--watch', '--quiet', '--format', 'csv']);
    let errors = '';
    const waiting: { readonly times: number; readonly go: () => void }[] = [];
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
      const times = errors.split('Waiting for a change').length - 1;
      for (const one of waiting) if (times >= one.times) one.go();
    });
    const runs = (times: number) => new Promise<void>((go) => waiting.push({ times, go }));
    const end = ended(child);

    await runs(1);
    await writeFunction('x // 0');
    await runs(2);
    await writeFunction('x + 2');
    await runs(3);
    child.kill('SIGINT');
    const { code, stdout, stderr } = await end;

    expect({ code, stdout: stdout.toString() }).toEqual({ code: 130, stdout: 'r\n42\nr\n43\n' });
    expect(stderr).toContain('──── run 2: watched.py changed ────');
    expect(stderr).toContain('ZeroDivisionError');
  });

  it('takes a job in a file only', async () => {
    const { code, stderr } = await millstream(['run', '-e', 'SELECT 1', '--watch']);

    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--watch takes a job in a file'),
    });
  });
});
