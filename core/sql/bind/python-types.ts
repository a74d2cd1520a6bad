/** Types that Python functions declare, as data types. */
import { MillstreamError } from '../../errors.js';
import type { FunctionDeclaration } from '../../functions/function-declaration.js';
import type { DataType } from '../../types/data-type.js';
import { parseTypeText } from '../../types/type-text.js';
import { withNullable } from '../../types/types.js';
import type { Span } from '../span.js';
import { type BindEnvironment, bindError } from './bind-context.js';

/** The result of a scalar or aggregate function: nullable, whatever it declares. */
export function pythonResultType(
  environment: BindEnvironment,
  declaration: FunctionDeclaration,
  span: Span,
): DataType {
  return withNullable(declaredType(environment, declaration, declaration.result, span), true);
}

/** A type text of a declaration. @throws {SqlError} where it is none. */
export function declaredType(
  environment: BindEnvironment,
  declaration: FunctionDeclaration,
  text: string,
  span: Span,
): DataType {
  try {
    return parseTypeText(text);
  } catch (error) {
    if (!(error instanceof MillstreamError)) throw error;
    const message = `Function ${declaration.name} declares a type that cannot be read: ${text}.`;
    throw bindError(environment, 'SQL_TYPE', message, span, error.message);
  }
}
