/** AND, OR, NOT: three-valued, as in DuckDB. */
import { operand } from '../../render/sql-text.js';
import { types } from '../../types/types.js';
import { define } from '../define.js';
import { boolean, repeated } from '../parameter.js';
import type { ScalarFunction } from '../scalar-function.js';

const junction = (word: string): ScalarFunction =>
  define({
    id: word,
    parameters: [boolean, repeated(boolean)],
    result: types.boolean(),
    render: (args) => args.map(operand).join(` ${word} `),
  });

/** Entries of this topic. */
export const logicFunctions: readonly ScalarFunction[] = [
  junction('AND'),
  junction('OR'),
  define({
    id: 'NOT',
    parameters: [boolean],
    result: types.boolean(),
    render: ([a]) => `NOT ${operand(a!)}`,
  }),
];
