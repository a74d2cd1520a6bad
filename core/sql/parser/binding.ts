/** How tightly operators bind: Calcite's precedence, which the parser and the printer share. */
import type { BinaryOperator, ExpressionNode } from '../ast.js';

/** Binding powers by kind of operator; a greater one binds tighter. */
export const BINDING = {
  or: 22,
  and: 24,
  is: 28,
  comparison: 30,
  range: 32,
  sum: 40,
  product: 60,
  postfix: 100,
} as const;

/** NOT stands above AND and below comparisons. */
export const NOT_BINDING = 26;

/** A sign before an operand. */
export const SIGN_BINDING = 80;

/** Of the operators with two operands; all are left-associative. */
export const BINARY_BINDING: Readonly<Record<BinaryOperator, number>> = {
  OR: BINDING.or,
  AND: BINDING.and,
  '=': BINDING.comparison,
  '<>': BINDING.comparison,
  '<': BINDING.comparison,
  '<=': BINDING.comparison,
  '>': BINDING.comparison,
  '>=': BINDING.comparison,
  'IS DISTINCT FROM': BINDING.comparison,
  'IS NOT DISTINCT FROM': BINDING.comparison,
  OVERLAPS: BINDING.comparison,
  'MEMBER OF': BINDING.comparison,
  'SUBMULTISET OF': BINDING.comparison,
  '+': BINDING.sum,
  '-': BINDING.sum,
  '||': BINDING.product,
  '*': BINDING.product,
  '/': BINDING.product,
  '%': BINDING.product,
};

/** How tightly the outermost operator of an expression binds; operands of their own bind tightest. */
export function bindingOf(expression: ExpressionNode): number {
  switch (expression.kind) {
    case 'binary':
      return BINARY_BINDING[expression.operator];
    case 'unary':
      return expression.operator === 'NOT' ? NOT_BINDING : SIGN_BINDING;
    case 'is':
      return BINDING.is;
    case 'quantified':
      return BINDING.comparison;
    case 'between':
    case 'like':
    case 'in_list':
    case 'in_query':
      return BINDING.range;
    case 'format_json':
      return SIGN_BINDING;
    default:
      return BINDING.postfix;
  }
}
