/** Rows that the core makes up, as fast as they are taken or at a steady rate. */
import {
  type Barrier,
  type Clock,
  type ColumnValues,
  fromJsonBytes,
  jsonBytes,
  type OperatorContext,
  type OperatorSurroundings,
  type SourceOperator,
  type SourceStage,
} from '../../core/index.js';
import { Turns } from '../turns.js';
import { type EncodeGroups, groupEncoder } from './group-encoder.js';
import { pause } from './pause.js';

const MOST_ROWS_PER_BATCH = 8_192;
/** Rows are made this often while a rate is kept: a row waits half of it on average. */
const TICK_MS = 1;

/** What makes the rows of one table. */
export interface RowGenerator {
  /** Rows in all, `Infinity` without a limit. */
  readonly rows: number;
  /** Rows for each second, `Infinity` where no rate is kept. */
  readonly perSecond: number;
  /** The next rows, `count` of them, by the columns that are read. */
  next(count: number): readonly ColumnValues[];
  /** Leaves out the first rows, which were made before a checkpoint. Called at most once, before `next`. */
  skip(count: number): void;
}

/** Emits the generator's rows. A consumer that is slower than the rate sets the pace; nothing is made up for it later. */
export class GeneratorSource implements SourceOperator {
  #context!: OperatorContext;
  #encode!: EncodeGroups;
  #generator!: RowGenerator;
  #made = 0;
  readonly #turns = new Turns();

  constructor(
    private readonly stage: SourceStage,
    private readonly job: OperatorSurroundings,
    private readonly clock: Clock,
    private readonly generator: () => RowGenerator,
  ) {}

  async open(context: OperatorContext): Promise<void> {
    this.#context = context;
    this.#encode = groupEncoder(this.stage, this.job, true);
    this.#generator = this.generator();
    this.#goOn();
  }

  #goOn(): void {
    const state = this.job.restored?.get(this.stage.id) ?? null;
    if (state === null) return;
    this.#made = fromJsonBytes<{ readonly made: number }>(state).made;
    this.#generator.skip(this.#made);
  }

  async run(): Promise<void> {
    const { rows, perSecond } = this.#generator;
    const isPaced = Number.isFinite(perSecond);
    let dueAtNs = this.clock.monotonicNs();
    let owed = isPaced ? 0 : MOST_ROWS_PER_BATCH;
    while (this.#made < rows && !this.#context.signal.aborted) {
      if (isPaced) {
        const now = this.clock.monotonicNs();
        owed = Math.min(owed + (Number(now - dueAtNs) / 1e9) * perSecond, perSecond);
        dueAtNs = now;
      }
      const batch = Math.min(Math.floor(owed), rows - this.#made, MOST_ROWS_PER_BATCH);
      if (batch === 0) {
        await pause(this.#context, TICK_MS);
        continue;
      }
      if (isPaced) owed -= batch;
      await this.#emit(batch);
    }
  }

  snapshot(barrier: Barrier): Promise<void> {
    return this.#turns.alone(async () => {
      const state = jsonBytes({ made: this.#made });
      this.#context.acknowledge(barrier.checkpointId, state);
      await this.#context.output.emit(barrier);
    });
  }

  async close(): Promise<void> {}

  async #emit(rows: number): Promise<void> {
    const groups = this.#encode(rows, this.#generator.next(rows));
    await this.#turns.alone(async () => {
      await this.#context.output.emit({ kind: 'batch', rows, groups, continued: false });
      this.#made += rows;
    });
  }
}
