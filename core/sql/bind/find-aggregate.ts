/** Whether a SELECT groups its rows without GROUP BY: it calls an aggregate. */
import type { FunctionCallNode, JsonCallNode } from '../ast.js';
import type { BindContext } from './bind-context.js';
import { findFunction, isAggregateCallee } from './call.js';
import { plainJsonCall } from './json-call.js';

/** True where an aggregate is called anywhere inside the syntax, subqueries not counted. */
export function findAggregate(context: BindContext, syntax: unknown): boolean {
  if (typeof syntax !== 'object' || syntax === null) return false;
  if (Array.isArray(syntax)) return syntax.some((item) => findAggregate(context, item));
  if ('kind' in syntax && syntax.kind === 'query') return false;
  if (isJsonCall(syntax) && isAggregateCallee(findFunction(context, plainJsonCall(syntax)))) return true;
  if (isCall(syntax) && syntax.over === null && isAggregateCallee(findFunction(context, syntax))) return true;
  return Object.values(syntax).some((item) => findAggregate(context, item));
}

function isJsonCall(syntax: object): syntax is JsonCallNode {
  return 'kind' in syntax && syntax.kind === 'json_call';
}

function isCall(syntax: object): syntax is FunctionCallNode {
  return 'kind' in syntax && syntax.kind === 'function_call';
}
