/** What expressions read of the SELECT below: whether they may be written into it, or need it as a subquery. */
import type { Expression } from '../plan/expression.js';
import { someExpression } from '../plan/visit-expression.js';
import { isName } from './names.js';
import type { Select } from './select.js';

/**
 * True where no computed column of the input would be written, and evaluated, more than once. What `operands`
 * become may repeat them: those of aggregates. `plain`: expressions that are written as they are.
 */
export function readsOnce(
  input: Select,
  plain: readonly Expression[],
  operands: readonly Expression[] = [],
): boolean {
  const reads = new Map<string, number>();
  const add = (id: string, count: number) => reads.set(id, (reads.get(id) ?? 0) + count);
  const visit = (e: Expression): boolean => {
    if (e.kind === 'column') add(e.id, isVolatile(input, e) && !plain.includes(e) ? 2 : 1);
    if (e.kind === 'subquery') for (const id of input.columns.keys()) add(id, 2);
    return false;
  };
  for (const expression of [...plain, ...operands]) someExpression(expression, visit);
  return [...reads].every(([id, count]) => count === 1 || isName(input.columns.get(id)?.sql));
}

/** True where all columns that the predicate reads are names. */
export function readsNames(input: Select, predicate: Expression): boolean {
  return !someExpression(
    predicate,
    (e) =>
      (e.kind === 'column' && input.columns.has(e.id) && !isName(input.columns.get(e.id)?.sql)) ||
      (e.kind === 'subquery' && [...input.columns.values()].some((c) => !isName(c.sql))),
  );
}

/** True where a column that gives another value each time is read. */
export function readsVolatile(input: Select, expression: Expression): boolean {
  return someExpression(expression, (e) => isVolatile(input, e));
}

function isVolatile(input: Select, e: Expression): boolean {
  return e.kind === 'column' && input.columns.get(e.id)?.volatile === true;
}
