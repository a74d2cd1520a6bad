/** The character after ESCAPE, checked where it is a constant. */
import type { ExpressionNode } from '../ast.js';
import { type BindEnvironment, bindError } from './bind-context.js';

type LikeNode = Extract<ExpressionNode, { kind: 'like' }>;

/** @throws {SqlError} for more than one character, and where LIKE has it in front of another than `%`, `_` and itself */
export function checkEscape(environment: BindEnvironment, node: LikeNode): void {
  const { operator, pattern, escape: after } = node;
  const mark = after === null ? null : constantText(after);
  if (after === null || mark === null || mark === '') return;
  if ([...mark].length > 1) {
    const message = `The escape character of ${operator} is one character, not '${mark}'.`;
    throw bindError(environment, 'SQL_INVALID', message, after.span, "Write one: ESCAPE '!'.");
  }
  const text = operator === 'LIKE' ? constantText(pattern) : null;
  const wrong = text === null ? null : wrongEscape([...text], mark);
  if (wrong === null) return;
  const message =
    wrong === ''
      ? `The pattern ends with the escape character '${mark}'.`
      : `The escape character '${mark}' stands in front of '${wrong}' in the pattern.`;
  const hint = `It makes the next character stand for itself: '${mark}%', '${mark}_' or '${mark}${mark}'.`;
  throw bindError(environment, 'SQL_INVALID', message, pattern.span, hint);
}

function constantText(node: ExpressionNode): string | null {
  return node.kind === 'literal' && node.type === 'string' ? node.value : null;
}

/** What follows an escape character and may not, empty at the end of the pattern; null: all is well. */
function wrongEscape(pattern: readonly string[], mark: string): string | null {
  for (let i = 0; i < pattern.length; i++) {
    if (pattern[i] !== mark) continue;
    i++;
    const next = pattern[i] ?? '';
    if (!['%', '_', mark].includes(next)) return next;
  }
  return null;
}
