/** Calls with OVER in a projection. */
import type { WindowCall } from './expression-builders.js';
import { expressionKey } from './expression-key.js';
import type { Project } from './plan-builders.js';
import { someExpression } from './visit-expression.js';

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
