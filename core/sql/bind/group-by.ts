/** GROUP BY: its keys, grouping sets, and what may be selected from groups. */

import type { AggregateCall, Expression } from '../../plan/expression.js';
import { columnOf } from '../../plan/expression-builders.js';
import { outerColumns } from '../../plan/expression-facts.js';
import { expressionKey } from '../../plan/expression-key.js';
import type { LogicalPlan, PlanColumn } from '../../plan/logical-plan.js';
import { idsOf } from '../../plan/plan-builders.js';
import { substituteInPlan } from '../../plan/substitute.js';
import { mapOperands } from '../../plan/visit-expression.js';
import { withNullable } from '../../types/types.js';
import type { ExpressionNode, GroupBy, GroupingItem } from '../ast.js';
import { type BindContext, bindError } from './bind-context.js';
import { bindExpression } from './expression.js';
import { plainContext } from './expression-context.js';
import { groupWindowKeys, isGroupWindow } from './group-window.js';
import type { Scope } from './scope.js';

/** Keys, each once, and the grouping sets as positions of keys (null: plain GROUP BY). */
export interface Grouping {
  readonly keys: readonly Expression[];
  readonly sets: readonly (readonly number[])[] | null;
}

/** Binds GROUP BY over the rows before grouping. */
export function bindGroupBy(context: BindContext, node: GroupBy | null, scope: Scope): Grouping {
  if (node === null) return { keys: [], sets: null };
  const keys: Expression[] = [];
  const positions = new Map<string, number>();
  const at = plainContext(context, scope, 'GROUP BY');
  const positionOfKey = (bound: Expression): number => {
    const key = expressionKey(bound);
    const known = positions.get(key);
    if (known !== undefined) return known;
    positions.set(key, keys.length);
    return keys.push(bound) - 1;
  };
  const positionOf = (expression: ExpressionNode) => positionOfKey(bindExpression(at, expression));
  const sets = node.items
    .map((item) =>
      item.kind === 'grouping_expression' && isGroupWindow(item.expression)
        ? [groupWindowKeys(scope.groupWindow!).map(positionOfKey)]
        : setsOf(item, positionOf),
    )
    .reduce((all, next) => all.flatMap((left) => next.map((right) => [...left, ...right])), [
      [],
    ] as number[][]);
  const isPlain = node.items.every((item) => item.kind === 'grouping_expression') || keys.length === 0;
  const distinct = sets.map((set) => [...new Set(set)]);
  return { keys, sets: isPlain ? null : node.distinct ? uniqueSets(distinct) : distinct };
}

/** The columns of the keys: those that a grouping set leaves out may be NULL. */
export function keyColumns(context: BindContext, grouping: Grouping): PlanColumn[] {
  return grouping.keys.map((key) => {
    const name = key.kind === 'column' ? key.id.replace(/_\d+$/, '') : 'key';
    return context.ids.column(name, grouping.sets === null ? key.type : withNullable(key.type, true));
  });
}

/**
 * Rewrites an expression over the ungrouped rows to one over the groups.
 * @throws {SqlError} where it reads a column that is neither a key nor inside an aggregate.
 */
export function overGroups(
  context: BindContext,
  grouping: Grouping,
  columns: readonly PlanColumn[],
  input: LogicalPlan,
): (expression: Expression) => Expression {
  const keys = new Map(grouping.keys.map((key, i) => [expressionKey(key), columns[i]!]));
  const plainKeys = new Map(
    grouping.keys.flatMap((key, i): [string, Expression][] =>
      key.kind === 'column' ? [[key.id, columnOf(columns[i]!)]] : [],
    ),
  );
  const kinds = new Set(grouping.keys.map((key) => key.kind));
  const ungrouped = idsOf(input.columns);
  const rewrite = (expression: Expression): Expression => {
    const key = kinds.has(expression.kind) ? keys.get(expressionKey(expression)) : undefined;
    if (key !== undefined) return columnOf(key, expression.span);
    if (expression.kind === 'column' && ungrouped.has(expression.id)) {
      throw notGrouped(context, expression, input);
    }
    const inner = mapOperands(expression, rewrite);
    if (inner.kind !== 'subquery') return inner;
    const plan = substituteInPlan(inner.plan, plainKeys);
    if ([...outerColumns(plan)].some((id) => ungrouped.has(id))) throw notGrouped(context, expression, input);
    return { ...inner, plan };
  };
  return rewrite;
}

/** GROUPING and GROUPING_ID ask about keys, and about nothing else. @throws {SqlError} for another argument. */
export function checkGroupingCalls(
  context: BindContext,
  grouping: Grouping,
  calls: readonly AggregateCall[],
): void {
  const keys = new Set(grouping.keys.map(expressionKey));
  for (const call of calls) {
    if (call.function !== 'GROUPING') continue;
    if (call.distinct || call.filter !== null || call.withinGroup.length > 0) {
      const message = 'GROUPING takes no DISTINCT, FILTER or WITHIN GROUP.';
      throw bindError(context, 'SQL_INVALID', message, call.span);
    }
    const other = call.arguments.find((argument) => !keys.has(expressionKey(argument)));
    if (other === undefined) continue;
    const message = 'GROUPING takes expressions of GROUP BY, and this is none.';
    throw bindError(context, 'SQL_AGGREGATE', message, other.span ?? call.span);
  }
}

function notGrouped(context: BindContext, expression: Expression, input: LogicalPlan) {
  const name =
    expression.kind === 'column' ? input.columns.find((c) => c.id === expression.id)?.name : undefined;
  const text =
    expression.span === null ? name : context.sql.slice(expression.span.start, expression.span.end);
  return bindError(
    context,
    'SQL_AGGREGATE',
    `Expression '${text ?? 'subquery'}' is not being grouped.`,
    expression.span,
    'Add it to GROUP BY, or aggregate it: MIN(…), MAX(…), FIRST_VALUE(…).',
  );
}

function setsOf(item: GroupingItem, positionOf: (node: ExpressionNode) => number): number[][] {
  switch (item.kind) {
    case 'grouping_expression':
      return [[positionOf(item.expression)]];
    case 'grouping_set':
      return [item.expressions.map(positionOf)];
    case 'grouping_sets':
      return item.items.flatMap((inner) => setsOf(inner, positionOf));
    case 'rollup': {
      const elements = item.expressions.map((list) => list.map(positionOf));
      return Array.from({ length: elements.length + 1 }, (_, i) =>
        elements.slice(0, elements.length - i).flat(),
      );
    }
    case 'cube': {
      const elements = item.expressions.map((list) => list.map(positionOf));
      const withAndWithout = (sets: readonly number[][], element: readonly number[]): number[][] =>
        sets.map((set) => [...element, ...set]).concat(sets);
      return elements.reduceRight(withAndWithout, [[]]);
    }
  }
}

function uniqueSets(sets: readonly number[][]): number[][] {
  const seen = new Map(sets.map((set) => [[...set].sort((a, b) => a - b).join(), set]));
  return [...seen.values()];
}
