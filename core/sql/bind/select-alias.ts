/** Names of the select list in QUALIFY. */
import type { Expression } from '../../plan/expression.js';
import { hasWindowCall } from '../../plan/expression-facts.js';
import { expressionKey } from '../../plan/expression-key.js';
import type { ObjectName } from '../ast.js';
import { bindError } from './bind-context.js';
import type { ExpressionContext } from './expression-context.js';

/**
 * What a name of the select list stands for: it hides a column of FROM of the same name. Null where it is none.
 * @throws {SqlError} where several outputs have the name, or a window function would stand inside of another one
 */
export function selectAlias(at: ExpressionContext, { parts, span }: ObjectName): Expression | null {
  if (parts.length !== 1) return null;
  const { name } = parts[0]!;
  const named = (at.selected ?? []).filter((item) => item.name === name);
  const [found] = named;
  if (found === undefined) return null;
  const { expression } = found;
  if (named.some((other) => expressionKey(other.expression) !== expressionKey(expression))) {
    const message = `Column '${name}' is ambiguous: ${named.length} columns of SELECT have this name.`;
    throw bindError(at.context, 'SQL_AMBIGUOUS_COLUMN', message, span, 'Give them different names.');
  }
  if (at.windows === null && hasWindowCall(expression)) {
    const message = `'${name}' is a window function: it cannot stand in ${at.clause}.`;
    throw bindError(at.context, 'SQL_INVALID', message, span, 'Compute it in a subquery.');
  }
  return { ...expression, span };
}
