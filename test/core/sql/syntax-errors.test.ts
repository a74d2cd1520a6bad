import { describe, expect, it } from 'vitest';
import { parseScript, renderSqlError, SqlError } from '../../../core/index.js';
import { readErrors } from './corpus/read-corpus.js';

function errorOf(sql: string): SqlError {
  try {
    parseScript(sql);
  } catch (error) {
    if (error instanceof SqlError) return error;
    throw error;
  }
  throw new Error(`parsed: ${sql}`);
}

describe('a syntax error', () => {
  it.each(readErrors())('is shown with its place and its remedy: $sql', ({ sql, rendered }) => {
    expect(renderSqlError(sql, errorOf(sql))).toBe(rendered);
  });

  it('has a code, a line, a column and a length', () => {
    const error = errorOf('SELECT a\nFROM t\nWHERE value = 1');
    expect(error).toMatchObject({ code: 'SQL_SYNTAX', details: { line: 3, column: 7, length: 5 } });
  });

  it('counts lines by all three line ends', () => {
    expect(errorOf('SELECT 1,\r\n2,\r3,\nFROM t').details).toMatchObject({ line: 4, column: 1 });
  });

  it('tells what Flink has and Millstream has not from what is wrong', () => {
    expect(errorOf('UPDATE t SET a = 1').code).toBe('SQL_UNSUPPORTED');
    expect(errorOf('SELECT * FROM t MATCH_RECOGNIZE (PATTERN (A))').code).toBe('SQL_UNSUPPORTED');
  });
});
