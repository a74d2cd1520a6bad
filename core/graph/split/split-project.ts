/** Projections with Python calls. */

import type { Expression } from '../../plan/expression.js';
import { columnOf } from '../../plan/expression-builders.js';
import { callsPython } from '../../plan/expression-facts.js';
import { extendedBy, type NamedExpression, type Project } from '../../plan/plan-builders.js';
import { evaluateCalls } from './evaluate-calls.js';
import { evaluateWindows } from './evaluate-windows.js';
import { NOTHING_KNOWN, type SplitContext, type SplitPlan } from './split-context.js';

/**
 * Where every output with a call is just that call, the other outputs are computed below the stages and
 * nothing is left above them; otherwise the outputs are computed above, from the results.
 */
export function splitProject(context: SplitContext, whole: Project, below: SplitPlan): SplitPlan {
  const { input, expressions: outputs } = evaluateWindows(context, below, whole.expressions);
  const project = { ...whole, expressions: outputs };
  if (!outputs.some(callsPython)) {
    return { plan: { ...project, input: input.plan }, known: NOTHING_KNOWN };
  }
  const isBare = outputs.every((output) => output.kind === 'python_call' || !callsPython(output));
  const ready = isBare ? computeBelow(context, project, input) : { input, outputs };
  const { input: evaluated, expressions } = evaluateCalls(context, ready.input, ready.outputs);
  return { plan: { ...project, input: evaluated.plan, expressions }, known: NOTHING_KNOWN };
}

function computeBelow(
  context: SplitContext,
  project: Project,
  input: SplitPlan,
): { readonly input: SplitPlan; readonly outputs: readonly Expression[] } {
  const added: NamedExpression[] = [];
  const outputs = project.expressions.map((expression, i) => {
    if (expression.kind === 'column' || expression.kind === 'python_call') return expression;
    const computed = context.ids.column(project.columns[i]!.name, expression.type);
    added.push({ column: computed, expression });
    return columnOf(computed, expression.span);
  });
  return { input: { plan: extendedBy(input.plan, added), known: input.known }, outputs };
}
