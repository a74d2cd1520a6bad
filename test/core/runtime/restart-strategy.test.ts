import { describe, expect, it } from 'vitest';
import { type RestartSettings, restartStrategy } from '../../../core/index.js';
import { SeededRandom } from '../../support/seeded-random.js';

const EXPONENTIAL = {
  type: 'exponential-delay',
  initial: 1_000,
  max: 10_000,
  multiplier: 2,
  resetAfter: 60_000,
  jitter: 0,
  attempts: null,
} as const;

/** What a job that fails at these times is told: the delay, or why it is not begun again. */
function decisions(settings: RestartSettings, failures: readonly number[], random = () => 0.5) {
  const strategy = restartStrategy(settings, random);
  return failures.map((nowMs) => {
    const decision = strategy.failed(nowMs);
    return 'delay' in decision ? decision.delay : decision.whyNot;
  });
}

describe('a restart strategy', () => {
  it('of none begins no job again', () => {
    expect(decisions({ type: 'none' }, [0])).toEqual(['restart-strategy.type is none']);
  });

  it('of a fixed delay waits as long each time, and gives up after its attempts', () => {
    const settings = { type: 'fixed-delay', attempts: 2, delay: 500 } as const;

    expect(decisions(settings, [0, 1_000, 2_000])).toEqual([500, 500, 'fixed-delay allows 2 restarts']);
  });

  it('of a failure rate gives up where more failures than it allows lie in one interval', () => {
    const settings = { type: 'failure-rate', maxFailures: 2, interval: 60_000, delay: 500 } as const;

    expect(decisions(settings, [0, 50_000, 61_000, 109_000])).toEqual([
      500,
      500,
      500,
      'failure-rate allows 2 restarts within 60 s',
    ]);
  });

  it('of exponential delays waits longer each time, up to the longest', () => {
    expect(decisions(EXPONENTIAL, [0, 2_000, 5_000, 10_000, 20_000])).toEqual([
      1_000, 2_000, 4_000, 8_000, 10_000,
    ]);
  });

  it('of exponential delays begins anew once the job has run for long enough after a restart', () => {
    const [first, second, beforeReset, afterReset] = decisions(EXPONENTIAL, [0, 2_000, 63_999, 200_000]);

    expect([first, second, beforeReset, afterReset]).toEqual([1_000, 2_000, 4_000, 1_000]);
  });

  it('of exponential delays gives up after as many restarts in a row as it is told', () => {
    expect(decisions({ ...EXPONENTIAL, attempts: 1 }, [0, 2_000, 100_000])).toEqual([
      1_000,
      'exponential-delay allows 1 restart in a row',
      1_000,
    ]);
  });

  it('of exponential delays adds or takes away a share by chance', () => {
    const random = new SeededRandom(8);
    const delays = decisions({ ...EXPONENTIAL, jitter: 0.1 }, Array(200).fill(0), () => random.next());

    for (const [i, delay] of delays.entries()) {
      const whole = Math.min(1_000 * 2 ** i, 10_000);
      expect(delay, `seed ${random.seed}`).toBeGreaterThanOrEqual(whole * 0.9);
      expect(delay, `seed ${random.seed}`).toBeLessThanOrEqual(Math.min(whole * 1.1, 10_000));
    }
    expect(new Set(delays).size).toBeGreaterThan(50);
  });
});
