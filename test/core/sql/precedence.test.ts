import { describe, expect, it } from 'vitest';
import { parseExpression, parseStatement } from '../../../core/index.js';
import { readPairs, withoutSpans } from './corpus/read-corpus.js';

describe('precedence', () => {
  it.each(readPairs('precedence.txt'))('groups $input as $output', ({ input, output }) => {
    expect(withoutSpans(parseExpression(input))).toEqual(withoutSpans(parseExpression(output)));
  });

  it('binds INTERSECT tighter than UNION and EXCEPT, and all to the left', () => {
    const same = (a: string, b: string) =>
      expect(withoutSpans(parseStatement(a))).toEqual(withoutSpans(parseStatement(b)));
    same('SELECT 1 UNION SELECT 2 INTERSECT SELECT 3', 'SELECT 1 UNION (SELECT 2 INTERSECT SELECT 3)');
    same('SELECT 1 EXCEPT SELECT 2 UNION SELECT 3', '(SELECT 1 EXCEPT SELECT 2) UNION SELECT 3');
    same('SELECT 1 UNION SELECT 2 UNION SELECT 3', '((SELECT 1) UNION (SELECT 2)) UNION SELECT 3');
  });

  it('binds JOIN tighter than a comma', () => {
    const statement = parseStatement('SELECT * FROM a, b JOIN c ON TRUE, d');
    expect(statement).toMatchObject({
      query: {
        body: {
          from: {
            type: 'comma',
            left: { type: 'comma', right: { type: 'inner' } },
            right: { kind: 'table' },
          },
        },
      },
    });
  });
});
