/** Rows that stand for several equal ones: plans call this, no name of SQL does. */
import type { Expression } from '../../plan/expression.js';
import { BOOLEAN_NOT_NULL } from '../../plan/expression-builders.js';
import { types } from '../../types/types.js';
import { internal } from '../define.js';
import type { ScalarFunction } from '../scalar-function.js';

const ID = 'REPEATED';

/** So many elements, a BIGINT from 1 on: their UNNEST is the row so many times. */
export function repeated(count: Expression): Expression {
  const type = types.notNull(types.array(BOOLEAN_NOT_NULL));
  return { kind: 'call', function: ID, arguments: [count], type, span: count.span };
}

/** Entries of this topic. */
export const repeatedFunctions: readonly ScalarFunction[] = [
  internal(ID, ([count]) => `list_resize([true], ${count}, true)`),
];
