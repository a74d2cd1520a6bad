import { expect, it } from 'vitest';
import { Normalize } from '../../../operators/streaming/normalize.js';
import { changing, run } from './rows.js';

const byKey = () => new Normalize({ kind: 'normalize', keys: [0], inputs: [changing(2)], outputs: [] });

it('a row in the place of another says both; one like it, and the removal of none, say nothing', () => {
  const lines = run(byKey(), [
    ['+I', ['a', 1, 0]],
    ['+U', ['a', 1, 2]],
    ['+I', ['b', 5, 0]],
    ['+U', ['a', 2, 2]],
    ['-D', ['a', null, 3]],
    ['-D', ['a', null, 3]],
    ['+U', ['a', 3, 2]],
  ]);

  expect(lines).toEqual(['+I [a 1 0]', '+I [b 5 0]', '-U [a 1 2]', '+U [a 2 2]', '-D [a 2 2]', '+I [a 3 2]']);
});
