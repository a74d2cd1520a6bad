import { describe, expect, it } from 'vitest';
import { type DataType, parseTypeText } from '../../../core/index.js';
import { datagenPlan } from '../../../operators/sources/datagen.js';
import { fieldGenerator } from '../../../operators/sources/datagen-field.js';
import { SeededRandom } from '../../support/seeded-random.js';

const column = (type: string) => ({ name: 'c', type: parseTypeText(type) as DataType });
const values = (type: string, options: Record<string, string>, count = 200) => {
  const random = new SeededRandom(7);
  const { next } = fieldGenerator(
    column(type),
    new Map(Object.entries(options)),
    () => random.next(),
    () => 1_000_000,
  );
  return Array.from({ length: count }, next);
};

describe('datagen fields', () => {
  it('stay between their minimum and maximum', () => {
    const ints = values('INT', { min: '-2', max: '3' }) as number[];
    const bigints = values('BIGINT', { min: '5', max: '6' }) as bigint[];
    const doubles = values('DOUBLE', { min: '-1', max: '1' }) as number[];

    expect(new Set(ints)).toEqual(new Set([-2, -1, 0, 1, 2, 3]));
    expect(new Set(bigints)).toEqual(new Set([5n, 6n]));
    expect(doubles.every((value) => value >= -1 && value < 1)).toBe(true);
  });

  it('are finite over the whole range of a DOUBLE', () => {
    expect((values('DOUBLE', {}) as number[]).every(Number.isFinite)).toBe(true);
  });

  it('are NULL as often as the null rate says', () => {
    const nulls = values('STRING', { 'null-rate': '0.5', length: '3' }, 1000).filter(
      (value) => value === null,
    );

    expect(nulls.length).toBeGreaterThan(400);
    expect(nulls.length).toBeLessThan(600);
  });

  it('count up in a sequence, which says how many rows there are', () => {
    const { next, rows } = fieldGenerator(
      column('INT'),
      new Map([
        ['kind', 'sequence'],
        ['start', '3'],
        ['end', '5'],
      ]),
      () => 0,
      () => 0,
    );

    expect([rows, next(), next(), next()]).toEqual([3, 3, 4, 5]);
  });

  it.each([
    ['INT', { max: 'many' }, /'fields.c.max'.*'many'.*whole number/],
    ['INT', { min: '3', max: '2' }, /'fields.c.max'.*at least the minimum, 3/],
    ['STRING', { min: '3' }, /'fields.c.min' does not fit a datagen column of type STRING/],
    ['INT', { kind: 'sequential' }, /'random' or 'sequence'/],
  ])('refuse what does not fit a %s: %o', (type, options, message) => {
    expect(() => values(type, options)).toThrow(message);
  });
});

describe('datagenPlan', () => {
  it('ends where its limit or its shortest sequence ends', () => {
    const columns = [{ name: 'a', type: parseTypeText('INT') }];
    const sequence = { 'fields.a.kind': 'sequence', 'fields.a.start': '1', 'fields.a.end': '10' };
    const plan = (options: Record<string, string>) =>
      datagenPlan(
        columns,
        options,
        () => 0,
        () => 0,
      ).rows;

    expect(plan({})).toBe(Number.POSITIVE_INFINITY);
    expect(plan({ 'number-of-rows': '7' })).toBe(7);
    expect(plan({ ...sequence, 'number-of-rows': '20' })).toBe(10);
  });

  it('refuses an unknown option and names the nearest one', () => {
    const plan = () =>
      datagenPlan(
        [{ name: 'a', type: parseTypeText('INT') }],
        { 'rows-per-secnd': '5' },
        () => 0,
        () => 0,
      );

    expect(plan).toThrow(
      expect.objectContaining({ code: 'OPTION_UNKNOWN', hint: "Did you mean 'rows-per-second'?" }),
    );
  });
});
