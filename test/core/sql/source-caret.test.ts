import { describe, expect, it } from 'vitest';
import { renderSqlError, SqlError, sqlErrorAt } from '../../../core/index.js';

const show = (sql: string, start: number, end: number) =>
  renderSqlError(sql, sqlErrorAt(sql, { start, end }, 'wrong', { hint: 'Do it right.' }));

describe('renderSqlError', () => {
  it('shows the line with carets under the place, then the hint', () => {
    expect(show('SELECT a\nFROM b c d', 14, 15)).toBe(
      ['line 2, column 6: wrong', '  2 | FROM b c d', '    |      ^', 'Do it right.'].join('\n'),
    );
  });

  it('keeps tabs before the carets, so that they stand under the place in every terminal', () => {
    expect(show('\tSELECT\tx', 8, 9)).toContain('    | \t      \t^');
  });

  it('ends the carets with the line where the place goes on', () => {
    expect(show('SELECT (a\nb)', 7, 12)).toContain('    |        ^^\n');
  });

  it('points behind the last character at the end of the text', () => {
    expect(show('SELECT', 6, 6)).toContain('    |       ^');
  });

  it('counts a character outside the basic plane as one', () => {
    expect(show("SELECT '😀' x", 12, 13)).toContain('    |            ^');
  });

  it('shows of a long line the part around the place', () => {
    const sql = `SELECT ${'a, '.repeat(200)}!, ${'b, '.repeat(200)}c`;
    const lines = show(sql, 607, 608).split('\n');
    expect(lines[1]!.length).toBeLessThan(180);
    expect(lines[1]![lines[2]!.indexOf('^')]).toBe('!');
  });

  it('shows only message and hint where there is no place', () => {
    expect(renderSqlError('SELECT 1', new SqlError('SQL_SYNTAX', 'wrong'))).toBe('wrong');
  });
});
