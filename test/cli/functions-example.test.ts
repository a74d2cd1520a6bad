import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

it('the example of functions over tables finds sessions, the longest, orders and spreads', async () => {
  const args = ['dist/cli/main.js', 'run', 'examples/functions/sessions.sql', '--quiet', '--format', 'jsonl'];

  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT });

  const rows = stdout
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { row: unknown[] }).row.join(' '));
  expect(rows).toEqual([
    ...['ada 0 12 2', 'ada 100 104 2', 'bob 3 9 2', 'cyd 50 50 1'],
    ...['ada 12 0', 'bob 6 3', 'cyd 0 50'],
    ...['ada 4 1', 'bob 2 0', 'cyd 1 0', 'dan 0 1'],
    ...['ada 104', 'bob 6', 'cyd 0'],
  ]);
}, 60_000);

it('the example of words finds the most frequent one of each book', async () => {
  const args = ['dist/cli/main.js', 'run', 'examples/functions/words.sql', '--quiet', '--format', 'jsonl'];

  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT });

  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { row: unknown[] }).row),
  ).toEqual([
    ['Blank', null, null, 0],
    ['Mill', 'to', 'T', 8],
  ]);
}, 60_000);
