/** An open function stage: bundles out, results back, matched by sequence. */
import { CancelledError, InternalError } from '../core/index.js';
import type { Bundle, BundleBatch, BundleResult, FunctionStageHandle } from './api.js';
import { BundleClock } from './bundle-clock.js';
import type { DataSession, ReceivedBatch, StageMessage } from './data-session.js';
import { checkAscending } from './protocol/frames.js';
import type { ColumnSpec, Done } from './protocol/messages.js';
import type { RunningWork } from './verdict.js';
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
  readonly output: readonly ColumnSpec[];
  readonly nowNs: () => bigint;
  /** Interrupts what the worker runs for the stage. */
  readonly cancelInWorker: () => Promise<void>;
  /** Tells the worker to forget the stage. */
  readonly closeInWorker: () => Promise<void>;
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

  /** The oldest bundle in the worker; null when there is none. */
  get running(): RunningWork | null {
    for (const pending of this.#pending.values()) {
      const { sequence, rows } = pending.bundle;
      return { stage: this.#options.stage, functions: this.#options.functions, bundle: sequence, rows };
    }
    return null;
  }

  process(bundle: Bundle): Promise<BundleResult> {
    if (this.#end !== null) {
      return Promise.reject(this.#end);
    }
    if (this.#pending.has(bundle.sequence)) {
      const message = `Bundle ${bundle.sequence} of stage ${this.#options.stage} is already in flight.`;
      return Promise.reject(new InternalError('BUNDLE_SEQUENCE', message));
    }
    return new Promise((resolve, reject) => {
      const pending: Pending = {
        bundle,
        batches: [],
        queuedNs: this.#options.nowNs(),
        sentNs: null,
        resolve,
        reject,
      };
      this.#pending.set(bundle.sequence, pending);
      void this.#send(pending);
    });
  }

  async close(): Promise<void> {
    if (this.#end !== null) {
      return;
    }
    const isBusy = this.#pending.size > 0;
    this.fail(new CancelledError('CANCELLED', `Stage ${this.#options.stage} was closed.`));
    if (isBusy) {
      await this.#options.cancelInWorker();
    }
    await this.#options.closeInWorker();
  }

  /** Rejects what is in flight and everything later. */
  fail(error: Error): void {
    this.#end ??= error;
    this.#detach();
    for (const pending of this.#pending.values()) {
      pending.reject(this.#end);
    }
    this.#pending.clear();
  }

  async #send(pending: Pending): Promise<void> {
    const { bundle } = pending;
    await this.#options.data.sendBatch(
      { stage: this.#options.wireName, sequence: bundle.sequence, input: 0 },
      bundle,
    );
    pending.sentNs = this.#options.nowNs();
  }

  #receive(message: StageMessage): void {
    const sequence =
      message.type === 'batch' ? message.message.sequence : 'sequence' in message ? message.sequence : null;
    const pending = sequence === null ? undefined : this.#pending.get(sequence);
    if (pending === undefined) {
      throw wrong(`a ${message.type} message for bundle ${sequence}, which is not in flight`);
    }
    switch (message.type) {
      case 'batch':
        pending.batches.push(bundleBatch(message, pending.bundle.rows));
        break;
      case 'done':
        this.#complete(pending, message);
        break;
      case 'failed':
        this.#pending.delete(pending.bundle.sequence);
        pending.reject(
          fromWireError(message.error, { worker: this.#options.worker, stage: this.#options.stage }),
        );
        break;
      default:
        throw wrong(`a ${message.type} message for a function stage`);
    }
  }

  #complete(pending: Pending, done: Done): void {
    const { batches } = pending;
    const rows = batches.reduce((sum, batch) => sum + batch.rows, 0);
    if (batches.length !== done.batches || rows !== done.rows) {
      throw wrong(`${batches.length} batches of ${rows} rows and announced ${done.batches} of ${done.rows}`);
    }
    this.#pending.delete(done.sequence);
    const nowNs = this.#options.nowNs();
    const timing = this.#clock.durations(
      { queuedNs: pending.queuedNs, sentNs: pending.sentNs ?? nowNs, answeredNs: nowNs },
      done.timing,
    );
    pending.resolve({ batches, timing });
  }
}

interface Pending {
  readonly bundle: Bundle;
  readonly batches: BundleBatch[];
  readonly queuedNs: bigint;
  sentNs: bigint | null;
  readonly resolve: (result: BundleResult) => void;
  readonly reject: (error: unknown) => void;
}

function bundleBatch({ message, groups, rowSelection }: ReceivedBatch, bundleRows: number): BundleBatch {
  if (groups.length > 1) {
    throw wrong(`${groups.length} column groups in the answer to a bundle`);
  }
  checkAscending(rowSelection, bundleRows);
  return { rows: message.rows, group: groups[0] ?? null, rowSelection };
}

function wrong(what: string): InternalError {
  return new InternalError('PROTOCOL_ANSWER', `A worker sent ${what}.`);
}
