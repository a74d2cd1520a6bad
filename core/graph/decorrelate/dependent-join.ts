/**
 * The rows of a correlated plan for all outer values at once: the values are joined in where the plan reads them first,
 * and carried up from there. After Neumann and Kemper, "Unnesting Arbitrary Queries" (BTW 2015).
 */
import { InternalError } from '../../errors.js';
import type { ColumnIds } from '../../plan/column-ids.js';
import { conjunction, conjunctsOf } from '../../plan/conjuncts.js';
import type { Expression } from '../../plan/expression.js';
import { columnOf } from '../../plan/expression-builders.js';
import { hasSubquery, outerColumns, referencedColumns } from '../../plan/expression-facts.js';
import type { LogicalPlan, PlanColumn } from '../../plan/logical-plan.js';
import { type Filter, filteredBy, type Join, narrowedTo, projectOf } from '../../plan/plan-builders.js';
import { rewriteExpression } from '../../plan/visit-expression.js';
import { aggregateForAll } from './dependent-aggregate.js';
import type { DependentContext } from './dependent-context.js';
import { limitForAll } from './dependent-limit.js';
import { inKeys, sameValues } from './keys.js';
import type { Keyed, OuterValues } from './outer-values.js';

/** The plan's rows for each combination of outer values; `refuse` is told what cannot be rewritten. */
export function forAllValues(
  outer: OuterValues,
  ids: ColumnIds,
  plan: LogicalPlan,
  refuse: (why: string) => never,
): Keyed {
  const context: DependentContext = { outer, ids, refuse, forAll: (inner) => rowsForAll(context, inner) };
  return context.forAll(plan);
}

function rowsForAll(context: DependentContext, plan: LogicalPlan): Keyed {
  if (!depends(context, plan)) return joined(context, plan, []);
  switch (plan.kind) {
    case 'filter':
      return filterForAll(context, plan);
    case 'project': {
      const { plan: input, keys } = context.forAll(plan.input);
      const outputs = plan.expressions.map((e) => withinKeys(inKeys(context, e, keys), keys));
      const all = [...keys.map((key) => columnOf(key)), ...outputs];
      return { plan: projectOf(input, [...keys, ...plan.columns], all), keys };
    }
    case 'join':
      return joinForAll(context, plan);
    case 'aggregate':
      return aggregateForAll(context, plan);
    case 'distinct': {
      const { plan: input, keys } = context.forAll(plan.input);
      return { plan: { ...plan, input, columns: input.columns }, keys };
    }
    case 'sort':
      // An order means nothing to a subquery but for LIMIT, which takes it over.
      return context.forAll(plan.input);
    case 'limit':
      return limitForAll(context, plan);
    case 'set': {
      const sides = [plan.left, plan.right].map((side) => {
        const keyed = context.forAll(side);
        return narrowedTo(keyed.plan, [...keyed.keys, ...side.columns]);
      });
      const keys = context.outer.columns.map((column) => context.ids.column(column.name, column.type));
      return {
        plan: { ...plan, left: sides[0]!, right: sides[1]!, columns: [...keys, ...plan.columns] },
        keys,
      };
    }
    case 'correlate': {
      const { plan: input, keys } = context.forAll(plan.input);
      const call = { ...plan.call, arguments: plan.call.arguments.map((e) => inKeys(context, e, keys)) };
      return { plan: { ...plan, input, call, columns: [...input.columns, ...addedBy(plan)] }, keys };
    }
    case 'unnest': {
      const { plan: input, keys } = context.forAll(plan.input);
      const collection = inKeys(context, plan.collection, keys);
      return { plan: { ...plan, input, collection, columns: [...input.columns, ...addedBy(plan)] }, keys };
    }
    case 'map':
      return context.refuse(
        'a function over tables reads outer columns, and would have to be called for each row',
      );
    case 'shared':
      return context.refuse('a common table expression that is used more than once reads outer columns');
    case 'watermark':
      return context.forAll(plan.input);
    case 'temporal_join':
    case 'lookup_join':
      return context.refuse('a temporal join reads outer columns');
    case 'session':
      return context.refuse('a window of time reads outer columns');
    case 'values':
      return valuesForAll(context, plan.rows, plan.columns);
    case 'stream':
    case 'scan':
      throw new InternalError('INTERNAL', `A ${plan.kind} reads columns of an enclosing query.`);
  }
}

/** Rows of VALUES that read outer values: the values once for each row. */
function valuesForAll(
  context: DependentContext,
  rows: readonly (readonly Expression[])[],
  columns: readonly PlanColumn[],
): Keyed {
  const branches = rows.map((row): Keyed => {
    const { plan, keys } = context.outer.distinct();
    const own = columns.map((column) => context.ids.column(column.name, column.type));
    const expressions = [...keys.map((key) => columnOf(key)), ...row.map((e) => inKeys(context, e, keys))];
    return { plan: projectOf(plan, [...keys, ...own], expressions), keys };
  });
  return branches.reduce((left, right) => {
    const keys = context.outer.columns.map((column) => context.ids.column(column.name, column.type));
    const plan: LogicalPlan = {
      kind: 'set',
      operator: 'union',
      all: true,
      left: left.plan,
      right: right.plan,
      columns: [...keys, ...columns],
      span: right.plan.span,
    };
    return { plan, keys };
  });
}

function depends({ outer }: DependentContext, plan: LogicalPlan): boolean {
  return [...outerColumns(plan)].some((id) => outer.has(id));
}

function reads({ outer }: DependentContext, expression: Expression): boolean {
  return [...referencedColumns(expression)].some((id) => outer.has(id));
}

/** The outer values beside the rows of a plan that reads none of them, where the conditions hold. */
function joined(context: DependentContext, plan: LogicalPlan, conditions: readonly Expression[]): Keyed {
  const { plan: values, keys } = context.outer.distinct();
  const ready = conditions.map((condition) => inKeys(context, condition, keys));
  const join: Join = {
    kind: 'join',
    type: 'inner',
    left: values,
    right: plan,
    condition: conjunction(ready.filter((condition) => !hasSubquery(condition))),
    columns: [...keys, ...plan.columns],
    span: plan.span,
  };
  return {
    plan: filteredBy(join, ready.filter(hasSubquery)),
    keys,
  };
}

/** Conditions that read no outer value stay below: their functions are called once for each row, not for each pair. */
function filterForAll(context: DependentContext, plan: Filter): Keyed {
  const conjuncts = conjunctsOf(plan.predicate);
  if (!depends(context, plan.input)) {
    const own = conjuncts.filter((conjunct) => !reads(context, conjunct));
    const outer = conjuncts.filter((conjunct) => reads(context, conjunct));
    return joined(context, filteredBy(plan.input, own), outer);
  }
  const { plan: input, keys } = context.forAll(plan.input);
  return {
    plan: filteredBy(
      input,
      conjuncts.map((conjunct) => inKeys(context, conjunct, keys)),
    ),
    keys,
  };
}

function joinForAll(context: DependentContext, join: Join): Keyed {
  const onLeft = depends(context, join.left);
  const onRight = depends(context, join.right);
  if (join.type === 'inner' && !onLeft && !onRight) {
    const conjuncts = conjunctsOf(join.condition);
    const own = conjuncts.filter((conjunct) => !reads(context, conjunct));
    const outer = conjuncts.filter((conjunct) => reads(context, conjunct));
    return joined(context, { ...join, condition: conjunction(own) }, outer);
  }
  // The side whose rows are kept has the values; an inner join may have them on either.
  if (join.type === 'full') return context.refuse('a FULL JOIN reads outer columns');
  const keepsRight = join.type === 'right' || (join.type === 'inner' && !onLeft);
  const kept = context.forAll(keepsRight ? join.right : join.left);
  const other = keepsRight ? join.left : join.right;
  const otherDepends = keepsRight ? onLeft : onRight;
  const second = otherDepends ? context.forAll(other) : { plan: other, keys: [] };
  const own = conjunctsOf(join.condition).map((conjunct) => inKeys(context, conjunct, kept.keys));
  const same = otherDepends ? sameValues(kept.keys, second.keys) : [];
  const [left, right] = keepsRight ? [second.plan, kept.plan] : [kept.plan, second.plan];
  const isHalf = join.type === 'semi' || join.type === 'anti';
  const columns = isHalf ? left.columns : [...left.columns, ...right.columns];
  const condition = conjunction([...same, ...own]);
  return { plan: { ...join, left, right, condition, columns }, keys: kept.keys };
}

/** A window of the subquery is one of the same outer values. */
function withinKeys(expression: Expression, keys: readonly PlanColumn[]): Expression {
  return rewriteExpression(expression, (e) =>
    e.kind === 'window_call'
      ? { ...e, partitionBy: [...keys.map((key) => columnOf(key)), ...e.partitionBy] }
      : e,
  );
}

function addedBy(plan: Extract<LogicalPlan, { kind: 'correlate' | 'unnest' }>): readonly PlanColumn[] {
  return plan.columns.slice(plan.input.columns.length);
}
