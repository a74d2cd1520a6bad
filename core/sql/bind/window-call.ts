/** Calls with OVER. */
import { resolveWindow } from '../../functions/builtins.js';
import type { Expression, FrameBound, WindowFrame } from '../../plan/expression.js';
import type { FrameBoundNode, FrameNode, FunctionCallNode, WindowSpec } from '../ast.js';
import { bindError, nearHint } from './bind-context.js';
import { argumentOf, coerced, resolveOrThrow } from './builtin-call.js';
import { bindArguments, type Callee } from './call.js';
import { bindExpression } from './expression.js';
import type { ExpressionContext } from './expression-context.js';
import { bindSortKeys } from './order-by.js';

/** A window function or built-in aggregate over a window. */
export function bindWindowCall(at: ExpressionContext, node: FunctionCallNode, callee: Callee): Expression {
  const { context } = at;
  const name = node.name.parts.at(-1)!.name;
  if (at.windows === null) {
    const message = `The window function ${name} cannot stand in ${at.clause}.`;
    throw bindError(context, 'SQL_INVALID', message, node.span, 'Compute it in a subquery.');
  }
  if (callee.kind === 'python') {
    throw bindError(
      context,
      'SQL_UNSUPPORTED',
      `The Python function ${name} cannot be used with OVER.`,
      node.span,
      'Aggregate with GROUP BY in a subquery and join its result, or use a built-in aggregate.',
    );
  }
  if (node.distinct || node.filter !== null || node.nulls !== null) {
    const word = node.distinct ? 'DISTINCT' : node.filter !== null ? 'FILTER' : 'IGNORE NULLS';
    throw bindError(context, 'SQL_UNSUPPORTED', `${word} is not supported together with OVER.`, node.span);
  }
  const inner: ExpressionContext = { ...at, windows: null, clause: 'a window' };
  const isStar = node.arguments.length === 1 && node.arguments[0]!.value.kind === 'star';
  const args = isStar ? [] : bindArguments(inner, node.arguments);
  const resolved = resolveOrThrow(context, node.span, () => resolveWindow(callee.name, args.map(argumentOf)));
  const spec = specOf(at, node);
  return {
    kind: 'window_call',
    function: resolved.id,
    arguments: coerced(args, resolved),
    partitionBy: spec.partitionBy.map((expression) => bindExpression(inner, expression)),
    orderBy: bindSortKeys(inner, spec.orderBy),
    frame: spec.frame === null ? null : bindFrame(inner, spec.frame),
    type: resolved.type,
    span: node.span,
  };
}

/** The window, with what it takes from the named windows it refers to. */
function specOf(at: ExpressionContext, node: FunctionCallNode): WindowSpec {
  const over = node.over!;
  if (!('kind' in over)) return named(at, over.name, over.span);
  if (over.base === null) return over;
  const base = named(at, over.base.name, over.base.span);
  return {
    ...over,
    partitionBy: over.partitionBy.length > 0 ? over.partitionBy : base.partitionBy,
    orderBy: over.orderBy.length > 0 ? over.orderBy : base.orderBy,
    frame: over.frame ?? base.frame,
  };
}

function named(at: ExpressionContext, name: string, span: WindowSpec['span']): WindowSpec {
  const windows = at.windows ?? [];
  const found = windows.find((window) => window.name.name === name);
  if (found !== undefined) return found.spec;
  const names = windows.map((window) => window.name.name);
  throw bindError(
    at.context,
    'SQL_INVALID',
    `There is no window '${name}'.`,
    span,
    nearHint(name, names, 'Windows'),
  );
}

function bindFrame(at: ExpressionContext, frame: FrameNode): WindowFrame {
  const bound = (node: FrameBoundNode): FrameBound =>
    'offset' in node ? { kind: node.kind, offset: bindExpression(at, node.offset) } : { kind: node.kind };
  return {
    unit: frame.unit,
    start: bound(frame.start),
    end: frame.end === null ? { kind: 'current_row' } : bound(frame.end),
  };
}
