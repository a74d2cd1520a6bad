import { describe, expect, it } from 'vitest';
import { type Flight, ProgressWatch } from '../../bridge/progress-watch.js';

/** Timers that fire when the test says that time passes. */
class Timeline {
  #nowMs = 0;
  readonly #pending = new Set<{ readonly atMs: number; readonly callback: () => void }>();

  after(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#pending.add(timer);
    return () => this.#pending.delete(timer);
  }

  pass(ms: number): void {
    this.#nowMs += ms;
    for (const timer of [...this.#pending].filter(({ atMs }) => atMs <= this.#nowMs)) {
      this.#pending.delete(timer);
      timer.callback();
    }
  }
}

function watched(heartbeatMs = 0) {
  const time = new Timeline();
  const seen: string[] = [];
  const watch = new ProgressWatch({
    timers: time,
    stuckMs: 10_000,
    heartbeatMs,
    onStuck: ({ work }) => seen.push(`stuck ${work.bundle}`),
    onTimeout: ({ work }, timeoutMs) => seen.push(`timeout ${work.bundle} after ${timeoutMs}`),
  });
  return { time, seen, watch };
}

function flight(bundle: number, timeoutMs: number | null = null): Flight {
  return {
    work: { stage: 's', functions: ['f'], bundle, rows: 5, finishedRows: null },
    wireName: 's',
    timeoutMs: () => timeoutMs,
  };
}

describe('a bundle without progress', () => {
  it('is reported once, after the limit', () => {
    const { time, seen, watch } = watched();
    watch.add(flight(1));

    time.pass(9_999);
    expect(seen).toEqual([]);
    time.pass(1);
    time.pass(60_000);
    expect(seen).toEqual(['stuck 1']);
  });

  it('has its time begin anew with every row', () => {
    const { time, seen, watch } = watched();
    watch.add(flight(1));

    for (const rows of [1, 2, 3]) {
      time.pass(9_000);
      watch.progressed(rows, 'f');
      watch.progressed(rows, 'f');
    }
    expect(seen).toEqual([]);
    time.pass(10_000);
    expect(seen).toEqual(['stuck 1']);
  });

  it('is not one that waits behind another', () => {
    const { time, seen, watch } = watched();
    const [first, second] = [flight(1), flight(2)];
    watch.add(first);
    watch.add(second);

    time.pass(9_000);
    watch.remove(first);
    time.pass(9_000);
    expect(seen).toEqual([]);
    time.pass(1_000);
    expect(seen).toEqual(['stuck 2']);
  });
});

describe('the time limit of a call', () => {
  it('begins when the worker comes to the bundle, and anew with every row and function', () => {
    const { time, seen, watch } = watched();
    const first = flight(1);
    watch.add(first);
    watch.add(flight(2, 500));

    time.pass(5_000);
    watch.remove(first);
    time.pass(499);
    watch.progressed(1, 'f');
    time.pass(499);
    watch.progressed(1, 'g');
    time.pass(499);
    expect(seen).toEqual([]);
    time.pass(1);
    expect(seen).toEqual(['timeout 2 after 500']);
  });

  it('is that of the function that runs', () => {
    const { time, seen, watch } = watched();
    watch.add({ ...flight(1), timeoutMs: (name) => (name === 'slow' ? 100 : null) });

    time.pass(5_000);
    watch.progressed(0, 'slow');
    time.pass(100);

    expect(seen).toEqual(['timeout 1 after 100']);
  });

  it('is prolonged by the time in which progress is not known', () => {
    const { time, seen, watch } = watched(250);
    watch.add(flight(1, 500));

    time.pass(749);
    expect(seen).toEqual([]);
    time.pass(1);
    expect(seen).toEqual(['timeout 1 after 500']);
  });

  it('ends with the bundle', () => {
    const { time, seen, watch } = watched();
    const only = flight(1, 500);
    watch.add(only);
    watch.remove(only);

    time.pass(60_000);

    expect(seen).toEqual([]);
    expect(watch.head).toBeNull();
  });
});
