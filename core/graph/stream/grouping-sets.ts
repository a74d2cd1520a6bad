/** GROUPING SETS over a stream: each row once for each set, told apart by the number of the set. */
import type { AggregateCall, Expression } from '../../plan/expression.js';
import { columnOf, literalOf, predicate } from '../../plan/expression-builders.js';
import { expressionKey } from '../../plan/expression-key.js';
import type { LogicalPlan, PlanColumn } from '../../plan/logical-plan.js';
import { type Aggregate, projectOf } from '../../plan/plan-builders.js';
import { types } from '../../types/types.js';
import type { StreamContext } from './relation.js';

/** The same groups by one plain GROUP BY: the number of the set is a key, keys that a set leaves out are NULL. */
export function expandedSets({ options }: StreamContext, node: Aggregate): LogicalPlan {
  const { ids } = options;
  const sets = node.groupingSets!;
  const set = ids.column('grouping_set', SET_TYPE);
  const expanded: LogicalPlan = {
    kind: 'unnest',
    input: node.input,
    collection: numbersTo(sets.length),
    withOrdinality: false,
    outer: false,
    columns: [...node.input.columns, set],
    span: node.span,
  };
  const keys = node.groups.map((key, i) => inSets(key, set, (numbered) => numbered.includes(i), sets));
  const plain = node.aggregates.filter(({ function: name }) => name !== 'GROUPING');
  const number = ids.column('grouping_set', SET_TYPE);
  const width = node.groups.length;
  const made = node.columns.filter(
    (_, i) => i < width || node.aggregates[i - width]!.function !== 'GROUPING',
  );
  const grouped: LogicalPlan = {
    ...node,
    input: expanded,
    groups: [...keys, columnOf(set)],
    groupingSets: null,
    aggregates: plain,
    columns: [...made.slice(0, width), number, ...made.slice(width)],
  };
  const outputs = node.columns.map((column, i) => {
    const call = node.aggregates[i - width];
    return call?.function === 'GROUPING' ? groupingOf(node, call, number) : columnOf(column);
  });
  const columns = node.columns.map((column) => ({ ...column }));
  return projectOf(grouped, columns, outputs);
}

const SET_TYPE = types.notNull(types.int());

function numbersTo(count: number): Expression {
  return {
    kind: 'call',
    function: 'ARRAY',
    arguments: Array.from({ length: count }, (_, i) => literalOf(i, SET_TYPE)),
    type: types.notNull(types.array(SET_TYPE)),
    span: null,
  };
}

/** `value` where the set is one of those that `has` chooses, else NULL. */
function inSets(
  value: Expression,
  set: PlanColumn,
  has: (set: readonly number[]) => boolean,
  sets: readonly (readonly number[])[],
): Expression {
  if (sets.every(has)) return value;
  const type = { ...value.type, nullable: true };
  // biome-ignore-start lint/suspicious/noThenProperty: branches of CASE, never awaited
  const branches = sets.flatMap((each, i) =>
    has(each) ? [{ when: predicate('=', [columnOf(set), literalOf(i, SET_TYPE)]), then: value }] : [],
  );
  // biome-ignore-end lint/suspicious/noThenProperty: branches of CASE, never awaited
  if (branches.length === 0) return literalOf(null, type);
  return { kind: 'case', branches, otherwise: literalOf(null, type), type, span: value.span };
}

/** A bit for each argument, the first the highest: 1 where the set leaves it out. */
function groupingOf(node: Aggregate, call: AggregateCall, set: PlanColumn): Expression {
  const places = call.arguments.map((argument) =>
    node.groups.findIndex((key) => expressionKey(key) === expressionKey(argument)),
  );
  const bitsOf = (keys: readonly number[]) =>
    places.reduce((bits, place) => 2 * bits + (keys.includes(place) ? 0 : 1), 0);
  const [first, ...rest] = node.groupingSets!;
  // biome-ignore-start lint/suspicious/noThenProperty: branches of CASE, never awaited
  const branches = rest.map((keys, i) => ({
    when: predicate('=', [columnOf(set), literalOf(i + 1, SET_TYPE)]),
    then: literalOf(bitsOf(keys), call.type),
  }));
  // biome-ignore-end lint/suspicious/noThenProperty: branches of CASE, never awaited
  const otherwise = literalOf(bitsOf(first!), call.type);
  return branches.length === 0
    ? otherwise
    : { kind: 'case', branches, otherwise, type: call.type, span: call.span };
}
