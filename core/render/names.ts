/** Which column texts are plain names: those may be written twice, and moved below an alias. */
import type { Select } from './select.js';
import { takesFilter } from './select.js';

const NAME = /^(?:[a-z0-9_]+|"(?:[^"]|"")+")(?:\.(?:[a-z0-9_]+|"(?:[^"]|"")+"))?$/;

/** True for a column name, with or without the alias of its table. */
export function isName(sql: string | undefined): boolean {
  return sql !== undefined && NAME.test(sql);
}

/** True for a column name with an alias that the renderer gave. */
export function isQualifiedName(sql: string): boolean {
  return /^t\d+\./.test(sql) && isName(sql);
}

/** True where the SELECT is nothing but its FROM, and its columns are names. */
export function isPristine(select: Select): boolean {
  return (
    select.from !== null &&
    takesFilter(select) &&
    select.where.length === 0 &&
    select.orderBy === null &&
    [...select.columns.values()].every((column) => isName(column.sql))
  );
}
