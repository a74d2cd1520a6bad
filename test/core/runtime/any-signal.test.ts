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

  it('may be one of many over the same, without a warning of a leak', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => void warnings.push(warning);
    process.on('warning', onWarning);
    const source = new AbortController();
    const many = Array.from({ length: 20 }, () => anySignal([source.signal]));
    // Warnings come with the next turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', onWarning);

    expect(warnings).toEqual([]);
    source.abort();
    expect(many.every((signal) => signal.aborted)).toBe(true);
  });

  it('is aborted from the start where one is', () => {
    expect(anySignal([new AbortController().signal, AbortSignal.abort('before')]).reason).toBe('before');
  });
});
