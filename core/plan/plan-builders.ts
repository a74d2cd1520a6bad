/** Short forms for the plan nodes that rules and the planner make. */
import { conjunction } from './conjuncts.js';
import type { Expression } from './expression.js';
import { columnOf } from './expression-builders.js';
import type { LogicalPlan, PlanColumn, SortKey } from './logical-plan.js';

export type Project = Extract<LogicalPlan, { kind: 'project' }>;
export type Filter = Extract<LogicalPlan, { kind: 'filter' }>;
export type Join = Extract<LogicalPlan, { kind: 'join' }>;
export type TemporalJoin = Extract<LogicalPlan, { kind: 'temporal_join' }>;
export type LookupJoin = Extract<LogicalPlan, { kind: 'lookup_join' }>;
export type Aggregate = Extract<LogicalPlan, { kind: 'aggregate' }>;
export type Scan = Extract<LogicalPlan, { kind: 'scan' }>;
export type Correlate = Extract<LogicalPlan, { kind: 'correlate' }>;
export type MapNode = Extract<LogicalPlan, { kind: 'map' }>;
export type Session = Extract<LogicalPlan, { kind: 'session' }>;
export type Shared = Extract<LogicalPlan, { kind: 'shared' }>;

/** A column of a projection that is made, with the expression that makes it. */
export interface NamedExpression {
  readonly column: PlanColumn;
  readonly expression: Expression;
}

/** `expressions` under `columns`. */
export function projectOf(
  input: LogicalPlan,
  columns: readonly PlanColumn[],
  expressions: readonly Expression[],
): Project {
  return { kind: 'project', input, columns, expressions, span: input.span };
}

/** The rows of a shared plan as they are computed for one reference, under its columns. */
export function inlined(shared: Shared): Project {
  return projectOf(
    shared.input,
    shared.columns,
    shared.input.columns.map((column) => columnOf(column)),
  );
}

/** All columns of the input, and further ones; the input itself where there are none. */
export function extendedBy(input: LogicalPlan, added: readonly NamedExpression[]): LogicalPlan {
  if (added.length === 0) return input;
  return projectOf(
    input,
    [...input.columns, ...added.map((item) => item.column)],
    [...input.columns.map((column) => columnOf(column)), ...added.map((item) => item.expression)],
  );
}

/** Some columns of the input in this order. */
export function narrowedTo(input: LogicalPlan, columns: readonly PlanColumn[]): LogicalPlan {
  const same =
    columns.length === input.columns.length && columns.every((c, i) => c.id === input.columns[i]!.id);
  return same
    ? input
    : projectOf(
        input,
        columns,
        columns.map((column) => columnOf(column)),
      );
}

/** Rows for which all conjuncts are TRUE; the input itself where there are none. */
export function filteredBy(input: LogicalPlan, conjuncts: readonly Expression[]): LogicalPlan {
  const predicate = conjunction(conjuncts);
  if (predicate === null) return input;
  return { kind: 'filter', input, predicate, columns: input.columns, span: predicate.span ?? input.span };
}

/** The input sorted; the input itself where there are no keys. */
export function sortedBy(input: LogicalPlan, keys: readonly SortKey[]): LogicalPlan {
  return keys.length === 0 ? input : { kind: 'sort', input, keys, columns: input.columns, span: input.span };
}

/** Sorted upwards, NULLs first. */
export function ascending(column: PlanColumn): SortKey {
  return { expression: columnOf(column), descending: false, nullsFirst: true };
}

/** The ids of the columns. */
export function idsOf(columns: readonly PlanColumn[]): Set<string> {
  return new Set(columns.map((column) => column.id));
}

/** One row without meaning: what a SELECT without FROM reads. */
export function singleRow(column: PlanColumn, value: Expression): LogicalPlan {
  return { kind: 'values', rows: [[value]], columns: [column], span: value.span };
}
