import { describe, expect, it } from 'vitest';
import {
  CancelledError,
  ConfigurationError,
  type RestartSettings,
  restartStrategy,
  SourceError,
} from '../../../core/index.js';
import { withRestarts } from '../../../operators/session/with-restarts.js';
import { ManualClock } from '../../support/manual-clock.js';

const TWICE: RestartSettings = { type: 'fixed-delay', attempts: 2, delay: 500 };
const GONE = new SourceError('SOURCE_GONE', 'The source is gone.');

/** A job that fails with these errors, one after the other, and then gives 'done'. */
class Failing {
  readonly notes: string[] = [];
  readonly begun: number[] = [];
  readonly clock = new ManualClock();
  readonly stop = new AbortController();

  constructor(
    private readonly errors: readonly unknown[],
    private readonly whyNotAgain: string | null = null,
  ) {}

  run(): Promise<string> {
    const parts = {
      strategy: restartStrategy(TWICE, () => 0.5),
      nowMs: () => this.clock.nowMs(),
      timers: this.clock,
      signal: this.stop.signal,
      onNote: (text: string) => this.notes.push(text),
      recover: async () => `from checkpoint ${this.begun.length}`,
    };
    return withRestarts(async (failed) => {
      const error = this.errors[this.begun.push(this.clock.nowMs()) - 1];
      if (error === undefined) return 'done';
      failed(this.whyNotAgain);
      throw error;
    }, parts);
  }
}

describe('a job that fails', () => {
  it('begins again after the delay of its strategy, and says from where', async () => {
    const job = new Failing([GONE, GONE]);

    expect(await job.clock.runUntil(job.run())).toBe('done');
    expect(job.begun).toEqual([0, 500, 1_000]);
    expect(job.notes[1]).toBe(
      'the job failed, attempt 3 begins in 0.5 s from checkpoint 2: SOURCE_GONE: The source is gone.',
    );
  });

  it('fails for good with its last error once its strategy gives up', async () => {
    const job = new Failing([GONE, GONE, GONE, GONE]);

    await expect(job.clock.runUntil(job.run())).rejects.toMatchObject({
      code: 'SOURCE_GONE',
      message:
        'The source is gone. The job was not begun again after 2 restarts: fixed-delay allows 2 restarts.',
    });
  });

  it('does not begin again where that would be seen', async () => {
    const job = new Failing([GONE], 'rows come only once');

    await expect(job.clock.runUntil(job.run())).rejects.toThrow(
      'The source is gone. The job was not begun again: rows come only once.',
    );
  });

  it.each([
    ['a cancellation', new CancelledError('CANCELLED', 'Stopped.')],
    ['an option', new ConfigurationError('OPTION_VALUE', 'Too large.')],
  ])('does not begin again because of %s', async (_what, error) => {
    const job = new Failing([error]);

    await expect(job.clock.runUntil(job.run())).rejects.toBe(error);
    expect(job.begun).toEqual([0]);
  });

  it('stops waiting when it is cancelled', async () => {
    const job = new Failing([GONE]);
    const running = job.run();
    const reason = new CancelledError('CANCELLED', 'Stopped.');
    job.clock.after(100, () => job.stop.abort(reason));

    await expect(job.clock.runUntil(running)).rejects.toBe(reason);
    expect(job.clock.nowMs()).toBe(100);
  });
});
