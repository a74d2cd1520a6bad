import { expect, test } from 'vitest';
import { type SqlValue, types } from '../../../core/index.js';
import { accumulatorOf } from '../../../operators/streaming/aggregates/make-accumulator.js';
import { callOf } from './rows.js';

const text = types.string();
const accumulator = (name: string) =>
  accumulatorOf(callOf(name, 0, text, { argumentTypes: [text, text] }), true)();

/** Of what it saved a new one goes on. */
function restored(name: string, saved: SqlValue) {
  const made = accumulator(name);
  made.load(saved);
  return made;
}

test('JSON_ARRAYAGG keeps the order in which values came, takes the first equal one out, and goes on from what it saved', () => {
  const name = 'JSON_ARRAYAGG_NULL_ON_NULL';
  const array = accumulator(name);
  for (const value of ['1', null, '"a"', '1']) array.add([value]);
  array.retract(['1']);
  const later = restored(name, array.save());
  later.retract([null]);

  expect(array.result()).toBe('[null,"a",1]');
  expect(later.result()).toBe('["a",1]');
  expect(accumulator('JSON_ARRAYAGG_ABSENT_ON_NULL').result()).toBe('[]');
});

test('JSON_OBJECTAGG is in the order of keys, and a key may come again before it has gone', () => {
  const name = 'JSON_OBJECTAGG_NULL_ON_NULL';
  const object = accumulator(name);
  for (const [key, value] of [
    ['b', '1'],
    ['a"', null],
    ['b', '2'],
  ] as const) {
    object.add([key, value]);
  }
  expect(() => object.result()).toThrow("the key 'b' comes twice in a group");
  const later = restored(name, object.save());
  later.retract(['b', '1']);

  expect(later.result()).toBe(String.raw`{"a\"":null,"b":2}`);
});

test('JSON_OBJECTAGG without NULLs forgets neither keys nor values of rows that go', () => {
  const object = accumulator('JSON_OBJECTAGG_ABSENT_ON_NULL');
  object.add(['a', '1']);
  object.add(['a', null]);
  object.retract(['a', null]);

  expect(object.result()).toBe('{"a":1}');
  expect(() => object.add([null, '1'])).toThrow('a key is NULL');
});

test('the value of a subquery is one at a time: a second may come before the first has gone', () => {
  const value = accumulator('SUBQUERY_VALUE');
  value.add(['1']);
  value.add(['2']);
  expect(() => value.result()).toThrow('A subquery used as a value gave more than one row.');
  const later = restored('SUBQUERY_VALUE', value.save());
  later.retract(['1']);
  expect(later.result()).toBe('2');
  later.retract(['2']);

  expect(later.result()).toBeNull();
});
