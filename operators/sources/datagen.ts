/** The `datagen` connector: rows made up at a steady rate. Options and defaults are Flink's. */
import {
  type Clock,
  type Column,
  ConfigurationError,
  nearNames,
  type OperatorSurroundings,
  type SourceOperator,
  type SourceStage,
  type SqlValue,
} from '../../core/index.js';
import { type FieldGenerator, fieldGenerator } from './datagen-field.js';
import { GeneratorSource, type RowGenerator } from './generator-source.js';

const DEFAULT_ROWS_PER_SECOND = 10_000;
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

/** The source of a datagen stage. */
export function datagenSource(
  stage: SourceStage,
  job: OperatorSurroundings,
  clock: Clock,
  random: () => number = Math.random,
): SourceOperator {
  return new GeneratorSource(stage, job, clock, () => datagenRows(stage, clock, random));
}

function datagenRows(
  { table, declared, options, columns }: SourceStage,
  clock: Clock,
  random: () => number,
): RowGenerator {
  const plan = ofTable(table, () => datagenPlan(declared, options, random, () => clock.nowMs()));
  const fields = columns.map(
    ({ name }) => plan.fields[declared.findIndex((column) => column.name === name)]!,
  );
  return {
    rows: plan.rows,
    perSecond: plan.perSecond,
    next: (count) => fields.map(({ next }) => Array.from({ length: count }, () => next() as SqlValue)),
    /** The rows are made again and left out, so that sequences go on. */
    skip: (count) => {
      for (const { next, rows } of fields) {
        if (Number.isFinite(rows)) for (let i = 0; i < count; i++) next();
      }
    },
  };
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
