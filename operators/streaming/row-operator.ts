/** Runs a row function: batches to rows, rows to batches, and time between them. */
import {
  type Barrier,
  type Batch,
  BatchEncoder,
  type Exchange,
  eachRow,
  type HeapState,
  type Operator,
  type OperatorContext,
  type OperatorSurroundings,
  type OperatorValue,
  plain,
  type SqlValue,
  type StreamStage,
  type Watermark,
} from '../../core/index.js';
import { Turns } from '../turns.js';
import { MiniBatch } from './mini-batch.js';
import { type Change, type Collector, INSERT, type Row, type RowFunction } from './row-function.js';
import { pausesOf } from './snapshot-pauses.js';

const MOST_ROWS_PER_BATCH = 8_192;

/**
 * One row after the other, each after the watermark that its clock says; the calls of several inputs take turns.
 * Output carries the watermark that was in force when it was made.
 */
export class RowOperator implements Operator {
  readonly isWorking?: () => boolean;
  readonly unitesInputs: boolean;
  #context!: OperatorContext;
  readonly #turns = new Turns();
  readonly #inputs: readonly Exchange[];
  /** The watermark of each input. */
  readonly #clocks: OperatorValue<number[]>;
  /** The clock that each input's last row had. */
  readonly #ticked: (bigint | null)[];
  readonly #encoder: BatchEncoder;
  readonly #out: OutputRows;
  readonly #isTimed: boolean;
  readonly #watermark: OperatorValue<number>;
  #cancelSleep: (() => void) | null = null;

  constructor(
    private readonly stage: OperatorStage,
    private readonly job: OperatorSurroundings,
    private readonly rows: RowFunction,
    private readonly state: HeapState,
    private readonly outside: Outside | null = null,
    private readonly collected = new MiniBatch(),
  ) {
    this.unitesInputs = stage.operator.kind === 'union';
    const exchange = (id: string) => job.graph.exchanges.find((candidate) => candidate.id === id)!;
    this.#inputs = stage.inputs.map(exchange);
    const beginning = stage.inputs.map(() => Number.NEGATIVE_INFINITY);
    this.#clocks = state.value('clocks', plain<number[]>(), beginning);
    this.#ticked = stage.inputs.map(() => null);
    this.#watermark = state.value('time', plain<number>(), Number.NEGATIVE_INFINITY);
    this.#encoder = new BatchEncoder(exchange(stage.output!).columns, job.schemas);
    this.#isTimed = stage.operator.outputs.some((output) => output.kind === 'clock');
    this.#out = new OutputRows(stage, () => this.#context.metrics);
    this.#out.at(this.#watermark.value);
    if (outside !== null) this.isWorking = () => outside.isWorking();
  }

  async open(context: OperatorContext): Promise<void> {
    this.#context = context;
    await this.outside?.open(context);
    this.#sleep();
  }

  processBatch(batch: Batch, input: number): Promise<void> {
    return this.#turns.alone(async () => {
      const { change, clock } = this.stage.operator.inputs[input]!;
      this.rows.beginBatch?.(this.#context.clock.nowMs(), this.#out);
      for (const row of eachRow(batch, this.#inputs[input]!, this.job.schemas, this.rows)) {
        if (clock !== null && row[clock] !== null) this.#tick(input, row[clock] as bigint);
        this.rows.process(row, change === null ? INSERT : (row[change] as Change), input, this.#out);
        if (this.#out.count >= MOST_ROWS_PER_BATCH) await this.#send();
      }
      this.collected.add(batch.rows);
      await this.#finish();
      if (this.rows.isDone === true) this.#context.stopInputs();
    });
  }

  processWatermark(watermark: Watermark): Promise<void> {
    return this.#turns.alone(async () => {
      if (watermark.miniBatch !== undefined) {
        await this.#sayCollected();
        await this.#context.output.emit(watermark);
        return;
      }
      if (this.rows.timeMs !== undefined && watermark.timestampMs !== Number.POSITIVE_INFINITY) return;
      this.#advance(watermark.timestampMs);
      if (this.#isTimed || watermark.timestampMs === Number.POSITIVE_INFINITY) this.collected.clear();
      await this.#finish();
      await this.#context.output.emit(watermark);
    });
  }

  snapshot(barrier: Barrier): Promise<void> {
    return this.#turns.alone(async () => {
      await this.#sayCollected();
      const state = this.state.snapshotInSteps(pausesOf(this.#context), barrier);
      this.#context.acknowledge(barrier.checkpointId, state);
      await this.#context.output.emit(barrier);
    });
  }

  endInput(input: number): Promise<void> {
    return this.#turns.alone(async () => {
      this.#clocks.value[input] = Number.POSITIVE_INFINITY;
      await this.#sayCollected();
    });
  }

  async close(): Promise<void> {
    this.#cancelSleep?.();
    try {
      await this.outside?.close();
    } finally {
      await this.state.close(this.#context?.signal);
    }
  }

  checkpointCompleted(checkpointId: number): void {
    this.state.checkpointCompleted(checkpointId);
  }

  whyNotAgain(): string | null {
    return this.outside?.whyNotAgain() ?? null;
  }

  /** Until the clock has something to do. */
  #sleep(): void {
    this.#cancelSleep?.();
    this.#cancelSleep = null;
    const wakeAt = this.rows.wakeAt?.() ?? Number.POSITIVE_INFINITY;
    if (wakeAt === Number.POSITIVE_INFINITY) return;
    const { timers, clock } = this.#context;
    this.#cancelSleep = timers.after(Math.max(0, wakeAt - clock.nowMs()), () => {
      this.#turns.alone(() => this.#wake()).catch((error: unknown) => this.#context.fail(error));
    });
  }

  async #wake(): Promise<void> {
    this.rows.wake?.(this.#context.clock.nowMs(), this.#out);
    await this.#finish();
    await this.#sayTime();
  }

  /** Of a function that knows how far time is. */
  async #sayTime(): Promise<void> {
    const { timeMs } = this.rows;
    if (timeMs === undefined || timeMs <= this.#watermark.value) return;
    this.#watermark.value = timeMs;
    this.#context.metrics.watermarkMs = timeMs;
    this.#out.at(timeMs);
    await this.#context.output.emit({ kind: 'watermark', timestampMs: timeMs });
  }

  async #sayCollected(): Promise<void> {
    if (this.collected.isEmpty) return;
    this.collected.clear();
    await this.#finish();
  }

  /** What was collected is said, unless it waits for more, and goes out; from here on nobody holds a thing of the state. */
  async #finish(): Promise<void> {
    if (!this.collected.isWaiting) {
      this.collected.clear();
      this.rows.flush?.(this.#out);
      await this.rows.endBatch?.(this.#out);
      this.state.betweenBatches();
    }
    await this.#send();
    this.#sleep();
  }

  /** The clock of one input; time is the least of all. */
  #tick(input: number, clock: bigint): void {
    // A watermark is one value in the rows between it and the next.
    if (clock === this.#ticked[input]) return;
    this.#ticked[input] = clock;
    const clockMs = Number(clock);
    if (clockMs <= this.#clocks.value[input]!) return;
    this.#clocks.value[input] = clockMs;
    this.#advance(Math.min(...this.#clocks.value));
  }

  #advance(watermarkMs: number): void {
    if (watermarkMs <= this.#watermark.value) return;
    // What came before this moment is said before it, where somebody reads the time of it.
    if (this.#isTimed) this.rows.flush?.(this.#out);
    // What time itself puts out was made before it: whoever reads it is not late.
    this.rows.advance?.(watermarkMs, this.#out);
    this.#watermark.value = watermarkMs;
    if (Number.isFinite(watermarkMs)) this.#context.metrics.watermarkMs = watermarkMs;
    this.#out.at(watermarkMs);
  }

  async #send(): Promise<void> {
    if (this.#out.count === 0) return;
    const rows = this.#out.take();
    for (let from = 0; from < rows.length; from += MOST_ROWS_PER_BATCH) {
      const isAll = rows.length <= MOST_ROWS_PER_BATCH;
      const part = isAll ? rows : rows.slice(from, from + MOST_ROWS_PER_BATCH);
      await this.#context.output.emit(this.#encoder.rows(part));
    }
  }
}

/** Workers that the row function asks. */
export type Outside = Required<Pick<Operator, 'open' | 'close' | 'isWorking' | 'whyNotAgain'>>;

/** A stage that an operator of the core runs. */
type OperatorStage = Pick<StreamStage, 'inputs' | 'output' | 'operator'>;

/** Rows on their way out. */
class OutputRows implements Collector {
  #clock: bigint | null = null;
  #rows: Row[] = [];
  readonly #outputs: StreamStage['operator']['outputs'];
  /** The results of the function are the row. */
  readonly #isResults: boolean;

  constructor(
    stage: OperatorStage,
    private readonly metrics: () => OperatorContext['metrics'],
  ) {
    this.#outputs = stage.operator.outputs;
    this.#isResults = this.#outputs.every((output, i) => output.kind === 'result' && output.result === i);
  }

  get count(): number {
    return this.#rows.length;
  }

  emit(
    change: Change,
    rows: readonly (Row | null)[],
    results: readonly SqlValue[],
    clockMs: number | null = null,
  ): void {
    if (this.#isResults && results.length === this.#outputs.length) {
      this.#rows.push(results);
      return;
    }
    const clock = clockMs === null ? this.#clock : clockOf(clockMs);
    const outputs = this.#outputs;
    const row = new Array<SqlValue>(outputs.length);
    for (let i = 0; i < outputs.length; i++) {
      row[i] = outputValue(outputs[i]!, change, rows, results, clock);
    }
    this.#rows.push(row);
  }

  /** Rows from here on were made after that watermark. */
  at(watermarkMs: number): void {
    this.#clock = clockOf(watermarkMs) ?? this.#clock;
  }

  late(): void {
    this.metrics().lateRows += 1;
  }

  take(): readonly Row[] {
    const taken = this.#rows;
    this.#rows = [];
    return taken;
  }
}

function clockOf(watermarkMs: number): bigint | null {
  return Number.isFinite(watermarkMs) ? BigInt(watermarkMs) : null;
}

function outputValue(
  output: StreamStage['operator']['outputs'][number],
  change: Change,
  rows: readonly (Row | null)[],
  results: readonly SqlValue[],
  clock: bigint | null,
): SqlValue {
  switch (output.kind) {
    case 'input':
      return rows[output.input]?.[output.column] ?? null;
    case 'result':
      return results[output.result]!;
    case 'change':
      return change;
    case 'clock':
      return clock;
  }
}
