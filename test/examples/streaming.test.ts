import { expect, it } from 'vitest';
import { millstream } from '../cli/support/command.js';

const linesOf = async (program: string) => {
  const { stdout, stderr, code } = await millstream(['run', `examples/streaming/${program}`]);
  expect(code, stderr.toString()).toBe(0);
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
