/** Text of GROUP BY. */
import type { Expression } from '../plan/expression.js';
import { toDuckDbType } from '../types/arrow-type.js';
import { castTo, operand } from './sql-text.js';

/** A group expression; a bare constant would be a position. */
export function groupKey(sql: string, expression: Expression): string {
  return /^(?:-?\d+|'.*')$/s.test(sql) ? castTo(sql, toDuckDbType(expression.type)) : sql;
}

/** The list after GROUP BY; empty for one group of all rows. */
export function groupingText(keys: readonly string[], sets: readonly (readonly number[])[] | null): string {
  if (sets === null) return keys.join(', ');
  const list = sets.map((set) => `(${set.map((position) => operand(keys[position]!)).join(', ')})`);
  return `GROUPING SETS (${list.join(', ')})`;
}
