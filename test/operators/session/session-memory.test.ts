import { describe, expect, it } from 'vitest';
import { shareOfFree } from '../../../operators/index.js';

const GIB = 1024 ** 3;

describe('what a job without millstream.memory is granted', () => {
  it.each([
    ['three quarters of what is free', 20, 24, 0, 15],
    [
      '2 GiB where others leave little, so that a job of a few stages waits rather than being refused',
      1.5,
      24,
      0,
      2,
    ],
    ['a quarter of a small machine', 0.1, 6, 0, 1.5],
    ['1 GiB of a smaller one', 0.1, 2, 0, 1],
    ['all of the smallest', 0.1, 0.5, 0, 0.5],
    ['what its settings need', 0.1, 24, 5, 5],
  ])('is %s', (_, free, ceiling, least, expected) => {
    expect(shareOfFree(free * GIB, ceiling * GIB, least * GIB) / GIB).toBe(expected);
  });
});
