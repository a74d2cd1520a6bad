/** Event time begins: notes with each row the watermark before it, and emits watermarks as rows move time on. */
import {
  type Barrier,
  type Batch,
  BatchEncoder,
  type BatchRow,
  batchRows,
  decodeBatch,
  type Exchange,
  type HeapState,
  type Operator,
  type OperatorContext,
  type OperatorSurroundings,
  type OperatorValue,
  plain,
  SourceError,
  type StreamOperator,
  type StreamStage,
  type ValueReader,
  type Watermark,
} from '../../core/index.js';
import { Turns } from '../turns.js';
import { millisecondsOf } from './event-time.js';

/**
 * A watermark follows at once on a row that moves it by more than the interval, as in Flink; a smaller step is said
 * when the interval has passed. Rows leave as they came, in their own groups.
 */
export class WatermarkOperator implements Operator {
  #context!: OperatorContext;
  readonly #input: Exchange;
  /** The groups of the input that hold the two columns read here. */
  readonly #read: readonly number[];
  readonly #encoder: BatchEncoder | null;
  /** The furthest that rows have moved time, and what of it has been said. */
  readonly #seen: OperatorValue<number>;
  readonly #said: OperatorValue<number>;
  #emitted = Number.NEGATIVE_INFINITY;
  #cancelTimer: (() => void) | null = null;
  readonly #turns = new Turns();

  constructor(
    private readonly stage: StreamStage & {
      readonly operator: Extract<StreamOperator<number>, { kind: 'watermark' }>;
    },
    private readonly job: OperatorSurroundings,
    private readonly state: HeapState,
    private readonly intervalMs: number,
  ) {
    this.#seen = state.value('seen', plain<number>(), Number.NEGATIVE_INFINITY);
    this.#said = state.value('said', plain<number>(), Number.NEGATIVE_INFINITY);
    const exchange = (id: string) => job.graph.exchanges.find((candidate) => candidate.id === id)!;
    this.#input = exchange(stage.inputs[0]!);
    const { rowtime, watermark } = stage.operator;
    this.#read = this.#input.groups.flatMap((positions, i) =>
      positions.includes(rowtime) || positions.includes(watermark) ? [i] : [],
    );
    const output = exchange(stage.output!);
    const made = stage.operator.outputs.length > 0 ? output.groups.at(-1)! : [];
    this.#encoder =
      made.length === 0
        ? null
        : new BatchEncoder(
            made.map((position) => output.columns[position]!),
            job.schemas,
          );
  }

  async open(context: OperatorContext): Promise<void> {
    this.#context = context;
  }

  processBatch(batch: Batch): Promise<void> {
    return this.#turns.alone(async () => {
      const clocks = this.#clocksOf(batch);
      const kept = this.stage.keptGroups.map((group) => batch.groups[group]!);
      const made = this.#encoder?.rows(clocks).groups ?? [];
      await this.#context.output.emit({ ...batch, groups: [...kept, ...made] });
      await this.#say();
      this.#sayLater();
    });
  }

  /** The end of a bounded input is the end of its time. Watermarks from before mean nothing here. */
  processWatermark(watermark: Watermark): Promise<void> {
    if (watermark.timestampMs !== Number.POSITIVE_INFINITY) return Promise.resolve();
    return this.#turns.alone(async () => {
      this.#cancelTimer?.();
      await this.#context.output.emit(watermark);
    });
  }

  snapshot(barrier: Barrier): Promise<void> {
    return this.#turns.alone(async () => {
      this.#context.acknowledge(barrier.checkpointId, this.state.snapshot());
      await this.#context.output.emit(barrier);
    });
  }

  async endInput(): Promise<void> {}

  async close(): Promise<void> {
    this.#cancelTimer?.();
    await this.state.close();
  }

  /** The clock of each row, as a row of its own. */
  #clocksOf(batch: Batch): BatchRow[] {
    const [timeOf, watermarkOf] = this.#readers(batch);
    let clock: BatchRow = clockAt(this.#said.value);
    const clocks: BatchRow[] = [];
    for (let row = 0; row < batch.rows; row++) {
      clocks.push(clock);
      if (timeOf(row) === null) throw missingTime();
      const value = watermarkOf(row);
      if (value === null) continue;
      this.#seen.value = Math.max(this.#seen.value, millisecondsOf(value as bigint));
      if (this.#seen.value - this.#said.value > this.intervalMs) {
        this.#said.value = this.#seen.value;
        clock = clockAt(this.#said.value);
      }
    }
    return clocks;
  }

  /** Readers of the event time and the watermark of a row. */
  #readers(batch: Batch): readonly [ValueReader, ValueReader] {
    const { rowtime, watermark } = this.stage.operator;
    if (batch.groups.every((group) => group.rows !== undefined && group.selection === null)) {
      const rows = batchRows(batch, this.#input, this.job.schemas);
      return [(row) => rows[row]![rowtime]!, (row) => rows[row]![watermark]!];
    }
    const groups = this.#read.map((group) => batch.groups[group]!);
    const read = { columns: this.#input.columns, groups: this.#read.map((i) => this.#input.groups[i]!) };
    const columns = decodeBatch({ ...batch, groups }, read, this.job.schemas);
    return [columns[rowtime]!.value, columns[watermark]!.value];
  }

  async #say(): Promise<void> {
    if (this.#said.value <= this.#emitted) return;
    this.#emitted = this.#said.value;
    this.#context.metrics.watermarkMs = this.#emitted;
    await this.#context.output.emit({ kind: 'watermark', timestampMs: this.#said.value });
  }

  #sayLater(): void {
    if (this.#cancelTimer !== null || this.#seen.value <= this.#said.value) return;
    this.#cancelTimer = this.#context.timers.after(this.intervalMs, () => {
      this.#cancelTimer = null;
      this.#turns
        .alone(async () => {
          this.#said.value = this.#seen.value;
          await this.#say();
        })
        .catch((error: unknown) => this.#context.fail(error));
    });
  }
}

function clockAt(watermarkMs: number): BatchRow {
  return [Number.isFinite(watermarkMs) ? BigInt(watermarkMs) : null];
}

function missingTime(): SourceError {
  return new SourceError('ROWTIME_NULL', 'A row has no event time: the column of its WATERMARK is NULL.', {
    details: {},
    hint: 'Compute the column so that it never is NULL, or leave such rows out of the source.',
  });
}
