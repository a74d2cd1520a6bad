import { expect, it, vi } from 'vitest';
import { systemClock, systemTimers } from '../../../operators/ports/node-ports.js';

it('counts time that never goes back', () => {
  const before = systemClock.monotonicNs();

  expect(systemClock.monotonicNs()).toBeGreaterThanOrEqual(before);
  expect(systemClock.nowMs()).toBeGreaterThan(1.7e12);
});

it('calls back once, and not at all once it is cancelled', async () => {
  const calls: string[] = [];
  const cancel = systemTimers.after(0, () => calls.push('cancelled'));
  systemTimers.after(0, () => calls.push('first'));
  cancel();

  // Timers of Node do not keep the process alive, the test runner does.
  await new Promise<void>((resolve) => systemTimers.after(1, resolve));

  expect(calls).toEqual(['first']);
});

it('waits for longer than a timer of Node can', () => {
  vi.useFakeTimers();
  try {
    const calls: string[] = [];
    const days = 24 * 60 * 60 * 1000;
    systemTimers.after(60 * days, () => calls.push('late'));
    const cancel = systemTimers.after(60 * days, () => calls.push('cancelled'));

    vi.advanceTimersByTime(60 * days - 1);
    expect(calls).toEqual([]);
    cancel();
    vi.advanceTimersByTime(1);
    expect(calls).toEqual(['late']);
  } finally {
    vi.useRealTimers();
  }
});
