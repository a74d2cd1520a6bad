/** Tables whose rows are versions: one row of a key follows another in event time. */
import { conjunctsOf } from './conjuncts.js';
import type { Expression } from './expression.js';
import { columnOf, literalOf } from './expression-builders.js';
import { referencedColumns } from './expression-facts.js';
import type { LogicalPlan } from './logical-plan.js';
import { type Filter, idsOf, inlined, type Project, projectOf } from './plan-builders.js';
import { isEventTime } from './time-attribute.js';

/** A plan whose rows are the versions of a table. */
export interface VersionedTable {
  /** All columns of the table, and what `conditions` read beside them. */
  readonly plan: LogicalPlan;
  /** What the version in force has to meet to be seen. */
  readonly conditions: readonly Expression[];
  /** The columns that a row is found by. */
  readonly keys: readonly string[];
  /** The column of the time from which a row is in force. */
  readonly time: string;
  /** A row that is older than the last of its key is none of its versions. */
  readonly dropsOlder: boolean;
}

/**
 * The plan as a versioned table: one with PRIMARY KEY and WATERMARK, or the last row of each key in event time
 * (`ROW_NUMBER() OVER (PARTITION BY … ORDER BY … DESC) = 1`), also projected or filtered. Null where it is none.
 */
export function versionedTable(plan: LogicalPlan): VersionedTable | null {
  switch (plan.kind) {
    case 'watermark':
      if (plan.primaryKey === null) return null;
      return { plan, conditions: [], keys: plan.primaryKey, time: plan.rowtime, dropsOlder: false };
    case 'filter':
      return lastRows(plan) ?? filtered(plan);
    case 'project':
      return projected(plan);
    case 'shared':
      return projected(inlined(plan));
    default:
      return null;
  }
}

/** A condition hides the version in force, it does not bring the one before it back. */
function filtered(plan: Filter): VersionedTable | null {
  const table = versionedTable(plan.input);
  return table && { ...table, conditions: [...table.conditions, ...conjunctsOf(plan.predicate)] };
}

function projected(plan: Project): VersionedTable | null {
  const table = versionedTable(plan.input);
  if (table === null) return null;
  const nameOf = (id: string) => {
    const at = plan.expressions.findIndex((e) => e.kind === 'column' && e.id === id);
    return plan.columns[at]?.id;
  };
  const keys = table.keys.map(nameOf);
  const time = nameOf(table.time);
  if (time === undefined || keys.includes(undefined)) return null;
  const made = idsOf(plan.columns);
  const read = new Set(table.conditions.flatMap((condition) => [...referencedColumns(condition)]));
  const beside = table.plan.columns.filter((column) => read.has(column.id) && !made.has(column.id));
  return {
    ...table,
    plan: projectOf(
      table.plan,
      [...plan.columns, ...beside],
      [...plan.expressions, ...beside.map((column) => columnOf(column))],
    ),
    keys: keys as string[],
    time,
  };
}

/** Every row is the last one at its own time: a version whose number is 1. */
function lastRows(plan: Filter): VersionedTable | null {
  const { input } = plan;
  if (input.kind !== 'project') return null;
  const at = input.expressions.findIndex((e) => e.kind === 'window_call');
  const call = input.expressions[at];
  if (call?.kind !== 'window_call' || call.function !== 'ROW_NUMBER') return null;
  const conditions = conjunctsOf(plan.predicate);
  const isFirst = (condition: Expression) => isOne(condition, input.columns[at]!.id);
  const [order, second] = call.orderBy;
  const isLast =
    order?.descending === true && second === undefined && isEventTime(input.input, order.expression);
  if (
    !isLast ||
    !conditions.some(isFirst) ||
    input.expressions.filter((e) => e.kind === 'window_call').length > 1
  )
    return null;
  const nameOf = (e: Expression) => {
    if (e.kind !== 'column') return undefined;
    return input.columns[input.expressions.findIndex((other) => other.kind === 'column' && other.id === e.id)]
      ?.id;
  };
  const keys = call.partitionBy.map(nameOf);
  const time = nameOf(order.expression);
  if (time === undefined || keys.includes(undefined)) return null;
  const expressions = input.expressions.map((e, i) => (i === at ? literalOf(1, call.type) : e));
  return {
    plan: projectOf(input.input, input.columns, expressions),
    conditions: conditions.filter((condition) => !isFirst(condition)),
    keys: keys as string[],
    time,
    dropsOlder: true,
  };
}

/** `number = 1`, `number <= 1`. */
function isOne(condition: Expression, id: string): boolean {
  if (condition.kind !== 'call' || !/^(=|<=)$/.test(condition.function)) return false;
  const [a, b] = condition.arguments;
  return a?.kind === 'column' && a.id === id && b?.kind === 'literal' && Number(b.value) === 1;
}
