/** GROUP BY for all outer values at once. */
import type { AggregateCall, Expression } from '../../plan/expression.js';
import { columnOf, literalOf, predicate, trueLiteral } from '../../plan/expression-builders.js';
import type { LogicalPlan, PlanColumn } from '../../plan/logical-plan.js';
import { type Aggregate, extendedBy, filteredBy, projectOf, singleRow } from '../../plan/plan-builders.js';
import { mapExpressions } from '../../plan/visit-plan.js';
import { types, withNullable } from '../../types/types.js';
import type { DependentContext } from './dependent-context.js';
import { inKeys, sameValues } from './keys.js';
import { joinedLeft, nullable } from './left-join.js';
import type { Keyed } from './outer-values.js';

/** The outer values are further keys. Without keys of its own the plan has a row for outer values without rows too. */
export function aggregateForAll(context: DependentContext, plan: Aggregate): Keyed {
  const input = context.forAll(plan.input);
  const node = mapExpressions(plan, (e) => inKeys(context, e, input.keys)) as Aggregate;
  const keys = input.keys.map((key) => context.ids.column(key.name, key.type));
  const width = keys.length;
  const grouped: LogicalPlan = {
    ...node,
    input: input.plan,
    groups: [...input.keys.map((key) => columnOf(key)), ...node.groups],
    groupingSets:
      node.groupingSets?.map((set) => [...keys.keys(), ...set.map((position) => position + width)]) ?? null,
    columns: [...keys, ...node.columns],
  };
  if (node.groups.length > 0) return { plan: grouped, keys };
  return withEmptyGroups(context, plan, grouped, keys);
}

/** A row for each of the outer values: that of the grouped rows, or that of no rows. */
function withEmptyGroups(
  context: DependentContext,
  plan: Aggregate,
  grouped: LogicalPlan,
  groupKeys: readonly PlanColumn[],
): Keyed {
  const values = context.outer.distinct();
  const found = context.ids.column('found', types.notNull(types.boolean()));
  const inner = plan.columns.map((column) => context.ids.column(column.name, column.type));
  const renamed = projectOf(
    grouped,
    [...groupKeys, ...inner],
    [...groupKeys, ...plan.columns].map((column) => columnOf(column)),
  );
  const joined = joinedLeft(
    values.plan,
    extendedBy(renamed, [{ column: found, expression: trueLiteral() }]),
    sameValues(values.keys, groupKeys),
  );
  const outputs = plan.aggregates.map((call, i) => {
    const column = inner[i]!;
    const value = columnOf(nullable(column));
    const empty = ofNoRows(context, call);
    if (empty === null) return value;
    const isMissing = predicate('IS NULL', [columnOf(nullable(found))]);
    return {
      kind: 'case' as const,
      // biome-ignore lint/suspicious/noThenProperty: a branch of CASE, never awaited
      branches: [{ when: isMissing, then: empty }],
      otherwise: value,
      type: column.type,
      span: null,
    };
  });
  const keyed = [...values.keys.map((key) => columnOf(key)), ...outputs];
  return { plan: projectOf(joined, [...values.keys, ...plan.columns], keyed), keys: values.keys };
}

/** What an aggregate says of no rows; null for NULL. */
function ofNoRows(context: DependentContext, call: AggregateCall): Expression | null {
  if (call.function === 'COUNT' && !call.python) return literalOf(0, call.type);
  if (!call.python && call.type.nullable) return null;
  const value = context.ids.column(call.function.toLowerCase(), call.type);
  const row = singleRow(context.ids.column('nothing', types.boolean()), literalOf(null, types.boolean()));
  const nothing = (e: Expression) => literalOf(null, withNullable(e.type, true));
  const aggregate: LogicalPlan = {
    kind: 'aggregate',
    input: filteredBy(row, [literalOf(false, types.notNull(types.boolean()))]),
    groups: [],
    groupingSets: null,
    aggregates: [{ ...call, arguments: call.arguments.map(nothing), filter: null, withinGroup: [] }],
    columns: [value],
    span: call.span,
  };
  return {
    kind: 'subquery',
    form: 'scalar',
    plan: aggregate,
    operands: [],
    negated: false,
    type: withNullable(call.type, true),
    span: call.span,
  };
}
