/** From expressions as written to typed ones. */

import type { SqlError } from '../../errors.js';
import type { Expression } from '../../plan/expression.js';
import { castTo } from '../../plan/expression-builders.js';
import { castable } from '../../types/castable.js';
import type { DataType } from '../../types/data-type.js';
import { typeToText } from '../../types/type-text.js';
import { types, withNullable } from '../../types/types.js';
import type { ExpressionNode } from '../ast.js';
import type { Span } from '../span.js';
import { type BindContext, bindError } from './bind-context.js';
import { callBuiltin } from './builtin-call.js';
import { bindCall } from './call.js';
import { bindCase } from './case.js';
import { coerce } from './coerce.js';
import type { ExpressionContext } from './expression-context.js';
import { plainJsonCall } from './json-call.js';
import { bindLiteral } from './literal.js';
import { bindBetween, bindBinary, bindInList, bindIs, bindLike, bindUnary } from './operators.js';
import { bindQuantified } from './quantified.js';
import { bindField, resolveName } from './scope.js';
import { selectAlias } from './select-alias.js';
import { bindExists, bindInQuery, bindScalarSubquery } from './subquery.js';
import { bindType } from './type-node.js';

/** @throws {SqlError} with the place of the first thing that is wrong. */
export function bindExpression(at: ExpressionContext, node: ExpressionNode): Expression {
  const { context } = at;
  const bind = (inner: ExpressionNode) => bindExpression(at, inner);
  switch (node.kind) {
    case 'literal':
      return bindLiteral(context, node);
    case 'name':
      return selectAlias(at, node) ?? resolveName(context, at.scope, node);
    case 'function_call':
      return bindCall(at, node);
    case 'unary':
      return bindUnary(at, node);
    case 'binary':
      return bindBinary(at, node);
    case 'is':
      return bindIs(at, node);
    case 'between':
      return bindBetween(at, node);
    case 'like':
      return bindLike(at, node);
    case 'in_list':
      return bindInList(at, node);
    case 'in_query':
      return bindInQuery(at, node.operand, node.query, node.negated, node.span);
    case 'quantified':
      return bindQuantified(at, node);
    case 'exists':
      return bindExists(at, node.query, node.span);
    case 'subquery':
      return bindScalarSubquery(at, node.query, node.span);
    case 'case':
      return bindCase(at, node);
    case 'cast': {
      const operand = bind(node.operand);
      const target = bindType(context, node.type);
      const type = withNullable(target, operand.type.nullable || node.safe);
      if (!castable(operand.type, target)) throw noCast(context, operand.type, target, node.span);
      return { kind: 'cast', argument: operand, safe: node.safe, type, span: node.span };
    }
    case 'row':
      return callBuiltin(context, 'ROW', node.items.map(bind), node.span);
    case 'array':
      return callBuiltin(context, 'ARRAY', node.items.map(bind), node.span);
    case 'map':
      return callBuiltin(
        context,
        'MAP',
        node.entries.flatMap((entry) => [bind(entry.key), bind(entry.value)]),
        node.span,
      );
    case 'element':
      return callBuiltin(context, 'ITEM', [bind(node.base), bind(node.index)], node.span);
    case 'field':
      return bindField(context, bind(node.base), node.field);
    case 'json_call':
      return bindCall(at, plainJsonCall(node));
    case 'multiset':
    case 'collection_query':
    case 'interval':
    case 'format_json':
      throw bindError(
        context,
        'SQL_UNSUPPORTED',
        `${node.kind.replace('_', ' ').toUpperCase()} is not supported.`,
        node.span,
        'Compute it in a Python function.',
      );
  }
}

/** A condition: BOOLEAN. @throws {SqlError} for other types. */
export function bindCondition(at: ExpressionContext, node: ExpressionNode): Expression {
  const condition = bindExpression(at, node);
  if (condition.type.kind === 'BOOLEAN') return condition;
  if (condition.type.kind === 'NULL') return coerce(condition, types.boolean());
  throw bindError(
    at.context,
    'SQL_TYPE',
    `${at.clause} needs a BOOLEAN condition, but this is ${condition.type.kind}.`,
    node.span,
    'Compare it with something, or use CAST(… AS BOOLEAN).',
  );
}

/** An expression whose untyped NULL becomes a STRING: for places that need a type. */
export function withKnownType(expression: Expression): Expression {
  return expression.type.kind === 'NULL' ? castTo(expression, types.string()) : expression;
}

function noCast(context: BindContext, from: DataType, to: DataType, span: Span): SqlError {
  const [source, target] = [from, to].map((type) => typeToText(withNullable(type, true)));
  return bindError(
    context,
    'SQL_TYPE',
    `There is no CAST from ${source} to ${target}.`,
    span,
    'A built-in function or a Python function may compute what is wanted.',
  );
}
