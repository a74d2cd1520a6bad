/** Event time begins: notes with each row the watermark before it, and emits watermarks as rows move time on. */
import {
  type Barrier,
  type Batch,
  BatchEncoder,
  type BatchRow,
  batchRows,
  decodeBatch,
  type EndedSplits,
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
  unpackedSplit,
  type ValueReader,
  type Watermark,
} from '../../core/index.js';
import { Turns } from '../turns.js';
import { millisecondsOf } from './event-time.js';
import { SplitTimes, type SplitTimesState } from './split-times.js';

/** What a job says of event time; a table may say otherwise. */
export interface EventTimeSettings {
  /** `pipeline.auto-watermark-interval`. */
  readonly intervalMs: number;
  /** `table.exec.source.idle-timeout`; 0: no source is ever idle. */
  readonly idleTimeoutMs: number;
}

/** Flink's. */
export const STANDARD_EVENT_TIME: EventTimeSettings = { intervalMs: 200, idleTimeoutMs: 0 };

/**
 * A watermark follows at once on a row that moves it by more than the interval, as in Flink; a smaller step is said
 * when the interval has passed. Where rows are of several splits, time is the least over those that are neither idle nor at
 * their end. Rows leave as they came, in their own groups.
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
  /** How far time is in each split. */
  readonly #splits: OperatorValue<SplitTimesState>;
  readonly #times: SplitTimes;
  /** 0: never. */
  readonly #idleTimeoutMs: number;
  #isIdle = false;
  #cancelLook: (() => void) | null = null;
  #rowsSinceSaid = 0;
  #emitted = Number.NEGATIVE_INFINITY;
  #cancelTimer: (() => void) | null = null;
  readonly #turns = new Turns();

  constructor(
    private readonly stage: StreamStage & {
      readonly operator: Extract<StreamOperator<number>, { kind: 'watermark' }>;
    },
    private readonly job: OperatorSurroundings,
    private readonly state: HeapState,
    private readonly settings: EventTimeSettings,
  ) {
    this.#splits = state.value('splits', plain<SplitTimesState>(), []);
    this.#idleTimeoutMs = stage.operator.options.idleTimeoutMs ?? settings.idleTimeoutMs;
    this.#times = new SplitTimes(this.#idleTimeoutMs, this.#splits.value);
    this.#seen = state.value('seen', plain<number>(), Number.NEGATIVE_INFINITY);
    this.#said = state.value('said', plain<number>(), Number.NEGATIVE_INFINITY);
    const exchange = (id: string) => job.graph.exchanges.find((candidate) => candidate.id === id)!;
    this.#input = exchange(stage.inputs[0]!);
    const { rowtime, watermark, split } = stage.operator;
    const read = [rowtime, watermark, ...(split === null ? [] : [split])];
    this.#read = this.#input.groups.flatMap((positions, i) =>
      read.some((column) => positions.includes(column)) ? [i] : [],
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
    this.#times.start(context.clock.nowMs());
    this.#lookLater();
  }

  processBatch(batch: Batch): Promise<void> {
    return this.#turns.alone(async () => {
      if (this.#isIdle) await this.#wake();
      const clocks = this.#clocksOf(batch);
      const kept = this.stage.keptGroups.map((group) => batch.groups[group]!);
      const made = this.#encoder?.rows(clocks).groups ?? [];
      await this.#context.output.emit({ ...batch, groups: [...kept, ...made] });
      await this.#say();
      this.#sayLater();
      this.#lookLater();
    });
  }

  /** The end of a bounded input is the end of its time. Watermarks from before mean nothing here. */
  processWatermark(watermark: Watermark): Promise<void> {
    if (watermark.miniBatch !== undefined)
      return this.#turns.alone(() => this.#context.output.emit(watermark));
    const { splits } = watermark;
    if (splits !== undefined) return this.#turns.alone(() => this.#endSplits(splits));
    if (watermark.timestampMs !== Number.POSITIVE_INFINITY) return Promise.resolve();
    return this.#turns.alone(async () => {
      this.#cancelTimer?.();
      this.#cancelLook?.();
      await this.#context.output.emit(watermark);
    });
  }

  snapshot(barrier: Barrier): Promise<void> {
    return this.#turns.alone(async () => {
      this.#splits.value = this.#times.save();
      this.#context.acknowledge(barrier.checkpointId, this.state.snapshot());
      await this.#context.output.emit(barrier);
    });
  }

  async endInput(): Promise<void> {}

  async close(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelLook?.();
    await this.state.close();
  }

  /** The clock of each row, as a row of its own. */
  #clocksOf(batch: Batch): BatchRow[] {
    const [timeOf, watermarkOf, splitOf] = this.#readers(batch);
    const nowMs = this.#context.clock.nowMs();
    if (splitOf === null && batch.rows > 0) this.#times.note(0, 1, null, nowMs);
    let clock: BatchRow = clockAt(this.#said.value);
    const clocks: BatchRow[] = [];
    // Rows of a split mostly come together.
    let packed: bigint | null = null;
    let split = { index: 0, count: 0 };
    for (let row = 0; row < batch.rows; row++) {
      clocks.push(clock);
      if (timeOf(row) === null) throw missingTime(this.stage.operator.of);
      const value = watermarkOf(row);
      let timeMs = value === null ? null : millisecondsOf(value as bigint);
      if (splitOf !== null) {
        const next = splitOf(row) as bigint;
        if (next !== packed) split = unpackedSplit(next);
        packed = next;
        this.#times.note(split.index, split.count, timeMs, nowMs);
        timeMs = this.#times.timeMs;
      }
      if (timeMs !== null && timeMs > this.#seen.value) this.#seen.value = timeMs;
      if (this.#isDue()) {
        this.#said.value = this.#seen.value;
        clock = clockAt(this.#said.value);
      }
    }
    return clocks;
  }

  /** True where a row moves time at once. */
  #isDue(): boolean {
    const { eventGap } = this.stage.operator.options;
    const step = this.#seen.value - this.#said.value;
    if (eventGap === null) return step > this.settings.intervalMs;
    this.#rowsSinceSaid += 1;
    if (this.#rowsSinceSaid < eventGap) return false;
    this.#rowsSinceSaid = 0;
    return step > 0;
  }

  /** Readers of the event time, the watermark and the split of a row. */
  #readers(batch: Batch): readonly [ValueReader, ValueReader, ValueReader | null] {
    const { rowtime, watermark, split } = this.stage.operator;
    if (batch.groups.every((group) => group.rows !== undefined && group.selection === null)) {
      const rows = batchRows(batch, this.#input, this.job.schemas);
      return [
        (row) => rows[row]![rowtime]!,
        (row) => rows[row]![watermark]!,
        split === null ? null : (row) => rows[row]![split]!,
      ];
    }
    const groups = this.#read.map((group) => batch.groups[group]!);
    const read = { columns: this.#input.columns, groups: this.#read.map((i) => this.#input.groups[i]!) };
    const columns = decodeBatch({ ...batch, groups }, read, this.job.schemas);
    const splits = split === null ? null : columns[split]!.value;
    return [columns[rowtime]!.value, columns[watermark]!.value, splits];
  }

  async #say(): Promise<void> {
    if (this.#said.value <= this.#emitted) return;
    this.#emitted = this.#said.value;
    this.#context.metrics.watermarkMs = this.#emitted;
    await this.#context.output.emit({ kind: 'watermark', timestampMs: this.#said.value });
  }

  #sayLater(): void {
    // With a gap in rows, the clock has no say.
    if (this.stage.operator.options.eventGap !== null) return;
    if (this.#cancelTimer !== null || this.#seen.value <= this.#said.value) return;
    this.#cancelTimer = this.#context.timers.after(this.settings.intervalMs, () => {
      this.#cancelTimer = null;
      this.#turns
        .alone(async () => {
          this.#said.value = this.#seen.value;
          await this.#say();
        })
        .catch((error: unknown) => this.#context.fail(error));
    });
  }

  /** Time goes on without them, as said with the next row or by the clock. */
  async #endSplits({ ended, count }: EndedSplits): Promise<void> {
    this.#times.end(ended, count, this.#context.clock.nowMs());
    this.#seen.value = Math.max(this.#seen.value, this.#times.timeMs);
    if (this.#times.isIdle && !this.#isIdle) await this.#becomeIdle();
    else this.#sayLater();
  }

  /** When a split may have become idle. */
  #lookLater(): void {
    if (this.#idleTimeoutMs === 0 || this.#cancelLook !== null) return;
    const at = this.#times.lookAtMs;
    if (at === Number.POSITIVE_INFINITY) return;
    const { timers, clock } = this.#context;
    this.#cancelLook = timers.after(Math.max(0, at - clock.nowMs()), () => {
      this.#cancelLook = null;
      this.#turns.alone(() => this.#look()).catch((error: unknown) => this.#context.fail(error));
    });
  }

  async #look(): Promise<void> {
    if (this.#times.look(this.#context.clock.nowMs())) {
      const isDivided = this.stage.operator.split !== null;
      if (isDivided) this.#seen.value = Math.max(this.#seen.value, this.#times.timeMs);
      if (this.#times.isIdle) await this.#becomeIdle();
      else {
        this.#said.value = this.#seen.value;
        await this.#say();
      }
    }
    this.#lookLater();
  }

  /** Nobody is to wait for this input; how far time is, is said before. */
  async #becomeIdle(): Promise<void> {
    this.#said.value = this.#seen.value;
    await this.#say();
    this.#isIdle = true;
    await this.#emit({ isIdle: true });
  }

  /** Rows come again: others wait for this input from now on. */
  async #wake(): Promise<void> {
    this.#isIdle = false;
    await this.#emit({});
  }

  #emit(status: { readonly isIdle?: boolean }): Promise<void> {
    return this.#context.output.emit({ kind: 'watermark', timestampMs: this.#said.value, ...status });
  }
}

function clockAt(watermarkMs: number): BatchRow {
  return [Number.isFinite(watermarkMs) ? BigInt(watermarkMs) : null];
}

function missingTime({ table, column }: { readonly table: string; readonly column: string }): SourceError {
  const message = `Table ${table}: a row has no event time: '${column}', the column of its WATERMARK, is NULL.`;
  return new SourceError('ROWTIME_NULL', message, {
    details: {},
    hint: `Declare the WATERMARK on a computed column that never is NULL, as COALESCE(${column}, …) AS …, or leave such rows out of the source.`,
  });
}
