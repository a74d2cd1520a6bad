/** The first rows of each partition: `WHERE ROW_NUMBER() OVER (…) <= n` over a stream. */
import { isComparison, MIRRORED } from '../../plan/comparison.js';
import { conjunctsOf } from '../../plan/conjuncts.js';
import type { Expression } from '../../plan/expression.js';
import { columnOf, type WindowCall } from '../../plan/expression-builders.js';
import type { LogicalPlan } from '../../plan/logical-plan.js';
import { type Filter, filteredBy, type Project } from '../../plan/plan-builders.js';
import type { StreamOperatorKind } from '../../plan/stream-operator.js';
import { isTimeAttribute } from '../../plan/time-attribute.js';
import {
  operatorOver,
  passedOn,
  projected,
  type Relation,
  refuseInStream,
  type StreamContext,
  withOperands,
} from './relation.js';
import { windowCallsOf } from './stream-over.js';
import { windowTimeOf } from './window-edges.js';

interface RowNumbers {
  readonly project: Project;
  readonly call: WindowCall;
  /** Column of the number. */
  readonly id: string;
}

/** Null where the filter is not about the number of a row. */
export function streamRank(context: StreamContext, filter: Filter): Relation | null {
  const numbers = rowNumbersIn(filter.input);
  if (numbers === null) return null;
  const conjuncts = conjunctsOf(filter.predicate);
  const bounds = conjuncts.map((conjunct) => boundOf(conjunct, numbers.id));
  const from = Math.max(1, ...bounds.flatMap((bound) => bound?.from ?? []));
  const to = Math.min(Number.POSITIVE_INFINITY, ...bounds.flatMap((bound) => bound?.to ?? []));
  if (to === Number.POSITIVE_INFINITY) return null;
  if (numbers.call.function !== 'ROW_NUMBER') {
    refuseInStream(context, `${numbers.call.function} in a Top-N`, numbers.call, 'Use ROW_NUMBER().');
  }
  const others = conjuncts.filter((_, i) => bounds[i] === null);
  const ranked = rank(context, numbers, from, to);
  if (others.length === 0) return ranked;
  return { ...ranked, plan: { ...filteredBy(ranked.plan, others), columns: ranked.plan.columns } };
}

function rowNumbersIn(plan: LogicalPlan): RowNumbers | null {
  if (plan.kind !== 'project') return null;
  const calls = windowCallsOf(plan);
  const position = plan.expressions.findIndex((expression) => expression.kind === 'window_call');
  const call = calls[0];
  const isNumber = call !== undefined && /^(ROW_NUMBER|RANK|DENSE_RANK)$/.test(call.function);
  return isNumber && calls.length === 1 && position >= 0
    ? { project: plan, call, id: plan.columns[position]!.id }
    : null;
}

function rank(context: StreamContext, { project, call, id }: RowNumbers, from: number, to: number): Relation {
  const { input } = project;
  const below = context.plan(input);
  const windowTime = windowTimeOf(input, call.partitionBy);
  const keys = [...call.partitionBy, ...call.orderBy.map((key) => key.expression)];
  const isNumber = (_: Expression, i: number) => project.columns[i]!.id === id;
  const values = project.expressions.filter((e, i) => !isNumber(e, i));
  const { relation, ids } = withOperands(context, below, [
    ...keys,
    ...(windowTime === null ? [] : [windowTime]),
    ...values,
  ]);
  const partition = ids.slice(0, call.partitionBy.length);
  const order = call.orderBy.map(({ descending, nullsFirst, expression: { type } }, i) => {
    return { column: ids[partition.length + i]!, type, descending, nullsFirst };
  });
  const operator = operatorOf(input, below, call, { partition, order, from, to });
  const made = relation.plan.columns.filter((column) => ids.includes(column.id));
  const number = project.columns.find((column) => column.id === id)!;
  const timed =
    operator.kind === 'rank' && windowTime !== null && below.change === null
      ? { ...operator, windowTime: ids[keys.length]! }
      : operator;
  const isFinal = timed.kind === 'first_row' || (timed.kind === 'rank' && timed.windowTime !== null);
  const ranked = operatorOver(
    context,
    [relation],
    timed,
    [...passedOn(made), { column: number, output: { kind: 'result', result: 0 } }],
    !isFinal,
  );
  const places = ids.slice(ids.length - values.length);
  let next = 0;
  const outputs = project.expressions.map((e, i) => {
    if (isNumber(e, i)) return columnOf(number);
    const place = places[next++]!;
    return columnOf(made.find((column) => column.id === place)!);
  });
  return projected(ranked, project.columns, outputs);
}

interface Ranking {
  readonly partition: readonly string[];
  readonly order: Extract<StreamOperatorKind<string>, { kind: 'rank' }>['order'];
  readonly from: number;
  readonly to: number;
}

/** The first and the last row in event time are kept by less than a ranking. */
function operatorOf(
  input: LogicalPlan,
  below: Relation,
  call: WindowCall,
  { partition: keys, order, from, to }: Ranking,
): StreamOperatorKind<string> {
  const [key, second] = call.orderBy;
  const isOne = from === 1 && to === 1 && second === undefined && below.change === null;
  const isByTime = key?.expression.kind === 'column' && isTimeAttribute(input, key.expression.id);
  if (isOne && isByTime) {
    return { kind: key.descending ? 'last_row' : 'first_row', keys, time: order[0]!.column };
  }
  return { kind: 'rank', keys, order, from, to, windowTime: null };
}

/** What a condition says of the number of a row: `rn <= 3`, `2 < rn`, `rn = 1`; null: something else. */
function boundOf(conjunct: Expression, id: string): { readonly from?: number; readonly to?: number } | null {
  if (conjunct.kind !== 'call' || conjunct.arguments.length !== 2) return null;
  const [left, right] = conjunct.arguments as [Expression, Expression];
  const isLeft = left.kind === 'column' && left.id === id;
  const value = isLeft ? right : left;
  const column = isLeft ? left : right;
  if (column.kind !== 'column' || column.id !== id) return null;
  const plain = value.kind === 'cast' ? value.argument : value;
  if (plain.kind !== 'literal') return null;
  const n = Number(plain.value);
  if (!isComparison(conjunct.function)) return null;
  switch (isLeft ? conjunct.function : MIRRORED[conjunct.function]) {
    case '=':
      return { from: n, to: n };
    case '<=':
      return { to: n };
    case '<':
      return { to: n - 1 };
    case '>=':
      return { from: n };
    case '>':
      return { from: n + 1 };
    default:
      return null;
  }
}
