import { describe, expect, it } from 'vitest';
import { anySignal } from '../../../core/runtime/any-signal.js';

describe('a signal of several', () => {
  it('is aborted with the first of them, for its reason', () => {
    const [one, other] = [new AbortController(), new AbortController()];
    const signal = anySignal([one.signal, other.signal]);
    expect(signal.aborted).toBe(false);

    other.abort('first');
    one.abort('second');

    expect(signal.reason).toBe('first');
  });

  it('is aborted from the start where one is', () => {
    expect(anySignal([new AbortController().signal, AbortSignal.abort('before')]).reason).toBe('before');
  });
});
