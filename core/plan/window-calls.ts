/** Calls with OVER in a projection. */
import type { Expression } from './expression.js';
import type { WindowCall } from './expression-builders.js';
import { expressionKey } from './expression-key.js';
import type { LogicalPlan } from './logical-plan.js';
import type { Project } from './plan-builders.js';
import { someExpression, subqueryPlans } from './visit-expression.js';
import { expressionsOf, inputsOf } from './visit-plan.js';

/** The window calls of a projection, each once. */
export function windowCallsOf(node: Project): WindowCall[] {
  const calls = new Map<string, WindowCall>();
  for (const expression of node.expressions) {
    someExpression(expression, (e) => {
      if (e.kind === 'window_call') calls.set(expressionKey(e), e);
      return false;
    });
  }
  return [...calls.values()];
}

/** True where two calls have the same PARTITION BY and ORDER BY; their frames may differ. */
export function hasWindowOf(call: WindowCall, other: WindowCall): boolean {
  return windowText(call) === windowText(other);
}

function windowText({ partitionBy, orderBy }: WindowCall): string {
  return JSON.stringify([
    partitionBy.map(expressionKey),
    orderBy.map((key) => [expressionKey(key.expression), key.descending]),
  ]);
}

/** With DISTINCT these give the same whatever the order of a frame is. */
const WITHOUT_ORDER = /^(COUNT|SUM|AVG|MIN|MAX)$/;

/** The first call of a plan that has DISTINCT as only a stream counts it: in the order in which values come; null: there is none. */
export function streamDistinct(plan: LogicalPlan): WindowCall | null {
  const isIt = (e: Expression): e is WindowCall =>
    e.kind === 'window_call' && e.distinct && !WITHOUT_ORDER.test(e.function);
  for (const expression of expressionsOf(plan)) {
    let found: WindowCall | null = null;
    someExpression(expression, (e) => {
      if (isIt(e)) found ??= e;
      return found !== null;
    });
    if (found !== null) return found;
  }
  for (const input of [...inputsOf(plan), ...expressionsOf(plan).flatMap(subqueryPlans)]) {
    const found = streamDistinct(input);
    if (found !== null) return found;
  }
  return null;
}
