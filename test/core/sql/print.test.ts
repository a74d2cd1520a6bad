import { describe, expect, it } from 'vitest';
import {
  parseExpression,
  parseStatement,
  parseType,
  printExpression,
  printStatement,
  printType,
} from '../../../core/index.js';
import { allStatements, readLines, readPairs, withoutSpans } from './corpus/read-corpus.js';

describe('what is printed', () => {
  it.each(readPairs('normal-forms.txt'))('for $input is $output', ({ input, output }) => {
    expect(printExpression(parseExpression(input))).toBe(output);
  });

  it.each(allStatements())('parses to the same statement: %s', (sql) => {
    const tree = parseStatement(sql);
    const printed = printStatement(tree);
    expect(withoutSpans(parseStatement(printed))).toEqual(withoutSpans(tree));
    expect(printStatement(parseStatement(printed))).toBe(printed);
  });

  it.each(readLines('expressions.txt'))('parses to the same expression: %s', (sql) => {
    const tree = parseExpression(sql);
    expect(withoutSpans(parseExpression(printExpression(tree)))).toEqual(withoutSpans(tree));
  });

  it.each(readLines('types.txt'))('parses to the same type: %s', (sql) => {
    const tree = parseType(sql);
    expect(withoutSpans(parseType(printType(tree)))).toEqual(withoutSpans(tree));
  });

  it('leaves out what a column cannot mean twice: a primary key at a column stands at the table', () => {
    const sql = 'CREATE TABLE t (a INT PRIMARY KEY NOT ENFORCED)';
    expect(printStatement(parseStatement(sql))).toBe('CREATE TABLE t (a INT, PRIMARY KEY (a) NOT ENFORCED)');
  });

  it('keeps inline source that holds the closing mark', () => {
    const sql = 'CREATE FUNCTION f() RETURNS STRING LANGUAGE PYTHON AS \'return "$$"\'';
    expect(printStatement(parseStatement(sql))).toBe(sql);
  });
});
