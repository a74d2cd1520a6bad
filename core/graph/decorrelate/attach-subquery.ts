/** Puts the result of a correlated subquery beside the rows of its query. */
import { aggregateOf, countWhere } from '../../plan/aggregate-calls.js';
import type { ColumnIds } from '../../plan/column-ids.js';
import { conjunction } from '../../plan/conjuncts.js';
import type { Expression } from '../../plan/expression.js';
import {
  BOOLEAN,
  columnOf,
  literalOf,
  predicate,
  type SubqueryExpression,
  trueLiteral,
} from '../../plan/expression-builders.js';
import { outerColumns } from '../../plan/expression-facts.js';
import type { LogicalPlan, PlanColumn } from '../../plan/logical-plan.js';
import { mostRows } from '../../plan/most-rows.js';
import { extendedBy, narrowedTo } from '../../plan/plan-builders.js';
import { types } from '../../types/types.js';
import { forAllValues } from './dependent-join.js';
import { sameValues } from './keys.js';
import { joinedLeft, nullable } from './left-join.js';
import { type Keyed, OuterValues } from './outer-values.js';

/** The rows with what the subquery's value is computed from, and the value. */
export interface Attached {
  readonly rows: LogicalPlan;
  readonly value: Expression;
}

/** The rows with the value of the subquery for each of them; `refuse` ends it where that cannot be done. */
export function attachSubquery(
  ids: ColumnIds,
  rows: LogicalPlan,
  subquery: SubqueryExpression,
  refuse: (why: string) => never,
): Attached {
  if (subquery.form === 'scalar' && outerColumns(subquery.plan).size === 0) {
    const { plan, value } = oneForEach({ plan: subquery.plan, keys: [] }, subquery, ids);
    return { rows: joinedLeft(rows, plan, []), value: columnOf(nullable(value), subquery.span) };
  }
  const operands = subquery.operands.map((operand) => ids.column('operand', operand.type));
  const input = extendedBy(
    rows,
    operands.map((column, i) => ({ column, expression: subquery.operands[i]! })),
  );
  const read = outerColumns(subquery.plan);
  const correlated = rows.columns.filter((column) => read.has(column.id));
  if (correlated.length < read.size) return refuse('it reads columns of a query further out');
  const outer = new OuterValues(input, [...operands, ...correlated], ids);
  const found = forAllValues(outer, ids, subquery.plan, refuse);
  switch (subquery.form) {
    case 'scalar':
      return scalar(outer, subquery, found, ids);
    case 'exists':
      return exists(outer, subquery, found, ids);
    case 'in':
      return isIn(outer, subquery, found, ids);
  }
}

function scalar(outer: OuterValues, subquery: SubqueryExpression, found: Keyed, ids: ColumnIds): Attached {
  const { plan, keys, value } = oneForEach(found, subquery, ids);
  const joined = joinedLeft(outer.rows, plan, sameValues(outer.columns, keys));
  return { rows: joined, value: columnOf(nullable(value), subquery.span) };
}

/** The value for each of the keys; where there may be several, the job fails as soon as there are. */
function oneForEach(
  { plan, keys }: Keyed,
  subquery: SubqueryExpression,
  ids: ColumnIds,
): Keyed & { readonly value: PlanColumn } {
  const { span } = subquery;
  const value = subquery.plan.columns[0]!;
  const rows = narrowedTo(plan, [...keys, value]);
  if (isOneRowAtMost(subquery.plan)) return { plan: rows, keys, value };
  const single = nullable(ids.column(value.name, value.type));
  const groups = keys.map((key) => ids.column(key.name, key.type));
  const grouped: LogicalPlan = {
    kind: 'aggregate',
    input: rows,
    groups: keys.map((key) => columnOf(key)),
    groupingSets: null,
    aggregates: [aggregateOf('SUBQUERY_VALUE', [columnOf(value)], single.type, { span })],
    columns: [...groups, single],
    span,
  };
  return { plan: grouped, keys: groups, value: single };
}

function exists(
  outer: OuterValues,
  subquery: SubqueryExpression,
  { plan, keys }: Keyed,
  ids: ColumnIds,
): Attached {
  const distinct: LogicalPlan = {
    kind: 'distinct',
    input: narrowedTo(plan, keys),
    columns: keys,
    span: plan.span,
  };
  const found = ids.column('found', types.notNull(types.boolean()));
  const marked = extendedBy(distinct, [{ column: found, expression: trueLiteral() }]);
  const rows = joinedLeft(outer.rows, marked, sameValues(outer.columns, keys));
  const mark = columnOf(nullable(found));
  return { rows, value: predicate(subquery.negated ? 'IS NULL' : 'IS NOT NULL', [mark]) };
}

/** TRUE with an equal row, else NULL where a comparison is unknown, else FALSE: also for no rows. */
function isIn(
  outer: OuterValues,
  subquery: SubqueryExpression,
  { plan, keys }: Keyed,
  ids: ColumnIds,
): Attached {
  const equal = conjunction(
    keys
      .slice(0, subquery.operands.length)
      .map((key, i) => predicate('=', [columnOf(key), columnOf(subquery.plan.columns[i]!)])),
  )!;
  const counts = [equal, predicate('IS NULL', [equal])].map(countWhere);
  const groups = keys.map((key) => ids.column(key.name, key.type));
  const [equals, unknown] = counts.map((call) => ids.column('rows', call.type)) as [PlanColumn, PlanColumn];
  const counted: LogicalPlan = {
    kind: 'aggregate',
    input: plan,
    groups: keys.map((key) => columnOf(key)),
    groupingSets: null,
    aggregates: counts,
    columns: [...groups, equals, unknown],
    span: subquery.span,
  };
  const some = (column: PlanColumn) =>
    predicate('>', [columnOf(nullable(column)), literalOf(0, column.type)]);
  const answer: Expression = {
    kind: 'case',
    // biome-ignore-start lint/suspicious/noThenProperty: branches of CASE, never awaited
    branches: [
      { when: some(equals), then: trueLiteral() },
      { when: some(unknown), then: literalOf(null, BOOLEAN) },
    ],
    // biome-ignore-end lint/suspicious/noThenProperty: branches of CASE, never awaited
    otherwise: literalOf(false, types.notNull(types.boolean())),
    type: BOOLEAN,
    span: subquery.span,
  };
  return {
    rows: joinedLeft(outer.rows, counted, sameValues(outer.columns, groups)),
    value: subquery.negated ? predicate('NOT', [answer]) : answer,
  };
}

function isOneRowAtMost(plan: LogicalPlan): boolean {
  return (mostRows(plan) ?? 2) <= 1;
}
