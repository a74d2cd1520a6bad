/** Joins whose ON calls Python. */
import { conjunction, conjunctsOf } from '../../plan/conjuncts.js';
import type { Expression } from '../../plan/expression.js';
import { callsPython, referencedColumns } from '../../plan/expression-facts.js';
import { idsOf, type Join } from '../../plan/plan-builders.js';
import { mapOperands, operandsOf } from '../../plan/visit-expression.js';
import { evaluateCalls } from './evaluate-calls.js';
import { planOuterJoin } from './outer-join.js';
import { NOTHING_KNOWN, type SplitContext, type SplitPlan } from './split-context.js';
import { applyConditions } from './split-filter.js';
import { splitPlan } from './split-plan.js';

/**
 * What reads one side is computed below the join. Conditions with a call over both sides are taken out: the
 * join is made on the rest (a cross join where there is none), then they are called on its rows.
 */
export function splitJoin(context: SplitContext, join: Join): SplitPlan {
  const conjuncts = conjunctsOf(join.condition);
  const paired = conjuncts.filter((conjunct) => hasPairedCall(conjunct, join));
  if (paired.length === 0) return joinSides(context, join, conjuncts);
  const rest = conjuncts.filter((conjunct) => !paired.includes(conjunct));
  if (join.type !== 'inner') return splitPlan(context, planOuterJoin(context, join, rest, paired));
  return applyConditions(context, joinSides(context, join, rest), paired);
}

function joinSides(context: SplitContext, join: Join, conjuncts: readonly Expression[]): SplitPlan {
  const parts = conjuncts.flatMap((conjunct) => oneSidedParts(conjunct, join));
  const ofRight = parts.filter((part) => sideOf(part, join) === 'right');
  const ofLeft = parts.filter((part) => sideOf(part, join) === 'left');
  const left = evaluateCalls(context, splitPlan(context, join.left), ofLeft);
  const right = evaluateCalls(context, splitPlan(context, join.right), ofRight);
  const results = new Map<Expression, Expression>();
  for (const [i, part] of ofLeft.entries()) results.set(part, left.expressions[i]!);
  for (const [i, part] of ofRight.entries()) results.set(part, right.expressions[i]!);
  const isHalf = join.type === 'semi' || join.type === 'anti';
  return {
    plan: {
      ...join,
      left: left.input.plan,
      right: right.input.plan,
      condition: conjunction(conjuncts.map((conjunct) => replaceParts(conjunct, results))),
      columns: isHalf ? left.input.plan.columns : [...left.input.plan.columns, ...right.input.plan.columns],
    },
    known: NOTHING_KNOWN,
  };
}

function hasPairedCall(expression: Expression, join: Join): boolean {
  if (expression.kind === 'python_call' && sideOf(expression, join) === 'both') return true;
  return operandsOf(expression).some((operand) => hasPairedCall(operand, join));
}

/** The largest parts that call Python and read one side; a part that reads no column belongs to the left. */
function oneSidedParts(expression: Expression, join: Join): Expression[] {
  if (!callsPython(expression)) return [];
  if (sideOf(expression, join) !== 'both') return [expression];
  return operandsOf(expression).flatMap((operand) => oneSidedParts(operand, join));
}

function sideOf(expression: Expression, join: Join): 'left' | 'right' | 'both' {
  const ids = [...referencedColumns(expression)];
  const right = idsOf(join.right.columns);
  if (!ids.some((id) => right.has(id))) return 'left';
  return ids.every((id) => right.has(id)) ? 'right' : 'both';
}

function replaceParts(expression: Expression, results: ReadonlyMap<Expression, Expression>): Expression {
  return results.get(expression) ?? mapOperands(expression, (operand) => replaceParts(operand, results));
}
