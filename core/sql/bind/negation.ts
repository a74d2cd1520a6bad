/** NOT, written into comparisons of floating point: both `x > 1` and `NOT x > 1` are false for NaN, as Flink plans them. */
import type { Expression } from '../../plan/expression.js';
import { isApproximate } from '../../types/type-family.js';
import type { Span } from '../span.js';
import type { BindEnvironment } from './bind-context.js';
import { callBuiltin } from './builtin-call.js';

/** The opposite of each comparison. */
export const OPPOSITE = { '=': '<>', '<>': '=', '<': '>=', '>=': '<', '>': '<=', '<=': '>' } as const;

/** `NOT expression`. */
export function negation(
  environment: BindEnvironment,
  expression: Expression,
  span: Span | null,
): Expression {
  if (expression.kind === 'call' && comparesNaN(expression)) {
    const { function: name, arguments: args } = expression;
    if (name === 'AND' || name === 'OR') {
      const parts = args.map((part) => negation(environment, part, span));
      return callBuiltin(environment, name === 'AND' ? 'OR' : 'AND', parts, span);
    }
    return callBuiltin(environment, OPPOSITE[name as keyof typeof OPPOSITE], args, span);
  }
  return callBuiltin(environment, 'NOT', [expression], span);
}

/** True for a comparison of FLOAT or DOUBLE, and for AND and OR of some. */
function comparesNaN(expression: Expression): boolean {
  if (expression.kind !== 'call') return false;
  const { function: name, arguments: args } = expression;
  if (name === 'AND' || name === 'OR') return args.some(comparesNaN);
  return name in OPPOSITE && args.some((argument) => isApproximate(argument.type));
}
