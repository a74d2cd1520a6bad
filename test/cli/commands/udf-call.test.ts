import { describe, expect, it } from 'vitest';
import { callQuery } from '../../../cli/commands/udf-call.js';
import type { FunctionDeclaration, FunctionParameter } from '../../../core/index.js';

function parameter(
  name: string,
  type: string | null,
  more: Partial<FunctionParameter> = {},
): FunctionParameter {
  return {
    name,
    type,
    nullable: true,
    hasDefault: false,
    variadic: false,
    table: null,
    keywordOnly: false,
    ...more,
  };
}

function declaration(
  kind: FunctionDeclaration['kind'],
  parameters: readonly FunctionParameter[],
): FunctionDeclaration {
  return {
    name: 'f',
    kind,
    batch: null,
    parameters,
    result: 'BIGINT',
    accumulator: null,
    deterministic: true,
    isAsync: false,
    iterator: false,
    mergeable: false,
    retractable: false,
    stateful: false,
    sideOutputs: [],
    analyzes: false,
    options: {},
    target: 'functions.f',
    file: null,
    line: null,
    doc: null,
  };
}

const TWO = [parameter('a', 'BIGINT'), parameter('b', 'STRING NOT NULL')];

describe('the query of `udf try`', () => {
  it('converts arguments to the declared types', () => {
    expect(callQuery('f', declaration('scalar', TWO), ['3', "it's"])).toBe(
      "SELECT f(CAST('3' AS BIGINT), CAST('it''s' AS STRING))",
    );
  });

  it('passes null as NULL of the declared type', () => {
    expect(callQuery('f', declaration('scalar', TWO), ['null', 'NULL'])).toBe(
      'SELECT f(CAST(NULL AS BIGINT), CAST(NULL AS STRING))',
    );
  });

  it.each([
    ['12', 'BIGINT'],
    ['-1.5e3', 'DOUBLE'],
    ['TRUE', 'BOOLEAN'],
    ['12 apples', 'STRING'],
  ])('guesses the type of %s where none is declared: %s', (text, type) => {
    expect(callQuery('f', declaration('scalar', [parameter('a', null)]), [text])).toBe(
      `SELECT f(CAST('${text}' AS ${type}))`,
    );
  });

  it('calls a table function through LATERAL TABLE', () => {
    expect(callQuery('f', declaration('table', [parameter('a', 'INT')]), ['1'])).toContain(
      "LATERAL TABLE(f(CAST('1' AS INT)))",
    );
  });

  it('gives an aggregate one row after the other', () => {
    expect(callQuery('f', declaration('aggregate', TWO), ['1', 'x', '2', 'y'])).toBe(
      "SELECT f(a0, a1) FROM (VALUES (CAST('1' AS BIGINT), CAST('x' AS STRING)), " +
        "(CAST('2' AS BIGINT), CAST('y' AS STRING))) AS t(a0, a1)",
    );
  });

  it('accepts what defaults and *args accept', () => {
    const optional = declaration('scalar', [
      parameter('a', 'INT'),
      parameter('b', 'INT', { hasDefault: true }),
    ]);
    const variadic = declaration('scalar', [parameter('rest', 'INT', { variadic: true })]);

    expect(callQuery('f', optional, ['1'])).toBe("SELECT f(CAST('1' AS INT))");
    expect(callQuery('f', variadic, ['1', '2', '3'])).toBe(
      "SELECT f(CAST('1' AS INT), CAST('2' AS INT), CAST('3' AS INT))",
    );
  });

  it('refuses a wrong number of arguments and names the parameters', () => {
    expect(() => callQuery('f', declaration('scalar', TWO), ['1'])).toThrow(
      'functions.f takes 2 arguments, not 1',
    );
    expect(() => callQuery('f', declaration('aggregate', TWO), ['1', '2', '3'])).toThrow('a multiple of 2');
  });
});
