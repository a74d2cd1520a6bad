/** A streaming job that fails is begun again, as its restart strategy says. */
import {
  CancelledError,
  ConfigurationError,
  MillstreamError,
  PlanError,
  type RestartStrategy,
  SqlError,
  type Timers,
} from '../../core/index.js';
import { withReason } from '../retry/with-reason.js';
import { pause } from '../sources/pause.js';

/** How a job ended that failed. */
export interface FailedAttempt {
  readonly error: unknown;
  /** Why it may not be begun again, as the end of a sentence; null: it may. */
  readonly whyNotAgain: string | null;
}

/** What restarts need beside the job. */
export interface RestartParts {
  readonly strategy: RestartStrategy;
  readonly nowMs: () => number;
  readonly timers: Timers;
  /** Aborting it ends the waiting. */
  readonly signal: AbortSignal;
  readonly onNote: (text: string) => void;
  /** Puts back what the failed attempt had begun; gives where the next one goes on, for the note. */
  readonly recover: () => Promise<string>;
}

/** One run of the job; `failed` is told, before it throws, why the job may not be begun again. */
export type Attempt<Result> = (failed: (whyNotAgain: string | null) => void) => Promise<Result>;

/**
 * Runs attempts until one ends well.
 * @throws the error of the last one, with the reason why there is no other
 */
export async function withRestarts<Result>(attempt: Attempt<Result>, parts: RestartParts): Promise<Result> {
  const { strategy, nowMs, timers, signal, onNote, recover } = parts;
  for (let restarts = 0; ; restarts++) {
    let whyNotAgain: string | null = null;
    try {
      return await attempt((why) => {
        whyNotAgain = why;
      });
    } catch (error) {
      if (isFinal(error) || signal.aborted) throw error;
      const decision = whyNotAgain === null ? strategy.failed(nowMs()) : { whyNot: whyNotAgain };
      if ('whyNot' in decision) throw told(error, decision.whyNot, restarts);
      const from = await recover();
      const seconds = (decision.delay / 1000).toFixed(1);
      onNote(`the job failed, attempt ${restarts + 2} begins in ${seconds} s ${from}: ${textOf(error)}`);
      await pause({ timers, signal }, decision.delay);
      signal.throwIfAborted();
    }
  }
}

/** What a further attempt would meet as well, or what is no failure. */
export function isFinal(error: unknown): boolean {
  return [CancelledError, ConfigurationError, PlanError, SqlError].some((Kind) => error instanceof Kind);
}

function told(error: unknown, whyNot: string, restarts: number): unknown {
  if (!(error instanceof MillstreamError)) return error;
  const before = restarts === 0 ? '' : ` after ${restarts} restart${restarts === 1 ? '' : 's'}`;
  return withReason(error, `The job was not begun again${before}: ${whyNot}.`);
}

function textOf(error: unknown): string {
  return error instanceof MillstreamError ? `${error.code}: ${error.message}` : String(error);
}
