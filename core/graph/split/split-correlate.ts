/** LATERAL TABLE(f(…)): a Python table function over the rows before it. */
import type { Correlate } from '../../plan/plan-builders.js';
import { evaluateFinalCall } from './evaluate-calls.js';
import type { SplitContext, SplitPlan } from './split-context.js';

/**
 * One stage whose last step is the table function; calls in its arguments come before it, in the same stage
 * if they can.
 */
export function splitCorrelate(context: SplitContext, node: Correlate, input: SplitPlan): SplitPlan {
  const columns = node.columns.slice(node.input.columns.length);
  const fields = columns.map(({ name, type }) => ({ name, type }));
  const call = { ...node.call, type: { kind: 'ROW' as const, nullable: true, fields } };
  return evaluateFinalCall(context, input, call, { mode: 'table', outer: node.outer, columns });
}
