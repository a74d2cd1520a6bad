import { constants } from 'node:perf_hooks';
import { expect, test } from 'vitest';
import { isLong } from '../../cli/collect-in-steps.js';

test.each([
  ['of all, that took long', constants.NODE_PERFORMANCE_GC_MAJOR, 300, true],
  ['of all, that was short', constants.NODE_PERFORMANCE_GC_MAJOR, 30, false],
  ['of what is new', constants.NODE_PERFORMANCE_GC_MINOR, 300, false],
  ['in steps', constants.NODE_PERFORMANCE_GC_INCREMENTAL, 300, false],
])('a collection %s asks for steps: %#', (_, kind, duration, expected) => {
  expect(isLong({ duration, detail: { kind } })).toBe(expected);
});
