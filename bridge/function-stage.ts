/** An open function stage: bundles out, results back, matched by sequence. */
import { CancelledError, InternalError, releaseGroups } from '../core/index.js';
import type { Bundle, BundleBatch, BundleResult, FunctionStageHandle, TimeLimits } from './api.js';
import { type AnswerSpill, BundleAnswer } from './bundle-answer.js';
import { BundleClock } from './bundle-clock.js';
import type { DataSession, ReceivedBatch, StageMessage } from './data-session.js';
import type { Flight, ProgressWatch } from './progress-watch.js';
import { checkAscending } from './protocol/frames.js';
import type { BundleEnd, ColumnSpec, FailedRow } from './protocol/messages.js';
import { fromWireError } from './wire-error.js';

/** What a function stage needs. */
export interface FunctionStageOptions {
  readonly worker: string;
  /** The stage's name on the wire. */
  readonly wireName: string;
  /** The stage's name in messages. */
  readonly stage: string;
  readonly functions: readonly string[];
  readonly data: DataSession;
  readonly watch: ProgressWatch;
  readonly limits: TimeLimits;
  readonly output: readonly ColumnSpec[];
  /** Groups in front of the results in the answer to a split. */
  readonly keptGroups: number;
  readonly nowNs: () => bigint;
  /** Where answers wait beyond what memory may hold of them; null: all in memory. */
  readonly spill: AnswerSpill | null;
  /** A bundle of these many rows was answered. */
  readonly onAnswered: (rows: number) => void;
  /** Tells the worker to forget the stage; interrupts what it runs for it if `isBusy`. */
  readonly closeInWorker: (isBusy: boolean) => Promise<void>;
}

export class FunctionStage implements FunctionStageHandle {
  readonly output: readonly ColumnSpec[];
  readonly #options: FunctionStageOptions;
  readonly #pending = new Map<number, Pending>();
  readonly #clock: BundleClock;
  readonly #detach: () => void;
  #end: Error | null = null;

  constructor(options: FunctionStageOptions) {
    this.#options = options;
    this.output = options.output;
    this.#clock = new BundleClock();
    this.#detach = options.data.attach(options.wireName, (message) => this.#receive(message));
  }

  process(bundle: Bundle, notCalled: string | null = null): Promise<BundleResult> {
    if (this.#end !== null) {
      return Promise.reject(this.#end);
    }
    if (this.#pending.has(bundle.sequence)) {
      const message = `Bundle ${bundle.sequence} of stage ${this.#options.stage} is already in flight.`;
      return Promise.reject(new InternalError('BUNDLE_SEQUENCE', message));
    }
    return new Promise((resolve, reject) => {
      const flight = this.#flight(bundle);
      const pending: Pending = {
        flight,
        bundle,
        answer: new BundleAnswer(this.#options.spill),
        isRejected: false,
        failedRows: [],
        queuedNs: this.#options.nowNs(),
        sentNs: null,
        resolve,
        reject,
      };
      this.#pending.set(bundle.sequence, pending);
      this.#options.watch.add(flight);
      void this.#send(pending, notCalled);
    });
  }

  async close(): Promise<void> {
    if (this.#end !== null) {
      return;
    }
    const isBusy = this.#pending.size > 0;
    this.fail(new CancelledError('CANCELLED', `Stage ${this.#options.stage} was closed.`));
    await this.#options.closeInWorker(isBusy);
  }

  /** Rejects what is in flight and everything later. */
  fail(error: Error): void {
    this.#end ??= error;
    this.#detach();
    for (const pending of this.#pending.values()) {
      this.#forget(pending);
      pending.answer.release();
      pending.reject(this.#end);
    }
  }

  #flight({ sequence, rows }: Bundle): Flight {
    const { stage, functions, wireName, limits } = this.#options;
    const timeoutMs = (name: string | null) => limitOf(limits, name, functions);
    return { work: { stage, functions, bundle: sequence, rows, finishedRows: null }, wireName, timeoutMs };
  }

  #forget(pending: Pending): void {
    this.#pending.delete(pending.bundle.sequence);
    this.#options.watch.remove(pending.flight);
  }

  async #send(pending: Pending, notCalled: string | null): Promise<void> {
    const { bundle } = pending;
    await this.#options.data.sendBatch(
      {
        stage: this.#options.wireName,
        sequence: bundle.sequence,
        input: 0,
        notCalled,
        split: bundle.split ?? null,
        mayJoin: false,
      },
      bundle,
    );
    pending.sentNs = this.#options.nowNs();
  }

  #receive(message: StageMessage): Promise<void> | undefined {
    const sequence =
      message.type === 'batch' ? message.message.sequence : 'sequence' in message ? message.sequence : null;
    const pending = sequence === null ? undefined : this.#pending.get(sequence);
    if (pending === undefined) {
      throw wrong(`a ${message.type} message for bundle ${sequence}, which is not in flight`);
    }
    switch (message.type) {
      case 'batch':
        return this.#onBatch(pending, message);
      case 'failed_rows':
        for (const failed of message.rows) pending.failedRows.push(checkedRow(failed, pending.bundle.rows));
        break;
      case 'done':
        this.#onEnd(pending, message);
        break;
      case 'failed': {
        const { worker, stage } = this.#options;
        this.#forget(pending);
        this.#reject(pending, fromWireError(message.error, { worker, stage }));
        break;
      }
      default:
        throw wrong(`a ${message.type} message for a function stage`);
    }
    return undefined;
  }

  /** The worker goes on with a bundle whose answer has no place: the rest of it is dropped. */
  #onBatch(pending: Pending, received: ReceivedBatch): Promise<void> | undefined {
    const { done } = received.message;
    const end = () => {
      if (done !== null) this.#onEnd(pending, done);
      return undefined;
    };
    if (pending.isRejected) {
      releaseGroups(received.groups);
      return end();
    }
    const added = pending.answer.add(bundleBatch(received, pending.bundle, this.#options.keptGroups));
    return added === undefined
      ? end()
      : added.catch((error: unknown) => this.#reject(pending, error)).then(end);
  }

  #onEnd(pending: Pending, end: BundleEnd): void {
    if (pending.isRejected) this.#forget(pending);
    else this.#complete(pending, end);
  }

  #reject(pending: Pending, error: unknown): void {
    if (pending.isRejected) return;
    pending.isRejected = true;
    pending.answer.release();
    pending.reject(error);
  }

  #complete(pending: Pending, done: BundleEnd): void {
    const { parts: batches, rows } = pending.answer;
    if (batches.length !== done.batches || rows !== done.rows) {
      throw wrong(`${batches.length} batches of ${rows} rows and announced ${done.batches} of ${done.rows}`);
    }
    this.#forget(pending);
    this.#options.onAnswered(pending.bundle.rows);
    const nowNs = this.#options.nowNs();
    const timing = this.#clock.durations(
      { queuedNs: pending.queuedNs, sentNs: pending.sentNs ?? pending.queuedNs, answeredNs: nowNs },
      done.timing,
    );
    pending.resolve({ batches, failedRows: pending.failedRows, timing });
  }
}

/** While it is not known which function runs, the one that may take longest might. */
function limitOf(limits: TimeLimits, name: string | null, functions: readonly string[]): number | null {
  if (limits === null || typeof limits === 'number') return limits;
  if (name !== null) return limits.get(name) ?? null;
  return limits.size < functions.length ? null : Math.max(...limits.values());
}

interface Pending {
  readonly flight: Flight;
  readonly bundle: Bundle;
  readonly answer: BundleAnswer;
  /** Its caller knows of a failure, but the worker is still at it. */
  isRejected: boolean;
  readonly failedRows: FailedRow[];
  readonly queuedNs: bigint;
  sentNs: bigint | null;
  readonly resolve: (result: BundleResult) => void;
  readonly reject: (error: unknown) => void;
}

function bundleBatch(
  { message, groups, rowSelection }: ReceivedBatch,
  bundle: Bundle,
  keptGroups: number,
): BundleBatch {
  const kept = bundle.split === undefined ? 0 : keptGroups;
  if (groups.length < kept || groups.length > kept + 1) {
    throw wrong(`${groups.length} column groups in the answer to a bundle`);
  }
  checkAscending(rowSelection, bundle.rows);
  const result = { rows: message.rows, group: groups[kept] ?? null, rowSelection };
  return kept === 0 ? result : { ...result, kept: groups.slice(0, kept) };
}

function checkedRow(failed: FailedRow, rows: number): FailedRow {
  if (failed.row >= rows) throw wrong(`row ${failed.row} as failed in a bundle of ${rows} rows`);
  return failed;
}

function wrong(what: string): InternalError {
  return new InternalError('PROTOCOL_ANSWER', `A worker sent ${what}.`);
}
