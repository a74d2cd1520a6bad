/** WHERE and HAVING with Python calls. */

import type { Expression } from '../../plan/expression.js';
import { isTrueLiteral, trueLiteral } from '../../plan/expression-builders.js';
import { callsPython, isNondeterministic } from '../../plan/expression-facts.js';
import { expressionKey } from '../../plan/expression-key.js';
import { filteredBy } from '../../plan/plan-builders.js';
import { evaluateCalls, evaluateFinalCall } from './evaluate-calls.js';
import type { SplitContext, SplitPlan } from './split-context.js';

/**
 * Conditions without Python first; then those with it one after the other, so that each calls its functions
 * only for the rows that passed the ones before. A condition that is a call and nothing else drops its rows
 * in the worker.
 */
export function applyConditions(
  context: SplitContext,
  input: SplitPlan,
  conjuncts: readonly Expression[],
): SplitPlan {
  const free = conjuncts.filter((conjunct) => !callsPython(conjunct));
  const start: SplitPlan = { plan: filteredBy(input.plan, free), known: input.known };
  return conjuncts
    .filter(callsPython)
    .reduce((current, next) => applyCondition(context, current, next), start);
}

function applyCondition(context: SplitContext, input: SplitPlan, condition: Expression): SplitPlan {
  if (condition.kind !== 'python_call' || input.known.has(expressionKey(condition))) {
    const { input: evaluated, expressions } = evaluateCalls(context, input, [condition]);
    const left = expressions.filter((expression) => !isTrueLiteral(expression));
    return { plan: filteredBy(evaluated.plan, left), known: evaluated.known };
  }
  const column = context.ids.column(condition.function, condition.type);
  const output = evaluateFinalCall(context, input, condition, {
    mode: 'filter',
    outer: false,
    columns: [column],
  });
  if (isNondeterministic(condition)) return output;
  return { ...output, known: new Map([...output.known, [expressionKey(condition), trueLiteral()]]) };
}
