/** Calls with OVER. */
import { resolveWindow } from '../../functions/builtins.js';
import type { FunctionDeclaration } from '../../functions/function-declaration.js';
import type { Expression, FrameBound, WindowFrame } from '../../plan/expression.js';
import type { WindowCall } from '../../plan/expression-builders.js';
import type { FrameBoundNode, FrameNode, FunctionCallNode, WindowSpec } from '../ast.js';
import { bindError, nearHint } from './bind-context.js';
import { argumentOf, coerced, resolveOrThrow } from './builtin-call.js';
import { bindArguments, type FunctionCallee } from './call.js';
import { bindExpression } from './expression.js';
import type { ExpressionContext } from './expression-context.js';
import { bindSortKeys } from './order-by.js';
import { bindPythonArguments } from './python-arguments.js';
import { pythonResultType } from './python-types.js';
import { isMoment, momentOver } from './window-moment.js';

/** A window function, or an aggregate over a window. */
export function bindWindowCall(
  at: ExpressionContext,
  node: FunctionCallNode,
  callee: FunctionCallee,
): Expression {
  const { context } = at;
  const name = node.name.parts.at(-1)!.name;
  if (at.windows === null) {
    const message = `The window function ${name} cannot stand in ${at.clause}.`;
    throw bindError(context, 'SQL_INVALID', message, node.span, 'Compute it in a subquery.');
  }
  const refused = refusedWord(node, callee);
  if (refused !== null) {
    throw bindError(context, 'SQL_UNSUPPORTED', `${refused} is not supported together with OVER.`, node.span);
  }
  const inner: ExpressionContext = { ...at, windows: null, clause: 'a window' };
  const call =
    callee.kind === 'python'
      ? pythonCall(inner, node, callee.declaration)
      : builtinCall(inner, node, callee.name);
  const spec = specOf(at, node);
  if (spec.frame !== null && callee.kind !== 'python' && FRAMELESS.test(callee.name)) {
    const message = `${name} takes no frame: Flink allows neither ROWS nor RANGE with it.`;
    throw bindError(context, 'SQL_INVALID', message, node.span, 'Leave ROWS or RANGE out.');
  }
  const orderBy = bindSortKeys(inner, spec.orderBy);
  if (
    callee.kind !== 'python' &&
    RANKS.test(callee.name) &&
    orderBy.every(({ expression }) => expression.kind === 'literal')
  ) {
    const message = `${name} needs ORDER BY an expression that is no constant: rows have no order by themselves.`;
    throw bindError(context, 'SQL_INVALID', message, node.span, 'Give ORDER BY in OVER.');
  }
  const bound: WindowCall = {
    kind: 'window_call',
    ...call,
    distinct: node.distinct,
    partitionBy: spec.partitionBy.map((expression) => bindExpression(inner, expression)),
    orderBy,
    frame: spec.frame === null ? null : bindFrame(inner, spec.frame),
    span: node.span,
  };
  return isMoment(bound) ? momentOver(context, bound) : bound;
}

/** Functions of a row's place in an order, which Flink demands for them. */
const RANKS = /^(ROW_NUMBER|RANK|DENSE_RANK|PERCENT_RANK|CUME_DIST)$/i;

/** Functions of a row's place in its partition; NTILE has a frame in Flink, that changes nothing. */
const FRAMELESS = /^(ROW_NUMBER|RANK|DENSE_RANK|PERCENT_RANK|CUME_DIST|LAG|LEAD)$/i;

/** What differs between built-ins and Python. */
type CalledOver = Pick<WindowCall, 'function' | 'arguments' | 'python' | 'type'>;

function builtinCall(at: ExpressionContext, node: FunctionCallNode, name: string): CalledOver {
  const isStar = node.arguments.length === 1 && node.arguments[0]!.value.kind === 'star';
  const args = isStar ? [] : bindArguments(at, node.arguments);
  const resolved = resolveOrThrow(at.context, node.span, () => resolveWindow(name, args.map(argumentOf)));
  const { operands } = at;
  return {
    function: resolved.id,
    arguments: coerced(args, resolved).map((argument) => operands?.column(argument) ?? argument),
    python: null,
    type: resolved.type,
  };
}

function pythonCall(
  at: ExpressionContext,
  node: FunctionCallNode,
  declaration: FunctionDeclaration,
): CalledOver {
  const { name, kind } = declaration;
  if (kind !== 'aggregate') {
    const message = `${name} is a ${kind.replace('_', ' ')} function; only aggregates can be used with OVER.`;
    throw bindError(
      at.context,
      'SQL_INVALID',
      message,
      node.span,
      'Declare it with @udaf, or call it without OVER.',
    );
  }
  const { args, names } = bindPythonArguments(at, node, declaration);
  return {
    function: name,
    arguments: args,
    python: { argumentNames: names },
    type: pythonResultType(at.context, declaration, node.span),
  };
}

function refusedWord(node: FunctionCallNode, callee: FunctionCallee): string | null {
  if (node.distinct && (callee.kind === 'python' || FRAMELESS.test(callee.name)))
    return `DISTINCT in ${node.name.parts.at(-1)!.name}`;
  if (node.filter !== null) return 'FILTER';
  if (node.withinGroup.length > 0) return 'WITHIN GROUP';
  return node.nulls === null ? null : 'IGNORE NULLS';
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
