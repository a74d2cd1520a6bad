import { expect, test } from 'vitest';
import { HeapState } from '../../../core/index.js';
import { Settle } from '../../../operators/streaming/settle.js';
import { changing, run } from './rows.js';

// Rows: key, kind of change, result, which is NULL in rows that go.
const SPEC = { kind: 'settle', keys: [0], results: [2], inputs: [changing(1)], outputs: [] } as const;

test('a row is taken back with the result that it came with, equal rows in the order in which they came', () => {
  const said = run(new Settle(SPEC), [
    ['+I', ['a', 0, 1n]],
    ['+I', ['a', 0, 2n]],
    ['+I', ['b', 0, 3n]],
    ['-U', ['a', 1, null]],
    ['+U', ['a', 2, 4n]],
    ['-D', ['a', 3, null]],
    ['-D', ['c', 3, null]],
  ]);

  expect(said.map((line) => line.replace(/\[[^=]*\] /, ''))).toEqual([
    '+I = [1]',
    '+I = [2]',
    '+I = [3]',
    '-U = [1]',
    '+U = [4]',
    '-D = [2]',
  ]);
});

test('goes on from a checkpoint with the results that it kept', () => {
  const state = new HeapState();
  run(new Settle(SPEC, state), [['+I', ['a', 0, 7n]]]);

  const said = run(new Settle(SPEC, new HeapState(state.snapshot())), [['-D', ['a', 3, null]]]);

  expect(said).toEqual(['-D [a 3 null] = [7]']);
});
