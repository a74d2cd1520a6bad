/** The `datagen` connector: rows made up at a steady rate. Options and defaults are Flink's. */
import {
  type Barrier,
  BatchEncoder,
  type Clock,
  type Column,
  ConfigurationError,
  nearNames,
  type OperatorContext,
  type OperatorSurroundings,
  type SourceOperator,
  type SourceStage,
  type SqlValue,
} from '../../core/index.js';
import { Turns } from '../turns.js';
import { type FieldGenerator, fieldGenerator } from './datagen-field.js';
import { pause } from './pause.js';

const DEFAULT_ROWS_PER_SECOND = 10_000;
const MOST_ROWS_PER_BATCH = 8_192;
/** Rows are made this often while a rate is kept: a row waits half of it on average. */
const TICK_MS = 1;
const OPTIONS = ['connector', 'rows-per-second', 'number-of-rows', 'scan.parallelism'];

/** What a datagen table asks for, checked. `rows` is Infinity without a limit; `perSecond` is Infinity where no rate is kept. */
export interface DatagenPlan {
  readonly rows: number;
  readonly perSecond: number;
  readonly fields: readonly FieldGenerator[];
}

/**
 * Reads the options of a datagen table.
 * @throws {ConfigurationError} for an unknown option or a value out of range, with near names.
 */
export function datagenPlan(
  columns: readonly Column[],
  options: Readonly<Record<string, string>>,
  random: () => number,
  nowMs: () => number,
): DatagenPlan {
  const byField = new Map<string, Map<string, string>>(columns.map((column) => [column.name, new Map()]));
  for (const [key, value] of Object.entries(options)) {
    const field = /^fields\.(.+)\.([^.]+)$/.exec(key);
    const values = field === null ? undefined : byField.get(field[1]!);
    if (values !== undefined) values.set(field![2]!, value);
    else if (!OPTIONS.includes(key)) throw unknownOption(key, columns);
  }
  const fields = columns.map((column) => fieldGenerator(column, byField.get(column.name)!, random, nowMs));
  const limit = count(options, 'number-of-rows', Number.POSITIVE_INFINITY);
  return {
    rows: Math.min(limit, ...fields.map((field) => field.rows)),
    perSecond: count(options, 'rows-per-second', DEFAULT_ROWS_PER_SECOND),
    fields,
  };
}

interface GroupEncoder {
  /** Columns of the group, by position in the stage's columns. */
  readonly positions: readonly number[];
  readonly encoder: BatchEncoder;
}

/** Emits `plan.rows` rows. A consumer that is slower than the rate sets the pace; nothing is made up for it later. */
export class DatagenSource implements SourceOperator {
  #context!: OperatorContext;
  /** One for each column group of the output. */
  #encoders!: readonly GroupEncoder[];
  #rows = 0;
  #perSecond = 0;
  /** Of the columns that are read. */
  #fields: readonly FieldGenerator[] = [];
  #made = 0;
  readonly #turns = new Turns();

  constructor(
    private readonly stage: SourceStage,
    private readonly job: OperatorSurroundings,
    private readonly clock: Clock,
    private readonly random: () => number = Math.random,
  ) {}

  async open(context: OperatorContext): Promise<void> {
    this.#context = context;
    const { table, declared, options, columns, output } = this.stage;
    const { groups } = this.job.graph.exchanges.find(({ id }) => id === output)!;
    this.#encoders = groups.map((positions) => ({
      positions,
      encoder: new BatchEncoder(
        positions.map((position) => columns[position]!),
        this.job.schemas,
      ),
    }));
    const plan = ofTable(table, () => datagenPlan(declared, options, this.random, () => this.clock.nowMs()));
    this.#rows = plan.rows;
    this.#perSecond = plan.perSecond;
    this.#fields = columns.map(
      ({ name }) => plan.fields[declared.findIndex((column) => column.name === name)]!,
    );
    this.#goOn();
  }

  /** The rows of the checkpoint are made again and left out, so that sequences go on. */
  #goOn(): void {
    const state = this.job.restored?.get(this.stage.id) ?? null;
    if (state === null) return;
    this.#made = (JSON.parse(new TextDecoder().decode(state)) as { readonly made: number }).made;
    for (const { next, rows } of this.#fields) {
      if (Number.isFinite(rows)) for (let i = 0; i < this.#made; i++) next();
    }
  }

  async run(): Promise<void> {
    const rows = this.#rows;
    const perSecond = this.#perSecond;
    let dueAtNs = this.clock.monotonicNs();
    let owed = 0;
    while (this.#made < rows && !this.#context.signal.aborted) {
      const now = this.clock.monotonicNs();
      owed = Math.min(owed + (Number(now - dueAtNs) / 1e9) * perSecond, perSecond);
      dueAtNs = now;
      const batch = Math.min(Math.floor(owed), rows - this.#made, MOST_ROWS_PER_BATCH);
      if (batch === 0) {
        await pause(this.#context, TICK_MS);
        continue;
      }
      owed -= batch;
      await this.#emit(batch);
    }
  }

  snapshot(barrier: Barrier): Promise<void> {
    return this.#turns.alone(async () => {
      const state = new TextEncoder().encode(JSON.stringify({ made: this.#made }));
      this.#context.acknowledge(barrier.checkpointId, state);
      await this.#context.output.emit(barrier);
    });
  }

  async close(): Promise<void> {}

  async #emit(rows: number): Promise<void> {
    const values = this.#fields.map(({ next }) => Array.from({ length: rows }, () => next() as SqlValue));
    const groups = this.#encoders.flatMap(
      ({ positions, encoder }) =>
        encoder.encode(
          rows,
          positions.map((position) => values[position]!),
        ).groups,
    );
    await this.#turns.alone(async () => {
      await this.#context.output.emit({ kind: 'batch', rows, groups, continued: false });
      this.#made += rows;
    });
  }
}

/** Puts the table's name in front of an error of its options. */
export function ofTable<T>(table: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new ConfigurationError(error.code, `Table ${table}: ${error.message}`, {
      hint: error.hint,
      cause: error,
    });
  }
}

function count(options: Readonly<Record<string, string>>, key: string, fallback: number): number {
  const text = options[key];
  if (text === undefined) return fallback;
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new ConfigurationError(
    'OPTION_VALUE',
    `option '${key}' is '${text}'; expected a whole number above 0.`,
  );
}

function unknownOption(key: string, columns: readonly Column[]): ConfigurationError {
  const known = [
    ...OPTIONS,
    ...columns.flatMap(({ name }) => [`fields.${name}.kind`, `fields.${name}.min`, `fields.${name}.max`]),
  ];
  const near = nearNames(key, known);
  return new ConfigurationError('OPTION_UNKNOWN', `unknown option '${key}'.`, {
    hint:
      near.length > 0
        ? `Did you mean '${near.join("' or '")}'?`
        : `It has: ${OPTIONS.join(', ')}, and fields.<name>.*.`,
  });
}
