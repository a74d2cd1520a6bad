/** Growth of a process, taken from many samples of it. */

export interface Sample {
  /** How far the run was: seconds, rows. */
  readonly at: number;
  readonly value: number;
}

/** By how much `value` grows for one of `at`, and the standard error of that. */
export interface Trend {
  readonly slope: number;
  readonly error: number;
}

/** Least squares over at least three samples, two of them at different places. */
export function trendOf(samples: readonly Sample[]): Trend {
  const mean = (of: (sample: Sample) => number) =>
    samples.reduce((sum, s) => sum + of(s), 0) / samples.length;
  const [atMean, valueMean] = [mean(({ at }) => at), mean(({ value }) => value)];
  const spread = mean(({ at }) => (at - atMean) ** 2);
  const slope = mean(({ at, value }) => (at - atMean) * (value - valueMean)) / spread;
  const residual = mean(({ at, value }) => (value - valueMean - slope * (at - atMean)) ** 2);
  return { slope, error: Math.sqrt(residual / spread / (samples.length - 2)) };
}

/**
 * The least value of each of `count` stretches: neighbours that follow each other (a heap between two collections) count
 * as one, and what is held for a moment does not count. What leaks is in the least too.
 */
export function blockMinima(samples: readonly Sample[], count = 20): Sample[] {
  const size = samples.length / count;
  const blocks = Array.from({ length: count }, (_, i) => samples.slice(i * size, (i + 1) * size));
  return blocks
    .filter((block) => block.length > 0)
    .map((block) => ({
      at: block.reduce((sum, { at }) => sum + at, 0) / block.length,
      value: Math.min(...block.map(({ value }) => value)),
    }));
}

/** The samples of the second half of the run. */
export function secondHalf(samples: readonly Sample[]): Sample[] {
  const middle = (samples[0]!.at + samples.at(-1)!.at) / 2;
  return samples.filter(({ at }) => at >= middle);
}
