/** Errors that point at a place in SQL text. */
import { SqlError } from '../errors.js';
import type { Span } from './span.js';

/** Code and advice of an error in SQL text. */
export interface SqlErrorOptions {
  /** `SQL_SYNTAX` where not given. */
  readonly code?: string;
  readonly hint?: string | null;
  readonly cause?: unknown;
}

/**
 * An error about `span` of `sql`, with line, column (both from 1, in UTF-16 code units) and length in its details.
 * It is returned, not thrown.
 */
export function sqlErrorAt(
  sql: string,
  span: Span,
  message: string,
  options: SqlErrorOptions = {},
): SqlError {
  return new SqlError(options.code ?? 'SQL_SYNTAX', message, {
    details: { ...positionAt(sql, span.start), length: Math.max(0, span.end - span.start) },
    hint: options.hint ?? null,
    cause: options.cause,
  });
}

/** Line and column, both from 1, of an offset in the text. Lines end with \n, \r\n or \r. */
export function positionAt(sql: string, offset: number): { line: number; column: number } {
  let line = 1;
  let lineStart = 0;
  for (const ending of sql.matchAll(/\r\n|\n|\r/g)) {
    const next = ending.index + ending[0].length;
    if (next > offset) break;
    line++;
    lineStart = next;
  }
  return { line, column: Math.min(offset, sql.length) - lineStart + 1 };
}
