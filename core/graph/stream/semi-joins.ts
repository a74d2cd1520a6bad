/** EXISTS and IN among the conditions of a query as joins that keep or drop its rows. */

import { conjunction, conjunctsOf } from '../../plan/conjuncts.js';
import type { Expression } from '../../plan/expression.js';
import { columnOf, predicate } from '../../plan/expression-builders.js';
import { hasWindowCall, outerColumns, referencedColumns } from '../../plan/expression-facts.js';
import type { LogicalPlan } from '../../plan/logical-plan.js';
import { type Filter, filteredBy, idsOf, projectOf } from '../../plan/plan-builders.js';
import { mapPlans } from '../../plan/visit-plan.js';

/** The plan with semi and anti joins in the place of those conditions that are such a join. */
export function joinConditions(plan: LogicalPlan): LogicalPlan {
  const inner = mapPlans(plan, joinConditions);
  return inner.kind === 'filter' ? joinedFilter(inner) : inner;
}

function joinedFilter(filter: Filter): LogicalPlan {
  const conjuncts = conjunctsOf(filter.predicate);
  const joins = conjuncts.map((conjunct) => semiJoinOf(conjunct, filter.input));
  const rest = conjuncts.filter((_, i) => joins[i] === null);
  const rows = filteredBy(filter.input, rest);
  return joins.reduce<LogicalPlan>((left, join) => {
    if (join === null) return left;
    const { type, right, conditions } = join;
    const condition = conjunction(conditions);
    return { kind: 'join', type, left, right, condition, columns: left.columns, span: join.span };
  }, rows);
}

interface SemiJoin {
  readonly type: 'semi' | 'anti';
  readonly right: LogicalPlan;
  readonly conditions: readonly Expression[];
  readonly span: Expression['span'];
}

/** Null where the condition is none, or is more than a join: NOT IN over values that may be NULL. */
function semiJoinOf(conjunct: Expression, input: LogicalPlan): SemiJoin | null {
  if (conjunct.kind === 'call' && conjunct.function === 'NOT') {
    const [inner] = conjunct.arguments as [Expression];
    if (inner.kind !== 'subquery') return null;
    return semiJoinOf({ ...inner, negated: !inner.negated }, input);
  }
  if (conjunct.kind !== 'subquery' || conjunct.form === 'scalar') return null;
  const { plan, operands, negated, span } = conjunct;
  const pairs = operands.map((operand, i) => [operand, columnOf(plan.columns[i]!)] as const);
  if (negated && pairs.flat().some(({ type }) => type.nullable)) return null;
  const outer = outerColumns(plan);
  if (![...outer].every((id) => idsOf(input.columns).has(id))) return null;
  const lifted = liftConditions(plan, outer);
  if (lifted === null) return null;
  const conditions = [...pairs.map((pair) => predicate('=', pair)), ...lifted.conditions];
  return { type: negated ? 'anti' : 'semi', right: lifted.plan, conditions, span };
}

/**
 * The plan without its conditions on columns from outside, and those conditions; null where other nodes read such columns,
 * or a window is made of the rows that the conditions leave.
 */
function liftConditions(
  plan: LogicalPlan,
  outer: ReadonlySet<string>,
): { readonly plan: LogicalPlan; readonly conditions: readonly Expression[] } | null {
  const reads = (expression: Expression) => [...referencedColumns(expression)].some((id) => outer.has(id));
  if (![...outerColumns(plan)].some((id) => outer.has(id))) return { plan, conditions: [] };
  if (plan.kind === 'filter') {
    const inner = liftConditions(plan.input, outer);
    if (inner === null) return null;
    const conjuncts = conjunctsOf(plan.predicate);
    const own = conjuncts.filter((conjunct) => !reads(conjunct));
    const conditions = [...inner.conditions, ...conjuncts.filter(reads)];
    return { plan: filteredBy(inner.plan, own), conditions };
  }
  if (plan.kind !== 'project' || plan.expressions.some((each) => reads(each) || hasWindowCall(each)))
    return null;
  const inner = liftConditions(plan.input, outer);
  if (inner === null) return null;
  const given = idsOf(plan.columns);
  const read = new Set(inner.conditions.flatMap((condition) => [...referencedColumns(condition)]));
  const more = inner.plan.columns.filter(({ id }) => read.has(id) && !given.has(id));
  const columns = [...plan.columns, ...more];
  const expressions = [...plan.expressions, ...more.map((column) => columnOf(column))];
  return { plan: projectOf(inner.plan, columns, expressions), conditions: inner.conditions };
}
