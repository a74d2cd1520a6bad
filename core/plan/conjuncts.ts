/** Conditions as lists of conjuncts. */

import type { Expression } from './expression.js';
import { isTrueLiteral, predicate, trueLiteral } from './expression-builders.js';

/** The operands of the outermost ANDs, in the order written; TRUE is left out. */
export function conjunctsOf(condition: Expression | null): Expression[] {
  if (condition === null || isTrueLiteral(condition)) return [];
  if (condition.kind === 'call' && condition.function === 'AND')
    return condition.arguments.flatMap(conjunctsOf);
  return [condition];
}

/** Both ways to read `a = b`: each operand beside the other; none where it is no equality. */
export function equalSides(conjunct: Expression): (readonly [Expression, Expression])[] {
  if (conjunct.kind !== 'call' || conjunct.function !== '=') return [];
  const [a, b] = conjunct.arguments as [Expression, Expression];
  return [
    [a, b],
    [b, a],
  ];
}

/** AND over all; null where there are none. */
export function conjunction(conjuncts: readonly Expression[]): Expression | null {
  if (conjuncts.length === 0) return null;
  return conjuncts.reduce((all, next) => predicate('AND', [all, next]));
}

/** OR over all; at least one. */
export function disjunction(disjuncts: readonly Expression[]): Expression {
  return disjuncts.length === 0
    ? trueLiteral()
    : disjuncts.reduce((all, next) => predicate('OR', [all, next]));
}
