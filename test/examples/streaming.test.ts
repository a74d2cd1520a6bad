import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ended, ROOT } from '../cli/support/command.js';

/** From another working directory: a program finds what lies beside it. */
const linesOf = async (program: string) => {
  const args = [join(ROOT, 'dist/cli/main.js'), 'run', join(ROOT, 'examples/streaming', program)];
  const { stdout, stderr, code } = await ended(spawn(process.execPath, args, { cwd: tmpdir() }));
  expect(code, stderr).toBe(0);
  return stdout.toString().trimEnd().split('\n');
};

it('the example of fraud doubts the payments that are far too high', { timeout: 60_000 }, async () => {
  expect(await linesOf('fraud.ts')).toEqual([
    'card-2 paid 690, 20.0 times as much as usual',
    'card-0 paid 690, 20.1 times as much as usual',
    'card-2 paid 690, 19.5 times as much as usual',
  ]);
});

it('the example of sessions gives each session that has such a payment', { timeout: 60_000 }, async () => {
  expect((await linesOf('sessions.ts')).toSorted()).toEqual([
    'card-0: 143 payments, up to 690, 680 apart',
    'card-2: 143 payments, up to 690, 680 apart',
    'card-2: 286 payments, up to 690, 680 apart',
  ]);
});
