/** Takes Python aggregates with OVER out of expressions: stages below compute them, the expressions read the results. */
import type { Expression } from '../../plan/expression.js';
import { columnOf, type PythonWindowCall } from '../../plan/expression-builders.js';
import { isPythonWindow } from '../../plan/expression-facts.js';
import { expressionKey } from '../../plan/expression-key.js';
import { mapOperands, operandsOf, rewriteExpression } from '../../plan/visit-expression.js';
import { type Evaluated, evaluateCalls } from './evaluate-calls.js';
import type { SplitContext, SplitPlan } from './split-context.js';
import { windowStage } from './window-stage.js';

/**
 * Computes every Python aggregate with OVER inside `expressions` (over the columns of `input`). Calls over equal
 * windows, of one group of workers, are one stage; their frames may differ.
 */
export function evaluateWindows(
  context: SplitContext,
  input: SplitPlan,
  expressions: readonly Expression[],
): Evaluated {
  const calls = distinctCalls(expressions);
  if (calls.size === 0) return { input, expressions };
  const ready = evaluateCalls(context, input, [...calls.values()].flatMap(operandsOf));
  const operands = [...ready.expressions];
  const groups = new Map<string, { key: string; call: PythonWindowCall }[]>();
  for (const [key, call] of calls) {
    const computed = mapOperands(call, () => operands.shift()!) as PythonWindowCall;
    const group = [context.resourceGroupOf(call.function), ...windowKey(computed)].join(' ');
    groups.set(group, [...(groups.get(group) ?? []), { key, call: computed }]);
  }
  let { plan } = ready.input;
  const results = new Map<string, Expression>();
  for (const group of groups.values()) {
    const stage = windowStage(
      context,
      plan,
      group.map(({ call }) => call),
    );
    plan = stage.plan;
    group.forEach(({ key, call }, i) => {
      results.set(key, columnOf(stage.results[i]!, call.span));
    });
  }
  const rewritten = expressions.map((expression) =>
    rewriteExpression(expression, (e) => (isPythonWindow(e) ? results.get(expressionKey(e))! : e)),
  );
  return { input: { plan, known: ready.input.known }, expressions: rewritten };
}

function distinctCalls(expressions: readonly Expression[]): Map<string, PythonWindowCall> {
  const calls = new Map<string, PythonWindowCall>();
  const visit = (expression: Expression): void => {
    if (isPythonWindow(expression)) calls.set(expressionKey(expression), expression);
    else operandsOf(expression).forEach(visit);
  };
  expressions.forEach(visit);
  return calls;
}

function windowKey(call: PythonWindowCall): string[] {
  return [
    ...call.partitionBy.map(expressionKey),
    ...call.orderBy.map((key) => `${key.descending} ${key.nullsFirst} ${expressionKey(key.expression)}`),
  ];
}
