/** What a condition on one side of a join says of the other, by the columns that ON sets equal. */

import { sameType } from '../../types/same-type.js';
import { isComparison } from '../comparison.js';
import { equalSides } from '../conjuncts.js';
import type { Expression } from '../expression.js';
import { referencedColumns } from '../expression-facts.js';
import { substitute } from '../substitute.js';
import { someExpression } from '../visit-expression.js';

/**
 * Conditions that all rows meet that find a partner: `b = 1`, where `conjuncts` have `a = 1` and `on` has `a = b`.
 * Only comparisons with constants are carried over: they cannot fail on rows that have no partner.
 */
export function implied(
  conjuncts: readonly Expression[],
  on: readonly Expression[],
  readsOther: (expression: Expression) => boolean,
): Expression[] {
  const equals = on.flatMap((condition) => equalColumns(condition, readsOther));
  return conjuncts.filter(cannotFail).flatMap((conjunct) => {
    const [column, second] = referencedColumns(conjunct);
    if (column === undefined || second !== undefined) return [];
    return equals
      .filter(({ own }) => own.id === column)
      .map(({ own, other }) => substitute(conjunct, new Map([[own.id, other]])));
  });
}

type Column = Extract<Expression, { kind: 'column' }>;

function equalColumns(
  condition: Expression,
  readsOther: (expression: Expression) => boolean,
): { readonly own: Column; readonly other: Column }[] {
  return equalSides(condition).flatMap(([own, other]) => {
    if (own.kind !== 'column' || other.kind !== 'column' || !sameType(own.type, other.type, 'ignore'))
      return [];
    return !readsOther(own) && readsOther(other) ? [{ own, other }] : [];
  });
}

function cannotFail(conjunct: Expression): boolean {
  return !someExpression(
    conjunct,
    (e) => e.kind !== 'column' && e.kind !== 'literal' && !(e.kind === 'call' && isHarmless(e.function)),
  );
}

function isHarmless(name: string): boolean {
  return isComparison(name) || name === 'AND' || name === 'OR' || name === 'NOT';
}
