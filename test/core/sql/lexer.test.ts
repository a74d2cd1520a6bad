import { describe, expect, it } from 'vitest';
import { quoteName, tokenize } from '../../../core/sql/lexer.js';
import { allStatements } from './corpus/read-corpus.js';

const kinds = (sql: string) => tokenize(sql).map(({ kind, text }) => `${kind}:${text}`);

describe('tokenize', () => {
  it('cuts names, numbers, strings and symbols', () => {
    expect(kinds("a `b c` 1 1.5 1e3 .5 'x''y' X'0a' <= || =>")).toEqual([
      'word:a',
      'name:b c',
      'integer:1',
      'decimal:1.5',
      'approximate:1e3',
      'decimal:.5',
      "string:x'y",
      'binary:0A',
      'symbol:<=',
      'symbol:||',
      'symbol:=>',
      'end:',
    ]);
  });

  it('leaves out comments of all three kinds', () => {
    expect(kinds('a -- b\n// c\n/* d\n-- e */ f')).toEqual(['word:a', 'word:f', 'end:']);
  });

  it('keeps the brackets of a hint, and only of a hint', () => {
    expect(kinds('/*+ X */ * /')).toEqual([
      'symbol:/*+',
      'word:X',
      'symbol:*/',
      'symbol:*',
      'symbol:/',
      'end:',
    ]);
  });

  it('takes nothing inside a string or a name for a comment or an end', () => {
    expect(kinds("'--' `/*` '/*' ';'")).toEqual(['string:--', 'name:/*', 'string:/*', 'string:;', 'end:']);
  });

  it('gives upper-case words for keywords and the text as it is written', () => {
    expect(tokenize('Select')[0]).toMatchObject({ text: 'Select', word: 'SELECT' });
    expect(tokenize('`Select`')[0]).toMatchObject({ text: 'Select', word: '' });
  });

  it('takes no letter beyond ASCII for one of a keyword', () => {
    expect(tokenize('lımıt')[0]).toMatchObject({ kind: 'word', word: 'lımıt' });
    expect(quoteName('lımıt')).toBe('lımıt');
    expect(quoteName('limit')).toBe('`limit`');
  });

  it.each(allStatements())('covers the text in order: %s', (sql) => {
    let end = 0;
    for (const { kind, span } of tokenize(sql)) {
      expect(span.start).toBeGreaterThanOrEqual(end);
      expect(span.end).toBeGreaterThan(kind === 'end' ? end - 1 : span.start);
      end = span.end;
    }
    expect(end).toBe(sql.length);
  });
});
