/** What the physical planner is told besides the plan. */
import type { ColumnIds } from '../plan/column-ids.js';
import type { FunctionResolver } from '../plan/function-resolver.js';
import type { LogicalPlan, ScanTable } from '../plan/logical-plan.js';
import type { Column } from '../types/data-type.js';
import type { CopiedFiles } from './stage-graph.js';

/** How a connector takes part: by files that DuckDB reads or writes, or by rows through the core. */
export interface ConnectorTraits {
  readonly source: 'files' | 'rows' | null;
  /** `rows-in-files`: the core puts rows into part files, which are shown when the job has succeeded. */
  readonly sink: 'files' | 'rows' | 'rows-in-files' | null;
  /** Those of a table whose options make it another kind than most; absent: all tables are alike. */
  of?(table: ScanTable): ConnectorTraits;
  /** True where a source of rows makes fields of a row one by one: `bid.price` may be a column that it is asked for. */
  readonly fields?: boolean;
  /** True where a table of it, as a source, ends. */
  bounded(table: ScanTable): boolean;
  /** True for a table that comes to its end although it is not bounded; absent: none does. */
  endsByItself?(table: ScanTable): boolean;
  /** True where its sources tell checkpoints how far they are. */
  readonly hasPosition: boolean;
  /** @throws {ConfigurationError} for a table that cannot be read or written; absent: operators tell it */
  check?(table: ScanTable, use: 'read' | 'write'): void;
  /** The kinds of rows that it gives; absent: insertions only. */
  gives?(table: ScanTable): Changes;
  /** True where the rows of a table are of splits whose times do not follow each other, and it says of each row which (`SPLIT_COLUMN`). */
  readonly hasSplits?: boolean;
  /** True where the program holds the rows of a table, and gives the same to each who reads it. */
  isHeld?(table: ScanTable): boolean;
  /** True where rows of a table can be looked up by a key. */
  readonly hasLookup?: boolean;
  /** The kinds of rows that it takes; absent: all. */
  takes?(table: ScanTable): Changes;
  /** The keys that METADATA columns may name; absent: none. */
  metadata?(table: ScanTable, use: 'read' | 'write'): readonly string[];
}

/** How the connector of a table takes part; undefined: it is not known. */
export function traitsOf(
  connectors: ReadonlyMap<string, ConnectorTraits>,
  table: ScanTable,
): ConnectorTraits | undefined {
  const traits = connectors.get(table.connector);
  return traits?.of?.(table) ?? traits;
}

/**
 * `insert`: rows only come. `upsert`: a row takes the place of the one with its primary key, or removes it. `all`: each row that
 * goes is said as it was.
 */
export type Changes = 'insert' | 'upsert' | 'all';

/** What the planner needs of the renderer; `core/render` has the one that is used. */
export interface StageRenderer {
  /**
   * A SELECT for `plan`, whose columns are those of `outputs`: column `id` of the plan under `name`, as
   * `type`.
   */
  query(plan: LogicalPlan, outputs: readonly StageOutput[]): string;
  /** How DuckDB's COPY writes the files of a table. */
  copy(table: ScanTable): CopyText;
}

/** How the files of a table are written. */
export interface CopyText {
  readonly format: CopiedFiles['format'];
  /** What stands between the parentheses of DuckDB's `COPY … TO … (…)`. */
  readonly copyOptions: string;
  /** The column that has an empty text where it is NULL; null: none has. */
  readonly emptyForNull: string | null;
}

/** A column that leaves a relational stage. */
export interface StageOutput extends Column {
  readonly id: string;
  /** A TIMESTAMP_LTZ as the text that it has in files of text: in UTC, followed by Z. */
  readonly asUtcText?: boolean;
  /** Its text, and an empty one where it is NULL. */
  readonly emptyForNull?: boolean;
}

/**
 * `auto`: two phases where they pay without knowing the data; `few_groups`: also by group over a scan of files that may say
 * how many groups there are (`hasFewGroups`).
 */
export type AggregatePhases = 'auto' | 'few_groups' | 'one' | 'two';

/** What equal parts of queries that run together are computed once: `plans` are those that do more than read a table. */
export type Sharing = 'all' | 'plans' | 'none';

/** When rows are remembered under the primary key of the table that they are written to: `auto`, where they change by another key. */
export type UpsertMaterialize = 'none' | 'auto' | 'force';

/** Everything the planner depends on. */
export interface PlanOptions {
  readonly mode: 'batch' | 'streaming';
  /** Every source ends: a result is what is left then. */
  readonly isBounded: boolean;
  /** Workers of each Python stage whose function does not say otherwise; at least 1. */
  readonly parallelism: number;
  readonly functions: FunctionResolver;
  /** When Python aggregates that have `merge` begin before their rows are sorted by group. */
  readonly aggregatePhases: AggregatePhases;
  /** Absent: `all`. */
  readonly sharing?: Sharing;
  /** Absent: `auto`. */
  readonly upsertMaterialize?: UpsertMaterialize;
  /** By connector name. */
  readonly connectors: ReadonlyMap<string, ConnectorTraits>;
  readonly renderer: StageRenderer;
  /** The instance that gave out the plan's ids. */
  readonly ids: ColumnIds;
  /** The text that spans refer to, for errors; null where there is none (plans made by the API). */
  readonly sql: string | null;
}

/** Of a filesystem table: how often its folder is looked through for files that have come. */
export const MONITOR_INTERVAL = 'source.monitor-interval';

/** The connectors that Millstream itself has; the registry of operators may add to them. */
export const STANDARD_CONNECTORS: ReadonlyMap<string, ConnectorTraits> = new Map([
  [
    'filesystem',
    {
      source: 'files',
      sink: 'files',
      bounded: (table: ScanTable) => !(MONITOR_INTERVAL in table.options),
      hasPosition: true,
      takes: () => 'insert',
    },
  ],
  [
    'datagen',
    {
      source: 'rows',
      sink: null,
      bounded: (table: ScanTable) => 'number-of-rows' in table.options,
      // As in Flink, which runs it as a stream all the same.
      endsByItself: ({ options }: ScanTable) =>
        Object.entries(options).some(
          ([key, value]) => /^fields\..+\.kind$/.test(key) && value === 'sequence',
        ),
      hasPosition: true,
    },
  ],
  [
    'nexmark',
    {
      source: 'rows',
      sink: null,
      fields: true,
      bounded: ({ options }: ScanTable) =>
        Number(options['events.num']) > 0 || Number(options['stop-at']) > 0,
      hasPosition: true,
    },
  ],
  ['print', { source: null, sink: 'rows', bounded: () => true, hasPosition: false }],
  ['blackhole', { source: null, sink: 'rows', bounded: () => true, hasPosition: false }],
] as const satisfies [string, ConnectorTraits][]);
