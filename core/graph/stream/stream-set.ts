/** UNION, INTERSECT and EXCEPT over streams. */
import { conjunction } from '../../plan/conjuncts.js';
import { castTo, columnOf, literalOf, predicate } from '../../plan/expression-builders.js';
import type { LogicalPlan } from '../../plan/logical-plan.js';
import { projectOf } from '../../plan/plan-builders.js';
import { countedSet } from './counted-set.js';
import { CHANGE_TYPE, type MadeColumn, operatorOver, type Relation, type StreamContext } from './relation.js';
import { streamAggregate } from './stream-aggregate.js';

type SetNode = Extract<LogicalPlan, { kind: 'set' }>;

export function streamSet(context: StreamContext, node: SetNode): Relation {
  if (node.operator !== 'union') {
    return context.plan(node.all ? countedSet(context, node) : asJoin(context, node));
  }
  if (!node.all) {
    const all = { ...node, all: true };
    const groups = node.columns.map((column) => columnOf(column));
    const { columns, span } = node;
    return streamAggregate(context, {
      kind: 'aggregate',
      input: all,
      groups,
      groupingSets: null,
      aggregates: [],
      columns,
      span,
    });
  }
  const sides = [node.left, node.right].map((side) => ({ side, relation: context.plan(side) }));
  const updates = sides.some(({ relation }) => relation.change !== null);
  const inputs = sides.map(({ side, relation }) => aligned(context, node, side, relation, updates));
  const made = node.columns.map(
    (column, result): MadeColumn => ({ column, output: { kind: 'result', result } }),
  );
  return operatorOver(
    context,
    inputs,
    { kind: 'union', columns: inputs.map(({ ids }) => ids) },
    made,
    updates,
  );
}

/** The distinct rows of the left side that the right one has too (INTERSECT), or has not. NULLs are equal here. */
function asJoin({ options }: StreamContext, node: SetNode): LogicalPlan {
  const cast = (side: LogicalPlan, columns: LogicalPlan['columns']) => {
    const values = side.columns.map((column, i) => castTo(columnOf(column), columns[i]!.type));
    return projectOf(side, columns, values);
  };
  const right = node.columns.map(({ name, type }) => options.ids.column(name, type));
  const left = {
    kind: 'distinct',
    input: cast(node.left, node.columns),
    columns: node.columns,
    span: node.span,
  } as const;
  const equal = node.columns.map((column, i) =>
    predicate('IS NOT DISTINCT FROM', [columnOf(column), columnOf(right[i]!)]),
  );
  return {
    kind: 'join',
    type: node.operator === 'intersect' ? 'semi' : 'anti',
    left,
    right: cast(node.right, right),
    condition: conjunction(equal),
    columns: node.columns,
    span: node.span,
  };
}

/** A side with its values cast to the columns of the union, and its kind of change where the other side has one. */
function aligned(
  context: StreamContext,
  node: LogicalPlan,
  side: LogicalPlan,
  relation: Relation,
  updates: boolean,
): Relation & { readonly ids: readonly string[] } {
  const columns = node.columns.map(({ name, type }) => context.options.ids.column(name, type));
  const change = updates ? (relation.change ?? context.options.ids.column('change', CHANGE_TYPE)) : null;
  const values = side.columns.map((column) => columnOf(column));
  const changes =
    change === null ? [] : [relation.change === null ? literalOf(0, CHANGE_TYPE) : columnOf(relation.change)];
  const clock = relation.clock === null ? [] : [relation.clock];
  const plan = projectOf(
    relation.plan,
    [...columns, ...(change === null ? [] : [change]), ...clock],
    [...values, ...changes, ...clock.map((column) => columnOf(column))],
  );
  return { plan, change, clock: relation.clock, order: [], ids: columns.map((column) => column.id) };
}
