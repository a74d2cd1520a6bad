import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Interrupt } from '../../cli/interrupt.js';

class Ended extends Error {}

describe('Ctrl-C while a streaming job runs', () => {
  let interrupt: Interrupt;
  let exits: number[];

  beforeEach(() => {
    vi.useFakeTimers();
    interrupt = new Interrupt();
    exits = [];
    vi.spyOn(process, 'exit').mockImplementation((code) => {
      exits.push(code as number);
      throw new Ended();
    });
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  });

  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  it('cancels as soon as the last checkpoint has failed, and ends the process within a second of that', async () => {
    interrupt.onInterrupt(() => Promise.reject(new Error('no space left')));
    interrupt.take('SIGINT');
    expect(interrupt.signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(interrupt.signal.aborted).toBe(true);
    expect(() => vi.advanceTimersByTime(1_000)).toThrow(Ended);
    expect(exits).toEqual([130]);
  });

  it('cancels after ten seconds where the last checkpoint takes longer', async () => {
    interrupt.onInterrupt(() => new Promise(() => {}));
    interrupt.take('SIGINT');
    await vi.advanceTimersByTimeAsync(9_999);
    expect(interrupt.signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(interrupt.signal.aborted).toBe(true);
    expect(exits).toEqual([]);
    expect(() => vi.advanceTimersByTime(1_000)).toThrow(Ended);
  });

  it('tells by what knows the terminal what it does', () => {
    const said: string[] = [];
    const stopSaying = interrupt.onNotice((text) => said.push(text));
    interrupt.onInterrupt(() => new Promise(() => {}));
    interrupt.take('SIGINT');
    stopSaying();

    expect(said).toEqual(['Ctrl-C: takes a last checkpoint, within 10 s. The second one ends it at once.']);
    expect(process.stderr.write).not.toHaveBeenCalled();
  });

  it('ends at once by the second signal', () => {
    interrupt.onInterrupt(() => new Promise(() => {}));
    interrupt.take('SIGINT');
    expect(() => interrupt.take('SIGINT')).toThrow(Ended);
    expect(exits).toEqual([130]);
  });
});
