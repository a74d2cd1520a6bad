/**
 * A relational stage: DuckDB in a worker of its own. Batches go in as the worker has room, its output comes out as the
 * edge downstream has; the two directions do not wait for each other.
 */
import type { RelationalStageHandle, Worker } from '../../bridge/index.js';
import {
  type Barrier,
  type Batch,
  type Operator,
  type OperatorContext,
  releaseGroups,
  type SourceOperator,
  type StageMetrics,
  type Watermark,
} from '../../core/index.js';
import { Turns } from '../turns.js';

/** Names a file of the stage that can be read only once; null: it can be run again. */
export type ReadOnce = () => string | null;

/** Opens the stage in a worker and notes the worker's peak in the stage's metrics; the operator closes what it returns. */
export type OpenRelational = (metrics: StageMetrics) => Promise<{
  readonly worker: Pick<Worker, 'progress'>;
  readonly stage: RelationalStageHandle;
  /** Ends the worker: it may finish what it does, or where the job was aborted it is killed. */
  close(isAborted: boolean): Promise<void>;
}>;

type Opened = Awaited<ReturnType<OpenRelational>>;

/** What a source of files says of its place to a checkpoint, after so many rows. */
export type PositionAfter = (rows: number) => Uint8Array;

/** A stage that reads files only. */
export class RelationalSource implements SourceOperator {
  #opened: Opened | null = null;
  #context!: OperatorContext;
  #rows = 0;
  readonly #turns = new Turns();

  constructor(
    private readonly open_: OpenRelational,
    private readonly readOnce: ReadOnce = () => null,
    private readonly positionAfter: PositionAfter | null = null,
  ) {}

  async open(context: OperatorContext): Promise<void> {
    this.#context = context;
    this.#opened = await openStage(this.open_, context);
  }

  async run(): Promise<void> {
    const { stage, worker } = this.#opened!;
    await forward(stage, this.#context, {
      emit: (batch) =>
        this.#turns.alone(async () => {
          await this.#context.output.emit(batch);
          this.#rows += batch.rows;
        }),
      afterBatch: async () => {
        this.#context.metrics.fractionRead = worker.progress()?.fraction ?? null;
      },
    });
  }

  snapshot(barrier: Barrier): Promise<void> {
    return this.#turns.alone(async () => {
      this.#context.acknowledge(barrier.checkpointId, this.positionAfter?.(this.#rows) ?? null);
      await this.#context.output.emit(barrier);
    });
  }

  /** Resolves when all barriers that were asked for have gone out. */
  settled(): Promise<void> {
    return this.#turns.alone(async () => {});
  }

  whyNotAgain(): string | null {
    return this.readOnce();
  }

  async close(): Promise<void> {
    await this.#opened?.close(this.#context.signal.aborted);
  }
}

/**
 * A stage with inputs: a query over whole inputs, or with `perBatch` over each batch by itself, and those that wait for the worker
 * together. What stands between two batches keeps them apart.
 */
export class RelationalOperator implements Operator {
  #opened: Opened | null = null;
  #context!: OperatorContext;
  #forwarding: Promise<void> = Promise.resolve();
  #openInputs: number;
  #sent = 0;
  #answered = 0;
  /** Nothing stands between the last batch and the next. */
  #mayJoin = false;
  readonly #markers: { readonly after: number; readonly emit: () => Promise<void> }[] = [];

  constructor(
    private readonly open_: OpenRelational,
    inputs: number,
    private readonly perBatch: boolean,
    private readonly readOnce: ReadOnce = () => null,
  ) {
    this.#openInputs = inputs;
  }

  async open(context: OperatorContext): Promise<void> {
    this.#context = context;
    this.#opened = await openStage(this.open_, context);
    // A query may end before its inputs do (LIMIT): then nobody has to make the rest of them.
    this.#forwarding = forward(this.#opened.stage, context, {
      afterBatch: (sequence) => this.#afterBatch(sequence),
    }).then(() => context.stopInputs());
    // Awaited at the last endInput; a failure before that must reach the job at once.
    this.#forwarding.catch((error) => context.fail(error));
  }

  async processBatch(batch: Batch, input: number): Promise<void> {
    this.#sent += 1;
    const mayJoin = this.#mayJoin;
    this.#mayJoin = this.perBatch;
    await this.#opened!.stage.send(input, batch, mayJoin);
  }

  async processWatermark(watermark: Watermark): Promise<void> {
    // A query over whole inputs answers at their end: until then no watermark holds for its output.
    if (!this.perBatch) return;
    await this.#mark(() => this.#context.output.emit(watermark));
  }

  async snapshot(barrier: Barrier): Promise<void> {
    await this.#mark(async () => {
      this.#context.acknowledge(barrier.checkpointId, null);
      await this.#context.output.emit(barrier);
    });
  }

  async endInput(input: number): Promise<void> {
    await this.#opened!.stage.endInput(input);
    this.#openInputs -= 1;
    if (this.#openInputs === 0) await this.#forwarding;
  }

  whyNotAgain(): string | null {
    return this.readOnce();
  }

  async close(): Promise<void> {
    await this.#opened?.close(this.#context.signal.aborted);
  }

  /** Emits once everything sent so far has come back. */
  async #mark(emit: () => Promise<void>): Promise<void> {
    this.#mayJoin = false;
    if (!this.perBatch || this.#answered === this.#sent) await emit();
    else this.#markers.push({ after: this.#sent, emit });
  }

  async #afterBatch(sequence: number): Promise<void> {
    this.#answered = sequence + 1;
    while (this.#markers[0] !== undefined && this.#markers[0].after <= this.#answered) {
      await this.#markers.shift()!.emit();
    }
  }
}

async function openStage(open: OpenRelational, context: OperatorContext): Promise<Opened> {
  const opened = await open(context.metrics);
  context.signal.addEventListener('abort', () => void opened.stage.cancel().catch(() => undefined), {
    once: true,
  });
  return opened;
}

async function forward(
  stage: RelationalStageHandle,
  context: OperatorContext,
  {
    emit = (batch) => context.output.emit(batch),
    afterBatch,
  }: {
    readonly emit?: (batch: Batch) => Promise<void>;
    readonly afterBatch: (sequence: number) => Promise<void>;
  },
): Promise<void> {
  for await (const batch of stage.batches()) {
    await emit(batch);
    releaseGroups(batch.groups);
    await afterBatch(batch.sequence);
  }
  // Rows that a sink wrote never pass the task that counts.
  context.metrics.rowsOut += (await stage.statistics).written;
}
