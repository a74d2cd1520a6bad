/** From spans to the places that errors carry. */
import type { TextPlace } from '../../errors.js';
import type { Span } from '../span.js';
import { positionAt } from '../sql-error.js';

/** Where a span lies in the SQL text: line and column from 1; all null without text or span. */
export function locate(sql: string | null, span: Span | null): TextPlace {
  if (sql === null || span === null) return { line: null, column: null, length: null };
  return { ...positionAt(sql, span.start), length: Math.max(1, span.end - span.start) };
}
