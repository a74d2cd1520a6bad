/**
 * What stands between two relational fragments while a plan is split: rows that a source, a Python stage or a
 * shared plan hands over. In a fragment it is a scan of connector `exchange` whose path is the boundary's
 * key.
 */
import type { LiteralValue } from '../plan/expression.js';
import type { LogicalPlan, PlanColumn, ScanTable } from '../plan/logical-plan.js';
import type { Scan } from '../plan/plan-builders.js';
import type { StreamOperator } from '../plan/stream-operator.js';
import type { Span } from '../sql/span.js';
import type { DataType } from '../types/data-type.js';
import type { PartialAggregate, PythonStage } from './stage-graph.js';

/** The connector name of leaves that read an exchange; no table of a user has it. */
export const EXCHANGE_CONNECTOR = 'exchange';

/** An argument of a step, by column id instead of position. */
export type PlannedArgument =
  | { readonly kind: 'column'; readonly id: string }
  | { readonly kind: 'step'; readonly step: number }
  | { readonly kind: 'literal'; readonly value: LiteralValue; readonly type: DataType }
  | {
      readonly kind: 'table';
      readonly member: number;
      readonly ids: readonly string[];
      readonly names: readonly string[];
    };

/** A call of a Python stage; ids instead of positions, otherwise as `CallStep`. */
export interface PlannedStep {
  readonly function: string;
  readonly arguments: readonly PlannedArgument[];
  readonly argumentNames: readonly (string | null)[];
  readonly guard: string | null;
  readonly filter: string | null;
  readonly distinct: boolean;
  /** `window`: ids of the columns with the first and the last row of the frame; null elsewhere. */
  readonly frame: { readonly start: string | null; readonly end: string | null } | null;
  readonly resultType: DataType;
  /** The columns that hold its results: one, or one for each output column of a table function. */
  readonly results: readonly PlanColumn[];
}

/** As `PartialAggregate`, with ids. */
export interface PlannedPartial extends Pick<PartialAggregate, 'function'> {
  /** The result of a step; null: COUNT of all rows. */
  readonly source: string | null;
  readonly result: PlanColumn;
}

/**
 * A Python stage over `input`; its rows have the input's columns (key columns for `aggregate` and `map`) and the
 * steps' results.
 */
export interface PythonBoundary {
  readonly kind: 'python';
  readonly key: string;
  readonly mode: PythonStage['mode'];
  readonly input: LogicalPlan;
  readonly columns: readonly PlanColumn[];
  readonly steps: readonly PlannedStep[];
  readonly outer: boolean;
  /** Ids of the key columns of groups, by which the input is cut unless the mode is `partial`; null: it is not cut. */
  readonly keys: readonly string[] | null;
  /** `map` of several tables: the id of the column that tells them apart. */
  readonly tag: string | null;
  /** Its columns are these, of each bundle; absent: those of its rows. */
  readonly partials?: readonly PlannedPartial[];
  readonly span: Span | null;
}

/** Rows that the core makes or is handed. */
export interface SourceBoundary {
  readonly kind: 'source';
  readonly key: string;
  readonly table: ScanTable;
  readonly columns: readonly PlanColumn[];
}

/** A plan that several others read. */
export interface SharedBoundary {
  readonly kind: 'shared';
  readonly key: string;
  readonly input: LogicalPlan;
  readonly columns: readonly PlanColumn[];
}

/** An operator of the core over the rows of plans, in streaming mode. */
export interface StreamBoundary {
  readonly kind: 'stream';
  readonly key: string;
  readonly inputs: readonly LogicalPlan[];
  readonly operator: StreamOperator<string>;
  /** `columns[i]` is `operator.outputs[i]`. */
  readonly columns: readonly PlanColumn[];
}

export type Boundary = PythonBoundary | SourceBoundary | SharedBoundary | StreamBoundary;

/** The leaf that reads a boundary: `columns[i]` is the boundary's column named `names[i]` (its id). */
export function leafOf(
  boundary: Boundary,
  columns: readonly PlanColumn[] = boundary.columns,
  names: readonly string[] = columns.map((column) => column.id),
): Scan {
  return {
    kind: 'scan',
    table: {
      path: [boundary.key],
      connector: EXCHANGE_CONNECTOR,
      options: {},
      columns: boundary.columns.map(({ id, type }) => ({ name: id, type })),
      primaryKey: [],
      partitionedBy: [],
    },
    columns: columns.map((column, i) => ({ ...column, name: names[i]! })),
    span: null,
  };
}

/** A scan that reads a boundary. */
export type Leaf = Scan & { readonly table: { readonly connector: typeof EXCHANGE_CONNECTOR } };

/** True for a scan that reads a boundary. */
export function isLeaf(plan: LogicalPlan): plan is Leaf {
  return plan.kind === 'scan' && plan.table.connector === EXCHANGE_CONNECTOR;
}
