/** An open relational stage: inputs under the worker's credit, output under ours. */
import { type Batch, CancelledError, InternalError, releaseGroups, sentBytes } from '../core/index.js';
import type { RelationalStageHandle, SequencedBatch } from './api.js';
import { BatchQueue } from './batch-queue.js';
import { CreditGate } from './credit-gate.js';
import type { DataSession, StageMessage } from './data-session.js';
import type { RunningWork } from './evidence.js';
import type { RelationalStatistics } from './protocol/messages.js';
import { fromWireError } from './wire-error.js';

/** What a relational stage needs. */
export interface RelationalStageOptions {
  readonly worker: string;
  /** The stage's name on the wire. */
  readonly wireName: string;
  /** The stage's name in messages. */
  readonly stage: string;
  readonly inputs: number;
  /** Output that may be on the way or unread. */
  readonly windowBytes: number;
  readonly data: DataSession;
  /** Tells the worker to forget the stage; interrupts its query if `isBusy`. Does not reject. */
  readonly closeInWorker: (isBusy: boolean) => Promise<void>;
}

export class RelationalStage implements RelationalStageHandle {
  readonly statistics: Promise<RelationalStatistics>;
  readonly #options: RelationalStageOptions;
  readonly #inputs: Input[];
  readonly #output: BatchQueue;
  readonly #detach: () => void;
  #takenBytes = 0;
  #state: 'running' | 'ended' | 'failed' = 'running';
  #closing: Promise<void> | null = null;
  #error: Error | null = null;
  #resolveStatistics: (statistics: RelationalStatistics) => void = () => undefined;
  #rejectStatistics: (error: Error) => void = () => undefined;

  constructor(options: RelationalStageOptions) {
    this.#options = options;
    this.#inputs = Array.from({ length: options.inputs }, () => ({
      gate: new CreditGate(),
      nextSequence: 0,
    }));
    this.#output = new BatchQueue((batch) => this.#onTaken(batch));
    this.statistics = new Promise((resolve, reject) => {
      this.#resolveStatistics = resolve;
      this.#rejectStatistics = reject;
    });
    // Who does not ask for the statistics learns of a failure from `batches` or `send`.
    this.statistics.catch(() => undefined);
    this.#detach = options.data.attach(options.wireName, (message) => {
      this.#receive(message);
      return undefined;
    });
  }

  get running(): RunningWork | null {
    return this.#state === 'running'
      ? { stage: this.#options.stage, functions: [], bundle: null, rows: null, finishedRows: null }
      : null;
  }

  /** Lets the worker begin to send; called once the stage is open. */
  begin(): void {
    this.#options.data.sendCredit(this.#options.wireName, this.#options.windowBytes);
  }

  async send(input: number, batch: Batch, mayJoin = false): Promise<number> {
    const { gate } = this.#input(input);
    await gate.pass(sentBytes(batch));
    const sequence = this.#inputs[input]!.nextSequence++;
    if (this.#state === 'ended') {
      return sequence;
    }
    await this.#options.data.sendBatch(
      { stage: this.#options.wireName, sequence, input, notCalled: null, split: null, mayJoin },
      batch,
    );
    return sequence;
  }

  async endInput(input: number): Promise<void> {
    // No bytes: passes behind the batches that still wait.
    await this.#input(input).gate.pass(0);
    if (this.#state === 'ended') {
      return;
    }
    await this.#options.data.sendEnd(this.#options.wireName, input);
  }

  batches(): AsyncIterableIterator<SequencedBatch> {
    return this.#output;
  }

  async cancel(): Promise<void> {
    if (this.#state === 'running') {
      this.fail(new CancelledError('CANCELLED', `Stage ${this.#options.stage} was cancelled.`));
      this.#closing ??= this.#options.closeInWorker(true);
    }
    await this.#closing;
  }

  async close(): Promise<void> {
    await this.cancel();
    this.#closing ??= this.#options.closeInWorker(false);
    // The worker takes its instructions in order: of a stage that has ended it need not answer before it gets the next.
    if (this.#state !== 'ended') await this.#closing;
    this.#detach();
    this.#output.drop();
  }

  /** The worker refused the stage. */
  abandon(error: unknown): void {
    this.#closing = Promise.resolve();
    this.#detach();
    this.fail(error instanceof Error ? error : new Error(String(error)));
  }

  /** Ends everything with `error`; after the end of the output it changes nothing. */
  fail(error: Error): void {
    if (this.#state !== 'running') {
      return;
    }
    this.#state = 'failed';
    this.#error = error;
    for (const { gate } of this.#inputs) {
      gate.fail(error);
    }
    this.#output.fail(error);
    this.#rejectStatistics(error);
  }

  #input(input: number): Input {
    const found = this.#inputs[input];
    if (found === undefined) {
      throw new InternalError('STAGE_INPUT', `Stage ${this.#options.stage} has no input ${input}.`);
    }
    return found;
  }

  #receive(message: StageMessage): void {
    if (this.#error !== null) {
      // Sent before the worker knew of the failure.
      if (message.type === 'batch') releaseGroups(message.groups);
      return;
    }
    switch (message.type) {
      case 'batch': {
        const { rows, continued, sequence } = message.message;
        this.#output.push({ kind: 'batch', rows, groups: message.groups, continued, sequence });
        break;
      }
      case 'credit':
        this.#input(message.input).gate.grant(message.bytes);
        break;
      case 'end':
        this.#onEnd(message.statistics);
        break;
      case 'failed':
        this.fail(fromWireError(message.error, { worker: this.#options.worker, stage: this.#options.stage }));
        break;
      case 'done':
        throw new InternalError('PROTOCOL_ANSWER', 'A worker sent a done message for a relational stage.');
    }
  }

  #onEnd(statistics: RelationalStatistics | null): void {
    if (statistics === null) {
      throw new InternalError('PROTOCOL_ANSWER', 'A worker ended a relational stage without its statistics.');
    }
    this.#state = 'ended';
    // A query that needs no more input (LIMIT) leaves senders waiting: what they send goes nowhere.
    for (const { gate } of this.#inputs) {
      gate.grant(Number.MAX_SAFE_INTEGER);
    }
    this.#output.end();
    this.#resolveStatistics(statistics);
  }

  /** Credit goes back in steps of an eighth of the window: until then seven are left, and one is enough to send. */
  #onTaken(batch: SequencedBatch): void {
    this.#takenBytes += sentBytes(batch);
    if (this.#state === 'running' && this.#takenBytes >= this.#options.windowBytes / 8) {
      this.#options.data.sendCredit(this.#options.wireName, this.#takenBytes);
      this.#takenBytes = 0;
    }
  }
}

interface Input {
  readonly gate: CreditGate;
  nextSequence: number;
}
