/** Windows of time over a table, for `Table.window`. Lengths are milliseconds. */
import { backticked, PlanError, parseStatement, printQuery, type QueryNode } from '../../core/index.js';
import type { Relation } from './relation.js';

/** A window by the time column `T`. */
export interface TimeWindow<T extends string = string> {
  readonly time: T;
  readonly function: 'TUMBLE' | 'HOP' | 'CUMULATE' | 'SESSION';
  /** In the order of the SQL function. */
  readonly lengthsMs: readonly number[];
  /** `SESSION` only: columns whose values have sessions of their own. */
  readonly partitionBy: readonly string[];
}

/** Windows of `sizeMs`, one behind the other. */
export function tumble<T extends string>(time: T, sizeMs: number): TimeWindow<T> {
  return { time, function: 'TUMBLE', lengthsMs: [sizeMs], partitionBy: [] };
}

/** Windows of `sizeMs` of which one begins every `slideMs`: a row is in several. */
export function hop<T extends string>(time: T, slideMs: number, sizeMs: number): TimeWindow<T> {
  return { time, function: 'HOP', lengthsMs: [slideMs, sizeMs], partitionBy: [] };
}

/** Windows that grow by `stepMs` up to `sizeMs`, and begin anew. */
export function cumulate<T extends string>(time: T, stepMs: number, sizeMs: number): TimeWindow<T> {
  return { time, function: 'CUMULATE', lengthsMs: [stepMs, sizeMs], partitionBy: [] };
}

/** Rows between which less than `gapMs` lies, for each value of `partitionBy`. */
export function session<T extends string>(
  time: T,
  gapMs: number,
  ...partitionBy: readonly string[]
): TimeWindow<T> {
  return { time, function: 'SESSION', lengthsMs: [gapMs], partitionBy };
}

/**
 * `SELECT * FROM TABLE(TUMBLE(…))`.
 * @throws {PlanError} API_WINDOW for a length that is not a whole number of milliseconds above 0
 */
export function windowQuery({ path, query }: Relation, window: TimeWindow): QueryNode {
  const source = path === null ? `(${printQuery(query)})` : `TABLE ${path.map(backticked).join('.')}`;
  const keys = window.partitionBy.map(backticked).join(', ');
  const table = keys === '' ? source : `${source} PARTITION BY (${keys})`;
  const parts = [table, `DESCRIPTOR(${backticked(window.time)})`, ...window.lengthsMs.map(interval)];
  const statement = parseStatement(`SELECT * FROM TABLE(${window.function}(${parts.join(', ')}))`);
  return (statement as Extract<typeof statement, { kind: 'query_statement' }>).query;
}

function interval(ms: number): string {
  if (!Number.isSafeInteger(ms) || ms <= 0) {
    throw new PlanError('API_WINDOW', `A window was given ${ms}; its lengths are milliseconds, from 1.`);
  }
  const [unit, length] = UNITS.find(([, size]) => ms % size === 0) ?? ['SECOND', 1_000];
  return `INTERVAL '${ms / length}' ${unit}`;
}

const UNITS = [
  ['DAY', 86_400_000],
  ['HOUR', 3_600_000],
  ['MINUTE', 60_000],
] as const;
