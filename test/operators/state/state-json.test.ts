import { expect, test } from 'vitest';
import type { SqlValue } from '../../../core/index.js';
import { keyJson, stateJson } from '../../../operators/state/state-json.js';
import { valuesKey } from '../../../operators/streaming/value-key.js';
import { SeededRandom } from '../../support/seeded-random.js';

test('a key is shown as the list of its values', () => {
  const values = ['a;b', 42n, null, -1.5, true, Uint8Array.of(1, 255), ['x', [7n]], Number.NaN, ''];

  expect(keyJson(valuesKey(values))).toBe(
    '["a;b",42,null,-1.5,true,{"$bytes":"Af8="},["x",[7]],{"$float":"NaN"},""]',
  );
  expect(keyJson('')).toBe('[]');
});

test('a key of another form is shown as it is', () => {
  for (const key of ['plain', '9:short', '[1;', '7', 'xyz;']) expect(keyJson(key)).toBe(JSON.stringify(key));
});

test('any key reads as its values do', () => {
  const random = new SeededRandom(3);
  const value = (depth: number): SqlValue =>
    random.pick<() => SqlValue>([
      () => null,
      () => random.chance(0.5),
      () => BigInt(random.int(-1e9, 1e9)),
      () => random.next() * 10 ** random.int(-20, 20),
      () => Array.from({ length: random.int(0, 6) }, () => random.pick([...'ab;:[]n1x"'])).join(''),
      () => Uint8Array.from({ length: random.int(0, 4) }, () => random.int(0, 255)),
      () => (depth === 0 ? null : Array.from({ length: random.int(0, 3) }, () => value(depth - 1))),
    ])();
  for (let i = 0; i < 2_000; i++) {
    const values = Array.from({ length: random.int(0, 4) }, () => value(2));
    expect(keyJson(valuesKey(values)), `seed ${random.seed}`).toBe(stateJson(values));
  }
});
