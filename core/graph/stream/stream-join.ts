/** Joins of streams: both sides are remembered, for as long as their event times may still meet. */
import type { Comparison } from '../../plan/comparison.js';
import { conjunction, conjunctsOf } from '../../plan/conjuncts.js';
import type { Expression } from '../../plan/expression.js';
import type { LogicalPlan } from '../../plan/logical-plan.js';
import { filteredBy, idsOf, type Join } from '../../plan/plan-builders.js';
import type { StreamBound, StreamPairCondition, StreamRetention } from '../../plan/stream-operator.js';
import { isTimeAttribute } from '../../plan/time-attribute.js';
import { windowEdgeOf, windowTimeOf } from '../../plan/window-edges.js';
import {
  type Comparing,
  comparingOf,
  oneSided,
  type PairCondition,
  pairCondition,
  type Sides,
} from './join-condition.js';
import {
  operatorOver,
  passedOn,
  type Relation,
  refuseInStream,
  type StreamContext,
  withOperands,
} from './relation.js';

/** Over rows that only come, these only add rows. */
const ADDS_ONLY: ReadonlySet<Join['type']> = new Set(['inner', 'semi']);

export function streamJoin(context: StreamContext, node: Join): Relation {
  const sides = [idsOf(node.left.columns), idsOf(node.right.columns)] as const;
  const compared: Comparing[] = [];
  const others: Expression[] = [];
  for (const conjunct of conjunctsOf(node.condition)) {
    const found = comparingOf(conjunct, sides) ?? (node.type === 'inner' ? null : oneSided(conjunct, sides));
    if (found === null) others.push(conjunct);
    else compared.push(found);
  }
  const paired = node.type === 'inner' ? null : pairsOf(context, others, sides);
  const parts = paired?.parts ?? [];
  const isKey = ({ operator }: Comparing) => operator === '=' || operator === 'IS NOT DISTINCT FROM';
  const keys = compared.filter(isKey);
  const bounds = compared.filter((item) => !isKey(item));
  const windows = windowTimesOf(node, keys);
  const left = withOperands(context, context.plan(node.left), [
    ...compared.map((item) => item.left),
    ...parts.flatMap(({ side, value }) => (side === 0 ? [value] : [])),
    ...(windows === null ? [] : [windows.left]),
  ]);
  const right = withOperands(context, context.plan(node.right), [
    ...compared.map((item) => item.right),
    ...parts.flatMap(({ side, value }) => (side === 1 ? [value] : [])),
    ...(windows === null ? [] : [windows.right]),
  ]);
  const isAppending = left.relation.change === null && right.relation.change === null;
  const times = windows === null && isAppending ? timesOf(node, compared) : null;
  const retained = (ids: readonly string[], keep: { id: string; keep: number } | undefined) =>
    retention(windows === null || !isAppending ? null : ids.at(-1)!, keep);
  const joined = operatorOver(
    context,
    [left.relation, right.relation],
    {
      kind: 'join',
      type: node.type,
      leftKeys: keys.map((item) => left.ids[compared.indexOf(item)]!),
      rightKeys: keys.map((item) => right.ids[compared.indexOf(item)]!),
      nullSafe: keys.map((item) => item.operator === 'IS NOT DISTINCT FROM'),
      bounds: bounds.map((item): StreamBound<string> => {
        const at = compared.indexOf(item);
        const { type } = item.left;
        return { operator: item.operator as Comparison, left: left.ids[at]!, right: right.ids[at]!, type };
      }),
      ...(paired === null ? {} : { condition: conditionOver(paired, left.ids, right.ids, compared.length) }),
      left: retained(left.ids, times?.left),
      right: retained(right.ids, times?.right),
      ...(node.stateTtlMs === undefined ? {} : { stateTtlMs: node.stateTtlMs }),
    },
    [
      ...passedOn(withTypes(node.left.columns, node), 0),
      ...(node.type === 'semi' || node.type === 'anti'
        ? []
        : passedOn(withTypes(node.right.columns, node), 1)),
    ],
    !isAppending || (!ADDS_ONLY.has(node.type) && windows === null && times === null),
  );
  if (paired !== null || others.length === 0) return joined;
  const plan = filteredBy(joined.plan, [conjunction(others)!]);
  return { ...joined, plan };
}

/** Null where there are none. */
function pairsOf(
  context: StreamContext,
  conditions: readonly Expression[],
  sides: Sides,
): PairCondition | null {
  const all = conjunction(conditions);
  if (all === null) return null;
  const found = pairCondition(all, sides);
  if (found === null) {
    refuseInStream(context, 'This condition of an outer join', { span: conditions[0]!.span });
  }
  return found;
}

/** The values of each side are its operands from `first` on. */
function conditionOver(
  { predicate, parts }: PairCondition,
  left: readonly string[],
  right: readonly string[],
  first: number,
): StreamPairCondition<string> {
  const operands = [left.slice(first), right.slice(first)] as const;
  const next = [0, 0];
  return {
    predicate,
    columns: parts.map(({ id, side }) => ({ id, input: side, column: operands[side][next[side]!++]! })),
  };
}

function retention(
  windowTime: string | null,
  bounded: { readonly id: string; readonly keep: number } | undefined,
): StreamRetention<string> | null {
  if (windowTime !== null) return { time: windowTime, keep: 0, isWindow: true };
  return bounded === undefined ? null : { time: bounded.id, keep: bounded.keep, isWindow: false };
}

/** The columns of a side as the join gives them: outer joins make columns nullable. */
export function withTypes(columns: LogicalPlan['columns'], node: LogicalPlan): LogicalPlan['columns'] {
  const types = new Map(node.columns.map((column) => [column.id, column]));
  return columns.map((column) => types.get(column.id) ?? column);
}

/** Where both edges of a window of each side are compared: the last moments of those windows. */
function windowTimesOf(
  node: Join,
  keys: readonly Comparing[],
): { readonly left: Expression; readonly right: Expression } | null {
  const edges = keys.filter(({ left, right }) => {
    const a = left.kind === 'column' ? windowEdgeOf(node.left, left.id) : null;
    const b = right.kind === 'column' ? windowEdgeOf(node.right, right.id) : null;
    return a !== null && b !== null && a.edge === b.edge;
  });
  const left = windowTimeOf(
    node.left,
    edges.map((item) => item.left),
  );
  const right = windowTimeOf(
    node.right,
    edges.map((item) => item.right),
  );
  return left === null || right === null ? null : { left, right };
}

/**
 * How long a row of each side may still meet one that comes, where event times bound the pairs from both sides: the
 * time of a left row is at most `left.keep` milliseconds before that of its partners, and the other way round.
 */
function timesOf(
  node: Join,
  compared: readonly Comparing[],
): Readonly<Record<'left' | 'right', { readonly id: string; readonly keep: number }>> | null {
  const bounds: Partial<Record<'left' | 'right', { readonly id: string; readonly keep: number }>> = {};
  const bound = (side: 'left' | 'right', id: string, keep: number) => {
    bounds[side] = { id, keep: Math.min(bounds[side]?.keep ?? Number.POSITIVE_INFINITY, keep) };
  };
  for (const item of compared) {
    const a = movedTime(node.left, item.left);
    const b = movedTime(node.right, item.right);
    if (a === null || b === null) continue;
    // a.id + a.by <operator> b.id + b.by
    const difference = b.by - a.by;
    if (item.operator === '<' || item.operator === '<=' || item.operator === '=') {
      bound('right', b.id, difference);
    }
    if (item.operator === '>' || item.operator === '>=' || item.operator === '=') {
      bound('left', a.id, -difference);
    }
  }
  const { left, right } = bounds;
  return left === undefined || right === undefined ? null : { left, right };
}

/** `time`, `time + INTERVAL`, `time - INTERVAL`. */
function movedTime(
  plan: LogicalPlan,
  expression: Expression,
): { readonly id: string; readonly by: number } | null {
  if (expression.kind === 'cast') return movedTime(plan, expression.argument);
  if (expression.kind === 'column') {
    return isTimeAttribute(plan, expression.id) ? { id: expression.id, by: 0 } : null;
  }
  if (
    expression.kind !== 'call' ||
    !/^(DATETIME_INTERVAL [+-]|INTERVAL_DATETIME \+)$/.test(expression.function)
  ) {
    return null;
  }
  const [a, b] = expression.arguments as [Expression, Expression];
  const [time, length] = a.kind === 'literal' ? [b, a] : [a, b];
  const inner = movedTime(plan, time);
  if (inner === null || length.kind !== 'literal' || length.type.kind !== 'INTERVAL_DAY_TIME') return null;
  const by = Number(length.value);
  return { id: inner.id, by: inner.by + (expression.function.endsWith('-') ? -by : by) };
}
