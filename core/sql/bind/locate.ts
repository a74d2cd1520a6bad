/** From spans to lines and columns. */
import type { ErrorDetails } from '../../errors.js';
import type { Span } from '../span.js';

/** Where a span lies in the SQL text: line and column from 1; all null without text or span. */
export function locate(
  sql: string | null,
  span: Span | null,
): Pick<ErrorDetails, 'line' | 'column' | 'length'> {
  if (sql === null || span === null) return { line: null, column: null, length: null };
  const before = sql.slice(0, span.start);
  const lineStart = before.lastIndexOf('\n') + 1;
  return {
    line: before.split('\n').length,
    column: span.start - lineStart + 1,
    length: Math.max(1, span.end - span.start),
  };
}
