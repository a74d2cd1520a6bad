/** Answers that are kept for the next rows with their key. */
import type { Clock } from '../../../core/index.js';
import type { Row } from '../row-function.js';
import type { LookupCaching } from './lookup-table.js';

interface Answer {
  readonly rows: readonly Row[];
  readonly writtenMs: number;
  usedMs: number;
}

/** As Flink's partial cache. Time is that of the clock; what has expired is as if it had never been there. */
export class LookupCache {
  /** In the order of their last use. */
  readonly #answers = new Map<string, Answer>();

  constructor(
    private readonly caching: LookupCaching,
    private readonly clock: Pick<Clock, 'nowMs'>,
  ) {}

  /** The rows of a key; undefined where they have to be asked for. */
  get(key: string): readonly Row[] | undefined {
    const answer = this.#answers.get(key);
    if (answer === undefined) return undefined;
    const nowMs = this.clock.nowMs();
    this.#answers.delete(key);
    if (this.#isExpired(answer, nowMs)) return undefined;
    answer.usedMs = nowMs;
    this.#answers.set(key, answer);
    return answer.rows;
  }

  set(key: string, rows: readonly Row[]): void {
    if (rows.length === 0 && !this.caching.keepsMissing) return;
    const nowMs = this.clock.nowMs();
    this.#answers.delete(key);
    this.#answers.set(key, { rows, writtenMs: nowMs, usedMs: nowMs });
    if (this.#answers.size <= this.caching.maxKeys) return;
    const [longestUnused] = this.#answers.keys();
    this.#answers.delete(longestUnused!);
  }

  #isExpired({ writtenMs, usedMs }: Answer, nowMs: number): boolean {
    const { expireAfterWriteMs, expireAfterAccessMs } = this.caching;
    return (
      (expireAfterWriteMs !== null && nowMs - writtenMs >= expireAfterWriteMs) ||
      (expireAfterAccessMs !== null && nowMs - usedMs >= expireAfterAccessMs)
    );
  }
}
