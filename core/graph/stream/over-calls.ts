/** Calls with OVER as a stream counts them. */
import type { AggregateCall, Expression, WindowFrame } from '../../plan/expression.js';
import { columnOf, type WindowCall } from '../../plan/expression-builders.js';
import { expressionKey } from '../../plan/expression-key.js';
import type { PlanColumn } from '../../plan/logical-plan.js';
import type { Project } from '../../plan/plan-builders.js';
import type { StreamFrame } from '../../plan/stream-operator.js';
import { rewriteExpression } from '../../plan/visit-expression.js';
import { withJsonTexts } from './json-calls.js';
import { projected, type Relation, refuseInStream, type StreamContext } from './relation.js';

/** ROW_NUMBER counts the rows so far, and so does RANK by arrival; elsewhere it compares what rows are ordered by. */
export function asAggregate(call: WindowCall, order: readonly Expression[]): AggregateCall {
  const compares = order.length > 0 && call.function !== 'ROW_NUMBER' && RANKS.has(call.function);
  const isNumber = RANKS.has(call.function) && !compares;
  return withJsonTexts({
    kind: 'aggregate_call',
    function: isNumber ? 'COUNT' : call.function,
    python: call.python !== null,
    arguments: compares ? order : call.arguments,
    argumentNames: call.python?.argumentNames ?? [],
    distinct: call.distinct,
    filter: null,
    withinGroup: [],
    type: call.type,
    span: call.span,
  });
}

const RANKS = new Set(['ROW_NUMBER', 'RANK', 'DENSE_RANK']);

/** The rows before a row that its call counts. @throws {PlanError} for a frame that no stream has */
export function frameOf(context: StreamContext, call: WindowCall): StreamFrame {
  if (RANKS.has(call.function) || call.function === 'LAG') return { unit: 'ROWS', preceding: null };
  const { frame } = call;
  if (frame === null) return { unit: 'RANGE', preceding: null };
  if (frame.end.kind !== 'current_row')
    refuseInStream(context, 'A frame that does not end at CURRENT ROW', call);
  return { unit: frame.unit, preceding: preceding(context, frame, call) };
}

function preceding(context: StreamContext, { start }: WindowFrame, call: WindowCall): number | null {
  if (start.kind === 'unbounded_preceding') return null;
  if (start.kind === 'current_row') return 0;
  const offset: Expression | null = start.kind === 'preceding' ? start.offset : null;
  if (offset?.kind !== 'literal') refuseInStream(context, 'This frame', call);
  return Number(offset.value);
}

/** @throws {PlanError} for a LAG that looks back by another number of rows each time */
export function checkLag(context: StreamContext, call: WindowCall): void {
  const offset = call.function === 'LAG' ? call.arguments[1] : undefined;
  if (offset === undefined || (offset.kind === 'literal' && Number(offset.value ?? -1) >= 0)) return;
  refuseInStream(context, 'LAG by something else than a constant number of rows', call);
}

/** The projection with columns in the place of its calls. */
export function withResults(
  node: Project,
  over: Relation,
  calls: readonly WindowCall[],
  results: readonly PlanColumn[],
): Relation {
  const places = new Map(calls.map((call, i) => [expressionKey(call), columnOf(results[i]!)]));
  const outputs = node.expressions.map((expression) =>
    rewriteExpression(expression, (e) => (e.kind === 'window_call' ? places.get(expressionKey(e))! : e)),
  );
  return projected(over, node.columns, outputs);
}
