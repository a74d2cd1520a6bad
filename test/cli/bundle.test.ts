import { describe, expect, it } from 'vitest';
import { modulesOf } from '../../cli/bundle.js';

describe('what the command loads', () => {
  it.each([
    ['run', 'job.ts'],
    ['run', 'job.mjs', 'argument'],
    ['run', './job.js'],
  ])('are the modules themselves for a program: %s %s', (...args) => {
    expect(modulesOf(args, {}).isBundled).toBe(false);
  });

  it('are the modules themselves where stacks are to name sources', () => {
    expect(modulesOf(['run', 'job.sql'], { MILLSTREAM_DEBUG: '1' }).isBundled).toBe(false);
  });
});
