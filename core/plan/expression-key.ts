/** Structural identity of expressions: equal text, same meaning. */
import { typeToText } from '../types/type-text.js';
import type { Expression } from './expression.js';

/** A text that two expressions share exactly where they are the same but for their places in the SQL text. */
export function expressionKey(expression: Expression): string {
  return JSON.stringify(expression, (name, value) => {
    if (name === 'span') return undefined;
    if (name === 'type' && typeof value === 'object' && value !== null && 'kind' in value)
      return typeToText(value);
    return value;
  });
}
