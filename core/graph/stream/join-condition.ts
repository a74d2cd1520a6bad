/** Conditions of joins: comparisons of one side with the other, and what is more than that. */

import { pairComparator } from '../../evaluate/compare.js';
import { compile } from '../../evaluate/evaluate.js';
import { type Comparison, isComparison, MIRRORED } from '../../plan/comparison.js';
import type { Expression } from '../../plan/expression.js';
import { castTo, trueLiteral } from '../../plan/expression-builders.js';
import { referencedColumns } from '../../plan/expression-facts.js';
import { expressionKey } from '../../plan/expression-key.js';
import { mapOperands } from '../../plan/visit-expression.js';
import { commonType } from '../../types/common-type.js';
import { withNullable } from '../../types/types.js';

/** The columns of the left and of the right side. */
export type Sides = readonly [ReadonlySet<string>, ReadonlySet<string>];

/** A condition between one expression of the left side and one of the right. */
export interface Comparing {
  readonly operator: Comparison | 'IS NOT DISTINCT FROM';
  readonly left: Expression;
  readonly right: Expression;
}

/** A condition on values of each side, which are computed below the join. */
export interface PairCondition {
  readonly predicate: Expression;
  /** What each column of the predicate is. */
  readonly parts: readonly { readonly id: string; readonly side: 0 | 1; readonly value: Expression }[];
}

/** Null for another condition. */
export function comparingOf(conjunct: Expression, [left, right]: Sides): Comparing | null {
  if (conjunct.kind !== 'call' || conjunct.arguments.length !== 2) return null;
  const [a, b] = conjunct.arguments as [Expression, Expression];
  const operator = conjunct.function;
  if (operator !== 'IS NOT DISTINCT FROM' && !isComparison(operator)) return null;
  const reads = (expression: Expression, side: ReadonlySet<string>) => {
    const ids = [...referencedColumns(expression)];
    return ids.length > 0 && ids.every((id) => side.has(id));
  };
  if (reads(a, left) && reads(b, right)) {
    return inOneType({ operator, left: a, right: b });
  }
  if (!reads(a, right) || !reads(b, left)) return null;
  const mirrored = operator === 'IS NOT DISTINCT FROM' ? operator : MIRRORED[operator];
  return inOneType({ operator: mirrored, left: b, right: a });
}

/** DuckDB compares numbers of several types by itself; here both sides have one. */
export function inOneType(item: Comparing): Comparing {
  const { left, right } = item;
  const common = commonType([left.type, right.type]);
  if (common === null || pairComparator(left.type, right.type) !== null) return item;
  const as = (side: Expression) => castTo(side, withNullable(common, side.type.nullable));
  return { ...item, left: as(left), right: as(right) };
}

/** A condition on one side alone, as a key that equals TRUE on the other; null where it reads both. */
export function oneSided(condition: Expression, sides: Sides): Comparing | null {
  const [readsLeft, readsRight] = sidesRead(condition, sides);
  if (readsLeft && readsRight) return null;
  const pair = { operator: '=', left: condition, right: trueLiteral() } as const;
  return readsRight ? { ...pair, left: pair.right, right: pair.left } : pair;
}

/** Null where some part that reads both sides is known to DuckDB or Python alone. */
export function pairCondition(condition: Expression, sides: Sides): PairCondition | null {
  const parts = new Map<string, PairCondition['parts'][number]>();
  const cut = (expression: Expression): Expression => {
    const [readsLeft, readsRight] = sidesRead(expression, sides);
    if (readsLeft === readsRight) return mapOperands(comparable(expression), cut);
    const key = expressionKey(expression);
    const side = readsLeft ? 0 : 1;
    const part = parts.get(key) ?? { id: `${'cr'[side]}_${parts.size}`, side, value: expression };
    parts.set(key, part);
    return { kind: 'column', id: part.id, type: expression.type, span: expression.span };
  };
  const predicate = cut(condition);
  return compile(predicate, () => 0) === null ? null : { predicate, parts: [...parts.values()] };
}

function sidesRead(expression: Expression, sides: Sides): readonly [boolean, boolean] {
  const ids = [...referencedColumns(expression)];
  return [ids.some((id) => sides[0].has(id)), ids.some((id) => sides[1].has(id))];
}

/** Casts are computed below the join, where each is of one side. */
function comparable(expression: Expression): Expression {
  if (expression.kind !== 'call' || !isComparison(expression.function)) return expression;
  const [a, b] = expression.arguments as [Expression, Expression];
  const { left, right } = inOneType({ operator: expression.function, left: a, right: b });
  return { ...expression, arguments: [left, right] };
}
