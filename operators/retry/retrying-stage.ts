/**
 * A function stage that outlives its worker: bundles of one that died go to a fresh one, and each is answered once or
 * not at all. Which bundle is run again, and which is searched for the row that did it, says `retry-decision.ts`.
 */
import type { Bundle, BundleResult, FunctionStageHandle } from '../../bridge/index.js';
import type { MillstreamError } from '../../core/index.js';
import { Turns } from '../turns.js';
import { answerGroups, type GroupPart, processParts } from './grouped-bundle.js';
import type { PartOutcome } from './poison-search.js';
import { answerGoodRows } from './poisoned-bundle.js';
import { type Death, deathOf, decideRetry, isFromOutside, type RetryPolicy } from './retry-decision.js';
import { afterAttempts, type RowFailures } from './row-failures.js';
import type { UnfinishedGroup } from './unfinished-group.js';

/** What a retrying stage needs. */
export interface RetryingStageOptions {
  /** The stage's name, as verdicts have it. */
  readonly stage: string;
  /** Opens the stage in a worker that lives; `attempt` counts from 0. */
  readonly openIn: (attempt: number) => Promise<FunctionStageHandle>;
  readonly policy: RetryPolicy;
  /** What to do with rows that are found to end their worker. */
  readonly rows: RowFailures;
  /** What the stage has seen of a group that goes on; null where none does. */
  readonly group: UnfinishedGroup | null;
  /** Opens it again in the worker of now, where it was closed; null where no group goes on. */
  readonly openAgain: ((attempt: number) => Promise<FunctionStageHandle>) | null;
  /** When the worker is to be replaced between two bundles; null: never, since the stage remembers rows. */
  readonly renewal: Renewal | null;
  /** A worker died, and a fresh one takes its bundles. */
  readonly onRestart: (verdict: MillstreamError) => void;
}

/** Replacing a worker that has been used enough. */
export interface Renewal {
  readonly isDue: () => boolean;
  /** Ends the worker, in which the stage is closed. */
  readonly retire: () => Promise<void>;
}

/** Workers that may be killed from outside while the stage is opened in them, one after the other. */
const MOST_OPENINGS = 5;

export class RetryingStage implements FunctionStageHandle {
  readonly output: FunctionStageHandle['output'];
  #opened: Promise<FunctionStageHandle>;
  #attempt = 0;
  #isClosed = false;
  #isRenewing = false;
  /** A bundle has failed the job: no worker is started for the others. */
  #failure: MillstreamError | null = null;
  readonly #turns = new Turns();

  private constructor(
    private readonly options: RetryingStageOptions,
    first: FunctionStageHandle,
  ) {
    this.#opened = Promise.resolve(first);
    this.output = first.output;
  }

  /** @throws what opening the stage throws */
  static async open(options: RetryingStageOptions): Promise<RetryingStage> {
    return new RetryingStage(options, await openSomewhere(options, 0));
  }

  async process(bundle: Bundle): Promise<BundleResult> {
    const deaths: Death[] = [];
    const { group, policy } = this.options;
    let turn: 'shared' | 'alone' = 'shared';
    for (;;) {
      const outcome = await this.#turns[turn](() => this.#tryWhole(bundle));
      if ('answer' in outcome) {
        void this.#renewIfDue();
        return outcome.answer;
      }
      deaths.push({ verdict: outcome.death, isBlamed: this.#isBlamed(outcome.death, bundle) });
      const decision = decideRetry(deaths, policy);
      if (decision === 'fail') throw this.#failed(afterAttempts(outcome.death, bundle, deaths.length));
      this.#replace(outcome);
      if (decision === 'search') return this.#turns.alone(() => this.#search(bundle, deaths.length));
      // Bundles of a group keep their order: none of them may let others pass.
      if (decision === 'alone' && group === null) turn = 'alone';
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const handle = await this.#opened.catch(() => null);
    await handle?.close();
    await this.options.group?.discard();
  }

  #tryWhole(bundle: Bundle): Promise<Attempt> {
    return this.#try(async (handle) => {
      const answer = await handle.process(bundle);
      await this.options.group?.processed(bundle, answer);
      return answer;
    });
  }

  /** One attempt in the worker of now. */
  async #try(work: (handle: FunctionStageHandle) => Promise<BundleResult>): Promise<Attempt> {
    const opened = this.#opened;
    try {
      return { answer: await work(await opened) };
    } catch (error) {
      const death = deathOf(error);
      if (death === null || this.#isClosed) throw error;
      if (this.#failure !== null) throw this.#failure;
      return { death, opened };
    }
  }

  #failed(error: MillstreamError): MillstreamError {
    this.#failure ??= error;
    return error;
  }

  /** Has the stage opened in a fresh worker, unless somebody else at the same death has. */
  #replace({ death, opened }: Died): void {
    if (this.#opened !== opened) return;
    const { options } = this;
    this.#attempt += 1;
    options.onRestart(death);
    this.#opened = openSomewhere(options, this.#attempt).then(async (handle) => {
      await options.group?.replay(handle);
      return handle;
    });
    // Whoever waits for it meets its failure.
    this.#opened.catch(() => undefined);
  }

  /** When all bundles that are in the worker have been answered; those behind wait for the fresh one. */
  async #renewIfDue(): Promise<void> {
    const { renewal } = this.options;
    if (renewal === null || this.#isRenewing || !renewal.isDue()) return;
    this.#isRenewing = true;
    await this.#turns.alone(async () => {
      if (!this.#isClosed && renewal.isDue()) await this.#renew(renewal);
      this.#isRenewing = false;
    });
  }

  async #renew({ retire }: Renewal): Promise<void> {
    const old = this.#opened;
    // It may die meanwhile, which is as good.
    await old.then((handle) => handle.close()).catch(() => undefined);
    await retire().catch(() => undefined);
    this.#opened = openSomewhere(this.options, this.#attempt);
    const fresh = await this.#opened.catch(() => null);
    if (this.#isClosed) await fresh?.close();
  }

  #search(bundle: Bundle, attempts: number): Promise<BundleResult> {
    const { group, rows } = this.options;
    return group === null
      ? answerGoodRows(bundle, attempts, rows, (part, notCalled) =>
          this.#outcome((handle) => handle.process(part, notCalled)),
        )
      : this.#answerGroups(bundle, attempts, group);
  }

  async #answerGroups(bundle: Bundle, attempts: number, group: UnfinishedGroup): Promise<BundleResult> {
    // At first the worker is as the bundle finds it.
    let isUsed = false;
    const run = async (parts: readonly GroupPart[]) => {
      if (isUsed) this.#reopen();
      const outcome = await this.#outcome((handle) => processParts(handle, bundle, parts));
      isUsed = 'answer' in outcome;
      // What the group had before is given to a fresh worker under another number.
      if ('death' in outcome && outcome.death.details.bundle !== bundle.sequence)
        throw this.#failed(outcome.death);
      return outcome;
    };
    const { result, parts } = await answerGroups(bundle, attempts, this.options.rows, run);
    await group.processed(bundle, result, parts);
    return result;
  }

  /** What comes of `work` in the worker of now, and, where that is killed from outside, in the next ones. */
  async #outcome(
    work: (handle: FunctionStageHandle) => Promise<BundleResult>,
  ): Promise<PartOutcome<BundleResult, MillstreamError>> {
    const deaths: Death[] = [];
    for (;;) {
      const outcome = await this.#try(work);
      if ('answer' in outcome) return outcome;
      this.#replace(outcome);
      if (!isFromOutside(outcome.death)) return outcome;
      deaths.push({ verdict: outcome.death, isBlamed: true });
      if (decideRetry(deaths, this.options.policy) === 'fail') throw this.#failed(outcome.death);
    }
  }

  /** Has the worker forget what it has seen since the last bundle that was answered. */
  #reopen(): void {
    const { openAgain, group } = this.options;
    this.#opened = this.#opened.then(async (handle) => {
      await handle.close();
      const again = await openAgain!(this.#attempt);
      await group?.replay(again);
      return again;
    });
    this.#opened.catch(() => undefined);
  }

  /** A replayed group has no bundle of its own: whoever waits for it is to blame. */
  #isBlamed({ details }: MillstreamError, { sequence }: Bundle): boolean {
    if (details.stage !== this.options.stage) return false;
    return this.options.group === null ? details.bundle === sequence : details.bundle !== null;
  }
}

/** The worker died; `opened` is the stage in it. */
interface Died {
  readonly death: MillstreamError;
  readonly opened: Promise<FunctionStageHandle>;
}

type Attempt = { readonly answer: BundleResult } | Died;

async function openSomewhere(options: RetryingStageOptions, attempt: number): Promise<FunctionStageHandle> {
  for (let opening = 1; ; opening++) {
    try {
      return await options.openIn(attempt);
    } catch (error) {
      const death = deathOf(error);
      if (death === null || !isFromOutside(death) || opening === MOST_OPENINGS) throw error;
    }
  }
}
