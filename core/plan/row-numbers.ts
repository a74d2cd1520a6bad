/** `WHERE ROW_NUMBER() OVER (…) <= n`: a projection that numbers rows, and what a filter says of the numbers. */
import { isComparison, MIRRORED } from './comparison.js';
import { conjunctsOf } from './conjuncts.js';
import type { Expression } from './expression.js';
import type { WindowCall } from './expression-builders.js';
import type { LogicalPlan } from './logical-plan.js';
import type { Filter, Project } from './plan-builders.js';
import { windowCallsOf } from './window-calls.js';

export interface RowNumbers {
  readonly project: Project;
  readonly call: WindowCall;
  /** Column of the number. */
  readonly id: string;
}

/** Conditions on the number of a row, and the others. */
export interface RowNumberBounds {
  readonly numbers: RowNumbers;
  /** The first and the last number that are kept; `Infinity`: all after the first. */
  readonly from: number;
  readonly to: number;
  /** False: nothing is said of the number. */
  readonly isBounded: boolean;
  readonly others: readonly Expression[];
}

/** Null where the filter is not right above a projection with one ROW_NUMBER, RANK or DENSE_RANK. */
export function rowNumberBounds(filter: Filter): RowNumberBounds | null {
  const numbers = rowNumbersIn(filter.input);
  if (numbers === null) return null;
  const conjuncts = conjunctsOf(filter.predicate);
  const bounds = conjuncts.map((conjunct) => boundOf(conjunct, numbers.id));
  return {
    numbers,
    from: Math.max(1, ...bounds.flatMap((bound) => bound?.from ?? [])),
    to: Math.min(Number.POSITIVE_INFINITY, ...bounds.flatMap((bound) => bound?.to ?? [])),
    isBounded: bounds.some((bound) => bound !== null),
    others: conjuncts.filter((_, i) => bounds[i] === null),
  };
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
