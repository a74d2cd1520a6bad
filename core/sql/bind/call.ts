/** Calls by name: which function a name means, and what it may be at this place. */
import { builtinNames, isAggregate, isScalar, isWindowFunction } from '../../functions/builtins.js';
import type { FunctionDeclaration } from '../../functions/function-declaration.js';
import type { Expression } from '../../plan/expression.js';
import { literalOf } from '../../plan/expression-builders.js';
import { nearNames } from '../../text/near-names.js';
import { types } from '../../types/types.js';
import type { ArgumentNode, FunctionCallNode } from '../ast.js';
import { type BindContext, bindError } from './bind-context.js';
import { callBuiltin } from './builtin-call.js';
import { bindExpression } from './expression.js';
import type { ExpressionContext } from './expression-context.js';
import { bindWindowProperty, isAboutWindow } from './group-window.js';
import { bindPythonArguments } from './python-arguments.js';
import { pythonResultType } from './python-types.js';
import { bindWindowCall } from './window-call.js';

/** A function that can be called. */
export type FunctionCallee =
  | { readonly kind: 'builtin'; readonly name: string }
  | { readonly kind: 'python'; readonly declaration: FunctionDeclaration };

/** What a name stands for: TUMBLE, TUMBLE_START and their like are no functions but windows of time. */
export type Callee = FunctionCallee | { readonly kind: 'time_window' };

/**
 * Finds a function: temporary system functions, then built-ins, then the functions of the catalog.
 * @throws {SqlError} where there is none of this name.
 */
export function findFunction(context: BindContext, node: FunctionCallNode): Callee {
  const parts = node.name.parts.map((part) => part.name);
  const name = parts.at(-1)!;
  if (parts.length === 1) {
    const system = context.catalog.systemFunction(name);
    if (system !== null) return python(context, system.name, node);
    if (isScalar(name) || isAggregate(name) || isWindowFunction(name)) {
      return { kind: 'builtin', name: name.toUpperCase() };
    }
    if (isAboutWindow(node)) return { kind: 'time_window' };
  }
  const entry = context.catalog.catalogFunction(parts, context.namespace ?? undefined);
  if (entry !== null) return python(context, entry.name, node);
  throw unknownFunction(context, node);
}

/** Built-ins that are written as operators, so nobody looks for them by name. */
const OPERATOR_WORDS = new Set(['AND', 'IN', 'ITEM', 'LIKE', 'NOT', 'OR']);

/** Functions of Flink 2.3 that are told apart from words that nobody knows. */
const FLINK_ONLY =
  /^(BITMAP_\w+|(TRY_)?PARSE_JSON|OBJECT_(OF|UPDATE)|CURRENT_(DATABASE|WATERMARK)|ML_PREDICT|VECTOR_SEARCH)$/i;

function unknownFunction(context: BindContext, node: FunctionCallNode) {
  const name = node.name.parts.map((part) => part.name).join('.');
  const registered = context.catalog.functions().map((entry) => entry.name);
  const near = nearNames(name, [
    ...registered,
    ...builtinNames().filter((word) => !OPERATOR_WORDS.has(word)),
  ]);
  if (FLINK_ONLY.test(name)) {
    const message = `Flink's function ${name.toUpperCase()} is not supported.`;
    return bindError(context, 'SQL_UNSUPPORTED', message, node.name.span);
  }
  return bindError(
    context,
    'SQL_UNKNOWN_FUNCTION',
    `There is no function '${name}'.`,
    node.name.span,
    near.length > 0
      ? `Did you mean ${near.join(' or ')}?`
      : `Register it: CREATE TEMPORARY FUNCTION ${name} AS 'module.${name}' LANGUAGE PYTHON.`,
  );
}

/** A call in an expression: scalar, aggregate or window function, by what the place allows. */
export function bindCall(at: ExpressionContext, node: FunctionCallNode): Expression {
  const callee = findFunction(at.context, node);
  if (callee.kind === 'time_window') return bindWindowProperty(at, node);
  if (node.over !== null) return bindWindowCall(at, node, callee);
  if (callee.kind === 'builtin' && isWindowFunction(callee.name) && !isAggregate(callee.name)) {
    throw bindError(at.context, 'SQL_INVALID', `${callee.name} needs an OVER clause.`, node.span);
  }
  if (isAggregateCallee(callee)) return bindAggregate(at, node, callee);
  refuseAggregateSyntax(at, node);
  if (callee.kind === 'builtin') {
    return callBuiltin(at.context, callee.name, bindArguments(at, node.arguments), node.span);
  }
  return bindScalarPython(at, node, callee.declaration);
}

/** True for built-in and Python aggregates. */
export function isAggregateCallee(callee: Callee): boolean {
  return callee.kind === 'builtin'
    ? isAggregate(callee.name) && !isScalar(callee.name)
    : callee.kind === 'python' && callee.declaration.kind === 'aggregate';
}

/** Arguments of a built-in; words of the syntax become constants. */
export function bindArguments(at: ExpressionContext, args: readonly ArgumentNode[]): Expression[] {
  return args.map(({ name, value, span }) => {
    if (name !== null) {
      throw bindError(
        at.context,
        'SQL_ARGUMENTS',
        'Built-in functions take arguments by position.',
        name.span,
      );
    }
    switch (value.kind) {
      case 'keyword':
        return literalOf(value.word, types.notNull(types.char(value.word.length)), value.span);
      case 'star':
      case 'descriptor':
      case 'table_argument':
      case 'default':
        throw bindError(at.context, 'SQL_ARGUMENTS', 'This is no argument of a scalar function.', span);
      default:
        return bindExpression(at, value);
    }
  });
}

function bindAggregate(at: ExpressionContext, node: FunctionCallNode, callee: FunctionCallee): Expression {
  if (at.aggregates !== null) return at.aggregates.bind(at, node, callee);
  const name = node.name.parts.at(-1)!.name;
  throw bindError(
    at.context,
    'SQL_AGGREGATE',
    `The aggregate ${name} cannot stand in ${at.clause}.`,
    node.span,
    at.clause === 'WHERE' ? 'Use HAVING, or aggregate in a subquery.' : 'Aggregate in a subquery.',
  );
}

function bindScalarPython(
  at: ExpressionContext,
  node: FunctionCallNode,
  declaration: FunctionDeclaration,
): Expression {
  if (declaration.kind !== 'scalar') {
    const word = declaration.kind.replace('_', ' ');
    throw bindError(
      at.context,
      'SQL_INVALID',
      `${declaration.name} is a ${word} function and cannot be used as a scalar function.`,
      node.span,
      declaration.kind === 'table' ? `Use FROM t, LATERAL TABLE(${declaration.name}(…)) AS x(…).` : null,
    );
  }
  const { args, names } = bindPythonArguments(at, node, declaration);
  return {
    kind: 'python_call',
    function: declaration.name,
    arguments: args,
    argumentNames: names,
    deterministic: declaration.deterministic,
    type: pythonResultType(at.context, declaration, node.span),
    span: node.span,
  };
}

function refuseAggregateSyntax(at: ExpressionContext, node: FunctionCallNode): void {
  const word = node.distinct
    ? 'DISTINCT'
    : node.filter !== null
      ? 'FILTER'
      : node.withinGroup.length > 0
        ? 'WITHIN GROUP'
        : null;
  if (word === null) return;
  const name = node.name.parts.at(-1)!.name;
  throw bindError(at.context, 'SQL_INVALID', `${name} is no aggregate, so it takes no ${word}.`, node.span);
}

function python(context: BindContext, name: string, node: FunctionCallNode): Callee {
  const declaration = context.functions.declaration(name);
  if (declaration !== null) return { kind: 'python', declaration };
  const message = `The declaration of function '${name}' has not been loaded.`;
  throw bindError(context, 'SQL_UNKNOWN_FUNCTION', message, node.name.span);
}
