/** When a job that failed is begun again: the restart strategies of Flink, under its names. */

/** Delays and intervals in milliseconds. */
export type RestartSettings =
  | { readonly type: 'none' }
  | { readonly type: 'fixed-delay'; readonly attempts: number; readonly delay: number }
  | {
      readonly type: 'failure-rate';
      readonly maxFailures: number;
      readonly interval: number;
      readonly delay: number;
    }
  | {
      readonly type: 'exponential-delay';
      readonly initial: number;
      readonly max: number;
      readonly multiplier: number;
      /** After so long without a failure the delays begin anew. */
      readonly resetAfter: number;
      /** A share of the delay that is added or taken away by chance. */
      readonly jitter: number;
      /** Restarts before the delays begin anew; null: any number. */
      readonly attempts: number | null;
    };

/** How long to wait before the job is begun again; or why it is not, as the end of a sentence. */
export type RestartDecision = { readonly delay: number } | { readonly whyNot: string };

/** Decides for one job. */
export interface RestartStrategy {
  /** @param nowMs when the job failed; of any clock that does not go back */
  failed(nowMs: number): RestartDecision;
}

/** @param random uniform in [0, 1) */
export function restartStrategy(settings: RestartSettings, random: () => number): RestartStrategy {
  switch (settings.type) {
    case 'none':
      return { failed: () => ({ whyNot: 'restart-strategy.type is none' }) };
    case 'fixed-delay':
      return fixedDelay(settings);
    case 'failure-rate':
      return failureRate(settings);
    case 'exponential-delay':
      return exponentialDelay(settings, random);
  }
}

type Of<Type extends RestartSettings['type']> = Extract<RestartSettings, { readonly type: Type }>;

function fixedDelay({ attempts, delay }: Of<'fixed-delay'>): RestartStrategy {
  let restarts = 0;
  return {
    failed: () => {
      if (restarts === attempts) return { whyNot: `fixed-delay allows ${times(attempts)}` };
      restarts += 1;
      return { delay };
    },
  };
}

function failureRate({ maxFailures, interval, delay }: Of<'failure-rate'>): RestartStrategy {
  /** When it failed, the last `maxFailures` times. */
  const failures: number[] = [];
  return {
    failed: (nowMs) => {
      const isTooOften = failures.length === maxFailures && nowMs - failures[0]! <= interval;
      failures.push(nowMs);
      if (failures.length > maxFailures) failures.shift();
      if (!isTooOften) return { delay };
      return { whyNot: `failure-rate allows ${times(maxFailures)} within ${interval / 1000} s` };
    },
  };
}

function exponentialDelay(settings: Of<'exponential-delay'>, random: () => number): RestartStrategy {
  const { initial, max, multiplier, resetAfter, jitter, attempts } = settings;
  let backoff = initial;
  let restarts = 0;
  /** When the job was begun last. */
  let begun = Number.NEGATIVE_INFINITY;
  return {
    failed: (nowMs) => {
      const isReset = nowMs - begun >= resetAfter;
      backoff = isReset ? initial : Math.min(backoff * multiplier, max);
      restarts = isReset ? 1 : restarts + 1;
      if (attempts !== null && restarts > attempts)
        return { whyNot: `exponential-delay allows ${times(attempts)} in a row` };
      const delay = Math.min(max, backoff + backoff * jitter * (2 * random() - 1));
      begun = nowMs + delay;
      return { delay };
    },
  };
}

function times(count: number): string {
  return count === 1 ? '1 restart' : `${count} restarts`;
}
