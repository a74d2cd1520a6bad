/** Conversions that the binder adds by itself. */

import type { Expression } from '../../plan/expression.js';
import { castTo, literalOf } from '../../plan/expression-builders.js';
import { commonType } from '../../types/common-type.js';
import type { DataType } from '../../types/data-type.js';
import { sameType } from '../../types/same-type.js';
import { isInteger, lengthOf, typeFamily } from '../../types/type-family.js';
import { typeToText } from '../../types/type-text.js';
import { withNullable } from '../../types/types.js';
import { type BindEnvironment, bindError } from './bind-context.js';

/** The expression as `type` (whose nullability is ignored): itself, a converted constant, or a cast. */
export function coerce(expression: Expression, type: DataType): Expression {
  const target = withNullable(type, expression.type.nullable);
  if (sameType(expression.type, target, 'ignore')) return expression;
  return coerceConstant(expression, target) ?? castTo(expression, target);
}

/**
 * All expressions as the type they share.
 * @throws {SqlError} at the first that shares no type with those before it.
 */
export function coerceAll(
  environment: BindEnvironment,
  expressions: readonly Expression[],
  what: string,
): { readonly expressions: Expression[]; readonly type: DataType } {
  const type = commonTypeOf(environment, expressions, what);
  return { expressions: expressions.map((expression) => coerce(expression, type)), type };
}

/** The type the expressions share. @throws {SqlError} where they share none. */
export function commonTypeOf(
  environment: BindEnvironment,
  expressions: readonly Expression[],
  what: string,
): DataType {
  let common = expressions[0]!.type;
  for (const expression of expressions.slice(1)) {
    const next = commonType([common, expression.type]);
    if (next === null) {
      throw bindError(
        environment,
        'SQL_TYPE',
        `${what} must have one type, but there are ${typeToText(common)} and ${typeToText(expression.type)}.`,
        expression.span,
        'Use CAST.',
      );
    }
    common = next;
  }
  return common;
}

/** Numbers and texts keep their value under the wider type; null where only a cast can tell. */
function coerceConstant(expression: Expression, type: DataType): Expression | null {
  if (expression.kind !== 'literal') return null;
  const { value, span } = expression;
  if (value === null) return literalOf(null, withNullable(type, true), span);
  const from = expression.type;
  if (typeFamily(from) === 'string' && (type.kind === 'STRING' || type.kind === 'VARCHAR')) {
    return [...String(value)].length <= lengthOf(type) ? literalOf(value, type, span) : null;
  }
  if (isInteger(from) && isInteger(type)) return literalOf(value, type, span);
  if ((isInteger(from) || from.kind === 'DECIMAL') && type.kind === 'DOUBLE') {
    return literalOf(Number(value), type, span);
  }
  return null;
}
