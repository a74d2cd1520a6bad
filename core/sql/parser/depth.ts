/** Keeps trees shallow enough for the recursive functions that read them. */

import type { Span } from '../span.js';
import { sqlErrorAt } from '../sql-error.js';

/** Nodes inside one another, chains such as `a + b + c + …` included. */
const MAX_DEPTH = 500;

/** Refuses a tree that is deeper, pointing at its deepest part. Walks with a stack of its own. */
export function checkDepth(sql: string, root: object): void {
  const stack: { value: object; depth: number; span: Span }[] = [
    { value: root, depth: 0, span: { start: 0, end: sql.length } },
  ];
  for (let entry = stack.pop(); entry !== undefined; entry = stack.pop()) {
    const own = 'span' in entry.value ? (entry.value.span as Span) : entry.span;
    const isNode = 'kind' in entry.value;
    const depth = entry.depth + (isNode ? 1 : 0);
    if (depth > MAX_DEPTH) throw tooDeep(sql, own);
    for (const name in entry.value) {
      const value: unknown = entry.value[name as keyof typeof entry.value];
      if (typeof value === 'object' && value !== null && name !== 'span')
        stack.push({ value, depth, span: own });
    }
  }
}

function tooDeep(sql: string, span: Span): Error {
  return sqlErrorAt(
    sql,
    { start: span.start, end: span.start + 1 },
    `more than ${MAX_DEPTH} operations in one another`,
    {
      code: 'SQL_TOO_DEEP',
      hint: 'Group a long chain with parentheses, write IN (…) for many comparisons, or split the statement.',
    },
  );
}
