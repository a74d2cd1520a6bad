/** Shows an error in SQL text the way a compiler does: message, line, caret, advice. */
import type { SqlError } from '../errors.js';

/**
 * The text a user reads, several lines without a final line break:
 *
 *     line 2, column 8: expected an expression but found FROM
 *       2 | SELECT FROM t
 *         |        ^^^^
 *     hint
 *
 * Only message and hint, where the error has no place in `sql`.
 */
export function renderSqlError(sql: string, error: SqlError): string {
  const { line, column, length } = error.details;
  const text = line === null ? undefined : sql.split(/\r\n|\n|\r/)[line - 1];
  const hint = error.hint === null ? [] : [error.hint];
  if (line === null || column === null || text === undefined) return [error.message, ...hint].join('\n');
  const shown = excerpt(text, column - 1);
  const number = String(line);
  const caret = underline(shown.text, shown.offset, length ?? 1);
  return [
    `line ${line}, column ${column}: ${error.message}`,
    `  ${number} | ${shown.text}`,
    `  ${' '.repeat(number.length)} | ${caret}`,
    ...hint,
  ].join('\n');
}

const LONGEST_LINE = 160;
const KEPT_BEFORE = 80;

/** The part of a long line around the place, marked with dots where it was cut. */
function excerpt(line: string, offset: number): { text: string; offset: number } {
  if (line.length <= LONGEST_LINE) return { text: line, offset };
  const start = Math.max(0, Math.min(offset - KEPT_BEFORE, line.length - LONGEST_LINE));
  const end = start + LONGEST_LINE;
  const before = start > 0 ? '…' : '';
  const after = end < line.length ? '…' : '';
  return { text: before + line.slice(start, end) + after, offset: offset - start + before.length };
}

/** Spaces (tabs where the line has tabs) up to the place, then carets to its end or the end of the line. */
function underline(line: string, offset: number, length: number): string {
  const before = Array.from(line.slice(0, offset), (character) => (character === '\t' ? '\t' : ' ')).join('');
  const marked = Array.from(line.slice(offset, offset + length)).length;
  return before + '^'.repeat(Math.max(1, marked));
}
