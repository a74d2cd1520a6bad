import { expect, it } from 'vitest';
import { SqlError } from '../../../core/errors.js';
import { parseEach } from '../../../core/sql/parse.js';

/** The kinds of statements, and of errors their line. */
function outline(sql: string): string[] {
  return parseEach(sql).map((found) =>
    found instanceof SqlError ? `${found.code} in line ${found.details.line}` : found.kind,
  );
}

it('goes on after the semicolon of a statement that is wrong', () => {
  expect(outline('SELEC 1;\nSELECT 1;;\nSELECT 1 1;\nSET;')).toEqual([
    'SQL_SYNTAX in line 1',
    'query_statement',
    'SQL_SYNTAX in line 3',
    'set',
  ]);
});

it('takes a statement set as one statement, also where it is wrong', () => {
  const set = 'EXECUTE STATEMENT SET BEGIN\nINSERT INTO t SELEC 1;\nINSERT INTO t SELECT 1;\nEND;\nSELECT 2;';

  expect(outline(set)).toEqual(['SQL_SYNTAX in line 2', 'query_statement']);
});

it('is one error where the text has no tokens', () => {
  expect(outline("SELECT 1;\nSELECT 'open")).toEqual(['SQL_SYNTAX in line 2']);
});
