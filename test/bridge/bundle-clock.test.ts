import { describe, expect, it } from 'vitest';
import { BundleClock } from '../../bridge/bundle-clock.js';

const worker = (receivedNs: number, sentNs: number) => ({
  receivedNs: String(receivedNs),
  sentNs: String(sentNs),
  decodeNs: 5,
  stepNs: [60, 20],
  stepCalls: [8, 8],
  stepRetries: [0, 1],
  encodeNs: 10,
});

describe('the time of a bundle', () => {
  it('is split without a gap for a bundle alone', () => {
    const durations = new BundleClock().durations(
      { queuedNs: 1_000n, sentNs: 1_010n, answeredNs: 1_150n },
      worker(1_030, 1_125),
    );

    expect(durations).toEqual({
      waitingNs: 10,
      shippingNs: 20 + 5,
      pythonNs: [60, 20],
      returningNs: 10 + 25,
      totalNs: 150,
      calls: [8, 8],
      retries: [0, 1],
    });
  });

  it('counts the time behind an earlier bundle as waiting', () => {
    const clock = new BundleClock();
    clock.durations({ queuedNs: 0n, sentNs: 1n, answeredNs: 200n }, worker(10, 150));

    const second = clock.durations({ queuedNs: 2n, sentNs: 3n, answeredNs: 300n }, worker(152, 290));

    expect(second).toMatchObject({ waitingNs: 148, shippingNs: 2 + 5, returningNs: 20 });
  });
});
