import { describe, expect, it } from 'vitest';
import { modulesOf } from '../../cli/bundle.js';

describe('what the command loads', () => {
  it.each([
    ['run', 'job.ts'],
    ['run', 'job.mjs', 'argument'],
    ['run', './job.js'],
  ])('are the modules themselves for a program: %s %s', (...args) => {
    const { command, earlyZygotes } = modulesOf(args);
    expect(command).toMatch(/\/cli\/command\.js$/);
    expect(earlyZygotes).toMatch(/\/cli\/early-zygotes\.js$/);
  });
});
