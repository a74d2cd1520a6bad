/** JavaScript values as SQL constants of the type that gives the same value back. */
import { type ExpressionNode, PlanError, types } from '../../core/index.js';
import { Expression, type RowInput } from './expression.js';
import * as syntax from './syntax.js';

const MOST_INT = 2 ** 31 - 1;

/**
 * A number is an INT where it is a whole one of 32 bits and a DOUBLE otherwise, a bigint a BIGINT.
 * @throws {PlanError} API_LITERAL for what is no constant
 */
export function literalNode(value: unknown): ExpressionNode {
  if (value === null) return syntax.NULL;
  switch (typeof value) {
    case 'boolean':
      return syntax.boolean(value);
    case 'number':
      return numberNode(value);
    case 'bigint':
      return syntax.cast(syntax.number('integer', String(value)), types.bigint());
    case 'string':
      return syntax.text('string', value);
    default:
      if (value instanceof Uint8Array)
        return syntax.text('binary', Buffer.from(value).toString('hex').toUpperCase());
      throw new PlanError(
        'API_LITERAL',
        `${String(value)} (${typeof value}) is neither a column nor a constant.`,
        {
          hint: "Constants are numbers, bigints, strings, booleans, Uint8Arrays; dates are written date('2001-01-31').",
        },
      );
  }
}

/** The syntax and the rows of an operand: an expression, or a constant. @throws {PlanError} API_LITERAL */
export function operandOf(operand: unknown): {
  readonly node: ExpressionNode;
  readonly inputs: Iterable<RowInput>;
} {
  return operand instanceof Expression ? operand : { node: literalNode(operand), inputs: [] };
}

function numberNode(value: number): ExpressionNode {
  if (!Number.isFinite(value)) return syntax.cast(syntax.text('string', String(value)), types.double());
  const isInt = Number.isInteger(value) && Math.abs(value) <= MOST_INT && !Object.is(value, -0);
  if (isInt) return syntax.number('integer', String(value));
  const text = Object.is(value, -0) ? '-0e0' : value.toExponential().replace('+', '');
  return syntax.number('approximate', text);
}
