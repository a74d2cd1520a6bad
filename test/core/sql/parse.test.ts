import { describe, expect, it } from 'vitest';
import { parseExpression, parseScript, parseStatement, parseType, SqlError } from '../../../core/index.js';
import { allStatements, readLines, withoutSpans } from './corpus/read-corpus.js';

describe('the corpus', () => {
  it.each(allStatements())('parses the statement %s', (sql) => {
    expect(parseStatement(sql).kind).toBeTypeOf('string');
  });

  it.each(readLines('expressions.txt'))('parses the expression %s', (sql) => {
    expect(parseExpression(sql).kind).toBeTypeOf('string');
  });

  it.each(readLines('types.txt'))('parses the type %s', (sql) => {
    expect(parseType(sql).kind).toMatch(/_type$/);
    expect(parseType(`${sql} NOT NULL`).nullable).toBe(false);
  });
});

describe('parseScript', () => {
  const texts = (sql: string) => parseScript(sql).map(({ span }) => sql.slice(span.start, span.end));

  it('gives each statement the span of its own text, without semicolon and comments around it', () => {
    const sql = " ;-- first\nSELECT 1 ; /* x */ SET 'a;b' = 'c' ;; INSERT INTO t VALUES (1) -- end";
    expect(texts(sql)).toEqual(['SELECT 1', "SET 'a;b' = 'c'", 'INSERT INTO t VALUES (1)']);
  });

  it('gives no statement for a text of blanks and comments', () => {
    expect(parseScript('')).toEqual([]);
    expect(parseScript(' ;; -- nothing\n /* here */ ; // either')).toEqual([]);
  });

  it('reads both forms of a statement set as one statement', () => {
    const inner = 'INSERT INTO a SELECT 1; INSERT INTO b SELECT 2;';
    const forms = [
      `EXECUTE STATEMENT SET BEGIN ${inner} END;`,
      `STATEMENT SET BEGIN ${inner} END`,
      `BEGIN STATEMENT SET; ${inner} END;`,
    ];
    const [first, ...others] = forms.map((sql) => withoutSpans(parseScript(sql)));
    expect(first).toMatchObject([
      { kind: 'statement_set', statements: [{ kind: 'insert' }, { kind: 'insert' }] },
    ]);
    for (const other of others) expect(other).toEqual(first);
  });

  it('gives EXECUTE INSERT as the INSERT, with the span of both', () => {
    const sql = 'EXECUTE INSERT INTO t SELECT 1';
    expect(parseScript(sql)).toMatchObject([{ kind: 'insert', span: { start: 0, end: sql.length } }]);
  });

  it('finds each statement of the whole corpus again in one script', () => {
    const statements = allStatements();
    expect(parseScript(statements.join(';\n'))).toHaveLength(statements.length);
  });
});

describe('spans', () => {
  it('cover a column with what qualifies it, a call with the clauses behind it, and a view’s query', () => {
    const sql = 'CREATE VIEW v AS SELECT t.a, SUM(b) OVER (ORDER BY c) FROM t';
    const slice = ({ span }: { span: { start: number; end: number } }) => sql.slice(span.start, span.end);
    const view = parseStatement(sql);
    if (view.kind !== 'create_view' || view.query.body.kind !== 'select') throw new Error('not a view');
    expect(slice(view.query)).toBe('SELECT t.a, SUM(b) OVER (ORDER BY c) FROM t');
    expect(view.query.body.items.map(slice)).toEqual(['t.a', 'SUM(b) OVER (ORDER BY c)']);
  });

  it('of an operator cover both operands with their parentheses', () => {
    expect(parseExpression(' (a) + (b) ').span).toEqual({ start: 1, end: 10 });
  });
});

describe('names', () => {
  it('keep the case they are written in', () => {
    expect(parseExpression('Tab.`Col`')).toMatchObject({ parts: [{ name: 'Tab' }, { name: 'Col' }] });
  });

  it('take the fields of a name into the name, for the binder to tell apart', () => {
    expect(parseExpression('a.b.c.d')).toMatchObject({ kind: 'name', parts: { length: 4 } });
    expect(parseExpression('(a.b).c')).toMatchObject({ kind: 'field', base: { kind: 'name' } });
  });
});

describe('rows of VALUES', () => {
  const rows = (sql: string) => {
    const statement = parseStatement(sql);
    if (statement.kind !== 'query_statement' || statement.query.body.kind !== 'values') throw new Error(sql);
    return statement.query.body.rows.map(({ items }) => items.map(({ kind }) => kind));
  };

  it('are the items of a row, or one value', () => {
    expect(rows('VALUES (1, 2), ROW(3, 4), (5), 6')).toEqual([
      ['literal', 'literal'],
      ['literal', 'literal'],
      ['literal'],
      ['literal'],
    ]);
  });

  it('hold a row as one value where it stands in parentheses of its own', () => {
    expect(rows('VALUES (ROW(1, 2)), (ROW(1, 2), 3), ((1 + 2) * 3)')).toEqual([
      ['row'],
      ['row', 'literal'],
      ['binary'],
    ]);
  });
});

describe('settings', () => {
  it('are read with and without quotes', () => {
    const quoted = withoutSpans(parseStatement("SET 'table.exec.state.ttl' = '1h'"));
    expect(withoutSpans(parseStatement('SET table.exec.state.ttl = 1h'))).toEqual(quoted);
  });
});

describe('inline functions', () => {
  it('keep their source text as it is', () => {
    const sql =
      'CREATE FUNCTION f(a INT, b STRING NOT NULL) RETURNS DOUBLE LANGUAGE PYTHON AS $$\nreturn \'a\' + "b"\n$$';
    expect(parseStatement(sql)).toMatchObject({
      kind: 'create_function',
      form: 'inline',
      parameters: [
        { name: { name: 'a' }, type: { name: 'INT', nullable: true } },
        { name: { name: 'b' }, type: { name: 'STRING', nullable: false } },
      ],
      returns: { name: 'DOUBLE' },
      source: { value: '\nreturn \'a\' + "b"\n' },
    });
  });
});

describe('size', () => {
  const codeOf = (sql: string): string | null => {
    try {
      parseScript(sql);
      return null;
    } catch (error) {
      if (error instanceof SqlError) return error.code;
      throw error;
    }
  };
  const many = (count: number, text: string) => text.repeat(count);

  it('of a list or a script has no limit', () => {
    expect(codeOf(`SELECT a IN (${many(20_000, '1, ')}2) FROM t`)).toBeNull();
    expect(codeOf(`INSERT INTO t VALUES ${many(10_000, "(1, 'a'), ")}(2, 'b')`)).toBeNull();
    expect(codeOf(many(5_000, 'SELECT 1;\n'))).toBeNull();
    expect(codeOf(`${many(1_000_000, ' \n')}SELECT 1 -- ${many(1_000_000, 'x')}`)).toBeNull();
  });

  it('of a chain of operators ends where recursive readers would overflow', () => {
    expect(codeOf(`SELECT ${many(450, 'a + ')}a FROM t`)).toBeNull();
    expect(codeOf(`SELECT ${many(20_000, 'a + ')}a FROM t`)).toBe('SQL_TOO_DEEP');
    expect(codeOf(`${many(5_000, 'SELECT 1 UNION ALL ')}SELECT 1`)).toBe('SQL_TOO_DEEP');
  });

  it.each([
    ['parentheses', '(', 'a', ')'],
    ['subqueries', '(SELECT ', 'a', ')'],
    ['prefix operators', 'NOT ', 'a', ''],
    ['signs', '- ', 'a', ''],
    ['calls', 'f(', 'a', ')'],
    ['CASE', 'CASE WHEN ', 'a', ' THEN 1 END'],
    ['elements', 'a[', 'a', ']'],
    ['types', 'CAST(a AS ARRAY<', 'INT', '>)'],
  ])('of nested %s has a limit, far above what people write', (_, open, inner, close) => {
    const nest = (depth: number) =>
      open.startsWith('CAST')
        ? `SELECT CAST(a AS ${many(depth, 'ARRAY<')}${inner}${many(depth, '>')})`
        : `SELECT ${many(depth, open)}${inner}${many(depth, close)}`;
    expect(codeOf(nest(60))).toBeNull();
    expect(codeOf(nest(20_000))).toBe('SQL_TOO_DEEP');
  });

  it('of nested FROM has a limit', () => {
    const nest = (depth: number) => `SELECT * FROM ${many(depth, '(SELECT * FROM ')}t${many(depth, ')')}`;
    expect(codeOf(nest(60))).toBeNull();
    expect(codeOf(nest(20_000))).toBe('SQL_TOO_DEEP');
    expect(codeOf(`SELECT * FROM ${many(20_000, '(')}`)).toBe('SQL_TOO_DEEP');
    expect(codeOf(many(20_000, '('))).toBe('SQL_TOO_DEEP');
  });
});
