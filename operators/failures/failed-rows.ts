/** What became of failures in a job: fresh workers, rows given up by function and code, and the letters about them. */
import type { FailedRow } from '../../bridge/index.js';
import { type MillstreamError, UdfError } from '../../core/index.js';
import type { OnError } from '../retry/retry-decision.js';
import type { DeadLetters } from './dead-letters.js';

/** The rows that a function failed on in one way. */
export interface FailureCount {
  readonly function: string;
  readonly code: string;
  /** The class of what the function raised; null where it raised nothing: a crash, a time limit, a result that does not fit. */
  readonly exception: string | null;
  /** What became of them. */
  readonly onError: GivenUp;
  readonly rows: number;
}

/** What becomes of a row that is given up. */
export type GivenUp = Exclude<OnError, 'fail'>;

/** Workers that died while they ran a function. */
export interface DeathCount {
  /** Null: none of them ran. */
  readonly function: string | null;
  readonly code: string;
  readonly workers: number;
}

/** What a job has for its failed rows. */
export interface FailedRowsOptions {
  /** Most rows that a function may fail on: a number, or below 1 a share of those it was given; null: any. */
  readonly budget: (name: string) => number | null;
  readonly letters: DeadLetters;
  /** What becomes of the rows that a function fails on. */
  readonly onError: (name: string) => OnError;
  readonly onNote: (text: string) => void;
}

/** More of them are only counted. */
const TOLD_RESTARTS = 5;
/** Beyond it exceptions are counted by their code alone: a program may make classes as it runs. */
const MOST_KINDS = 200;
/** A share is not taken of fewer rows: one failure of the first three says little. */
const LEAST_FOR_SHARE = 1_000;

export class FailedRows {
  #restarts = 0;
  readonly #stages = new Set<string>();
  readonly #counts = new Map<string, FailureCount>();
  readonly #deaths = new Map<string, DeathCount>();
  /** By function: rows it failed on, and rows it was given. */
  readonly #failed = new Map<string, number>();
  readonly #given = new Map<string, number>();

  constructor(private readonly options: FailedRowsOptions) {}

  /** A stage whose rows may fail has been made, at first or to be run again; it says `stageEnded` when it has ended for good. */
  stageMade(stage: string): void {
    if (this.#stages.has(stage)) return;
    this.#stages.add(stage);
    this.options.letters.stageMade();
  }

  stageEnded(stage: string): void {
    if (this.#stages.delete(stage)) this.options.letters.stageEnded();
  }

  /** What dead letters go to. */
  get letters(): DeadLetters {
    return this.options.letters;
  }

  /** Workers that died and were replaced. */
  get restarts(): number {
    return this.#restarts;
  }

  /** A worker died, and a fresh one takes its work; the first few are told. */
  restarted(verdict: MillstreamError, whatThen = 'A fresh worker takes its bundles.'): void {
    this.#restarts += 1;
    const { code, details } = verdict;
    const key = JSON.stringify([details.function, code]);
    const workers = 1 + (this.#deaths.get(key)?.workers ?? 0);
    this.#deaths.set(key, { function: details.function, code, workers });
    if (this.#restarts <= TOLD_RESTARTS) {
      this.options.onNote(`${verdict.message} ${whatThen}`);
    }
  }

  /**
   * Takes in what one bundle brought, once it is answered for good.
   * @throws {UdfError} UDF_TOO_MANY_ERRORS where a function has failed more often than it may
   */
  async add(
    stage: string,
    functions: readonly string[],
    rows: number,
    failed: readonly FailedRow[],
  ): Promise<void> {
    for (const name of functions) this.#given.set(name, (this.#given.get(name) ?? 0) + rows);
    if (failed.length === 0) return;
    for (const { function: name, code, exception: raised, count } of failed) {
      const exception = this.#counts.size < MOST_KINDS ? raised : null;
      const key = JSON.stringify([name, code, exception]);
      this.#counts.set(key, {
        function: name,
        code,
        exception,
        onError: this.options.onError(name) as GivenUp,
        rows: count + (this.#counts.get(key)?.rows ?? 0),
      });
      this.#failed.set(name, count + (this.#failed.get(name) ?? 0));
    }
    await this.options.letters.write(stage, failed);
    for (const row of failed) this.#check(row, false);
  }

  /** @throws {UdfError} UDF_TOO_MANY_ERRORS where a share was not yet taken, as there were too few rows */
  finish(): void {
    for (const { function: name, code } of this.#counts.values()) this.#check({ function: name, code }, true);
  }

  /** Deaths by function and code, the most first. */
  deaths(): DeathCount[] {
    return [...this.#deaths.values()].sort((a, b) => b.workers - a.workers);
  }

  /** By function, code and exception, the most first. */
  counts(): FailureCount[] {
    return [...this.#counts.values()].sort((a, b) => b.rows - a.rows);
  }

  #check(row: Pick<FailedRow, 'function' | 'code'> & Partial<FailedRow>, isEnd: boolean): void {
    const name = row.function;
    const budget = this.options.budget(name);
    if (budget === null) return;
    const failed = this.#failed.get(name)!;
    const given = this.#given.get(name) ?? 0;
    const isShare = budget > 0 && budget < 1;
    if (isShare && given < LEAST_FOR_SHARE && !isEnd) return;
    if (failed <= (isShare ? budget * given : budget)) return;
    const most = isShare ? `${budget * 100} % of its rows` : `${budget} rows`;
    const last = row.message === undefined ? row.code : row.message;
    throw new UdfError(
      'UDF_TOO_MANY_ERRORS',
      `Function ${name} failed on ${failed} of ${given} rows; it may fail on ${most} at most. The last failure: ${last}`,
      {
        hint: `Look at the failures; if that many are expected, raise max_errors of ${name}.`,
        details: {
          function: name,
          row: row.row ?? null,
          values: row.values ?? null,
          traceback: row.traceback ?? null,
        },
      },
    );
  }
}
