/** Operators: each is a built-in, or is written in terms of some. */
import { disjunction } from '../../plan/conjuncts.js';
import type { Expression } from '../../plan/expression.js';
import { literalOf } from '../../plan/expression-builders.js';
import type { ExpressionNode } from '../ast.js';
import type { Span } from '../span.js';
import { bindError } from './bind-context.js';
import { callBuiltin } from './builtin-call.js';
import { bindExpression } from './expression.js';
import type { ExpressionContext } from './expression-context.js';
import { checkEscape } from './like-escape.js';
import { negation } from './negation.js';

type Node<K extends ExpressionNode['kind']> = Extract<ExpressionNode, { kind: K }>;

/** `+x`, `-x`, `NOT x`; the sign of a constant becomes part of it. */
export function bindUnary(at: ExpressionContext, node: Node<'unary'>): Expression {
  if (node.operator === '-' && node.operand.kind === 'literal' && node.operand.type === 'integer') {
    const smallest = smallestInteger(node.operand.value, node.span);
    if (smallest !== null) return smallest;
  }
  const operand = bindExpression(at, node.operand);
  if (node.operator === '+') return operand;
  if (node.operator === '-' && operand.kind === 'literal' && operand.value !== null) {
    const { value } = operand;
    const isZero = Number(value) === 0;
    if (typeof value === 'number') return { ...operand, value: isZero ? value : -value, span: node.span };
    if (typeof value === 'string' && /^\d/.test(value) && !isZero) {
      return { ...operand, value: `-${value}`, span: node.span };
    }
  }
  return node.operator === 'NOT'
    ? negation(at.context, operand, node.span)
    : callBuiltin(at.context, node.operator, [operand], node.span);
}

/** The two integers whose absolute value has the next wider type. */
function smallestInteger(digits: string, span: Span): Expression | null {
  if (digits === '2147483648') return literalOf(-2_147_483_648, { kind: 'INT', nullable: false }, span);
  if (digits !== '9223372036854775808') return null;
  return literalOf(`-${digits}`, { kind: 'BIGINT', nullable: false }, span);
}

/** `a op b`. A comparison of rows compares their items. */
export function bindBinary(at: ExpressionContext, node: Node<'binary'>): Expression {
  const { left, right, operator, span } = node;
  if (left.kind === 'row' && right.kind === 'row' && (operator === '=' || operator === '<>')) {
    return bindRows(at, left.items, right.items, operator, span);
  }
  return callBuiltin(at.context, operator, [bindExpression(at, left), bindExpression(at, right)], span);
}

function bindRows(
  at: ExpressionContext,
  left: readonly ExpressionNode[],
  right: readonly ExpressionNode[],
  operator: '=' | '<>',
  span: Span,
): Expression {
  if (left.length !== right.length) {
    const message = `Rows of ${left.length} and ${right.length} items cannot be compared.`;
    throw bindError(at.context, 'SQL_TYPE', message, span);
  }
  const parts = left.map((item, i) =>
    callBuiltin(at.context, operator, [bindExpression(at, item), bindExpression(at, right[i]!)], span),
  );
  return parts.reduce((all, part) =>
    callBuiltin(at.context, operator === '=' ? 'AND' : 'OR', [all, part], span),
  );
}

/** `x IS [NOT] NULL | TRUE | FALSE | UNKNOWN`. */
export function bindIs(at: ExpressionContext, node: Node<'is'>): Expression {
  const name = `IS ${node.negated ? 'NOT ' : ''}${node.test}`;
  return callBuiltin(at.context, name, [bindExpression(at, node.operand)], node.span);
}

/** `x BETWEEN low AND high`: two comparisons with the same x. */
export function bindBetween(at: ExpressionContext, node: Node<'between'>): Expression {
  const { context } = at;
  const [x, low, high] = [node.operand, node.low, node.high].map((part) => bindExpression(at, part));
  const inside = (from: Expression, to: Expression) =>
    callBuiltin(
      context,
      'AND',
      [callBuiltin(context, '>=', [x!, from], node.span), callBuiltin(context, '<=', [x!, to], node.span)],
      node.span,
    );
  const plain = inside(low!, high!);
  const found = node.symmetric ? callBuiltin(context, 'OR', [plain, inside(high!, low!)], node.span) : plain;
  return node.negated ? negation(context, found, node.span) : found;
}

/** `x LIKE pattern [ESCAPE c]`, `x SIMILAR TO pattern`. */
export function bindLike(at: ExpressionContext, node: Node<'like'>): Expression {
  checkEscape(at.context, node);
  const parts = [node.operand, node.pattern, ...(node.escape === null ? [] : [node.escape])];
  const found = callBuiltin(
    at.context,
    node.operator,
    parts.map((part) => bindExpression(at, part)),
    node.span,
  );
  return node.negated ? callBuiltin(at.context, 'NOT', [found], node.span) : found;
}

/** `x IN (a, b)`; rows are compared item by item. */
export function bindInList(at: ExpressionContext, node: Node<'in_list'>): Expression {
  const { operand, items, negated, span } = node;
  if (operand.kind === 'row') {
    const parts = items.map((item) =>
      bindBinary(at, { kind: 'binary', operator: '=', left: operand, right: item, span: item.span }),
    );
    const found = disjunction(parts);
    return negated ? callBuiltin(at.context, 'NOT', [found], span) : found;
  }
  const args = [operand, ...items].map((part) => bindExpression(at, part));
  return callBuiltin(at.context, negated ? 'NOT IN' : 'IN', args, span);
}
