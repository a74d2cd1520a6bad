import { describe, expect, it } from 'vitest';
import { nearNames } from '../../../core/index.js';

describe('nearNames', () => {
  it.each([
    ['custmer', ['customer', 'order', 'cluster'], ['customer', 'cluster']],
    ['nmae', ['name', 'size'], ['name']],
    ['ORDERS', ['orders', 'Orders', 'order'], ['Orders', 'orders', 'order']],
    ['id', ['ids', 'is', 'value'], ['ids', 'is']],
    ['cust', ['customer_name', 'cut'], ['cut', 'customer_name']],
    ['xyz', ['abc', 'def'], []],
    ['', ['a'], []],
  ])('of %s among %j are %j', (name, candidates, expected) => {
    expect(nearNames(name, candidates)).toEqual(expected);
  });

  it('are at most three, the nearest first, each once', () => {
    expect(nearNames('abcdef', ['abcdxy', 'abcdex', 'abcdey', 'abcdez', 'abcdex'])).toEqual([
      'abcdex',
      'abcdey',
      'abcdez',
    ]);
  });

  it('are found for names of any length', () => {
    const long = 'x'.repeat(10_000);
    expect(nearNames(long, [`${long}y`, 'x'])).toEqual([`${long}y`]);
  });
});
