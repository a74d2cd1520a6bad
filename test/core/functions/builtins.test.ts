import { describe, expect, it } from 'vitest';
import {
  FunctionResolutionError,
  isAggregate,
  isScalar,
  isVolatile,
  isWindowFunction,
  resolveAggregate,
  resolveScalar,
  resolveWindow,
} from '../../../core/functions/builtins.js';
import type { FunctionArgument } from '../../../core/functions/scalar-function.js';
import { builtinNames, parseTypeText, typeToText } from '../../../core/index.js';

const args = (...texts: readonly string[]): FunctionArgument[] =>
  texts.map((text) => ({ type: parseTypeText(text) }));
const resultOf = (name: string, ...texts: readonly string[]): string =>
  typeToText(resolveScalar(name, args(...texts)).type);

describe('resolveScalar', () => {
  it('finds functions in any case, operators by their symbol', () => {
    expect(resolveScalar('Upper', args('STRING')).id).toBe('UPPER');
    expect(resolveScalar('+', args('INT', 'INT')).id).toBe('+');
    expect(resolveScalar('IS NOT NULL', args('INT')).id).toBe('IS NOT NULL');
  });

  it('tells apart functions that share a name by their arguments', () => {
    expect(resolveScalar('+', args('TIMESTAMP(3)', 'INTERVAL DAY')).id).toBe('DATETIME_INTERVAL +');
    expect(resolveScalar('FLOOR', args('DOUBLE')).id).toBe('FLOOR');
    expect(
      resolveScalar('FLOOR', [...args('DATE'), { type: parseTypeText('CHAR(4)'), literal: 'YEAR' }]).id,
    ).toBe('FLOOR_TIME');
  });

  it('gives results that are NOT NULL where no argument can be NULL', () => {
    expect(resultOf('+', 'INT NOT NULL', 'BIGINT NOT NULL')).toBe('BIGINT NOT NULL');
    expect(resultOf('+', 'INT', 'BIGINT NOT NULL')).toBe('BIGINT');
    expect(resultOf('COALESCE', 'INT', 'INT NOT NULL')).toBe('INT NOT NULL');
    expect(resultOf('IS NULL', 'INT')).toBe('BOOLEAN NOT NULL');
    expect(resultOf('NULLIF', 'INT NOT NULL', 'INT NOT NULL')).toBe('INT');
  });

  it('says which arguments must be converted', () => {
    expect(resolveScalar('SQRT', args('INT')).coercions).toEqual([parseTypeText('DOUBLE')]);
    expect(resolveScalar('=', args('TIMESTAMP(3)', 'STRING')).coercions).toEqual([
      null,
      parseTypeText('TIMESTAMP(3)'),
    ]);
    expect(resolveScalar('=', args('INT', 'NULL')).coercions).toEqual([null, parseTypeText('INT')]);
  });

  it('lists near names for one that is unknown', () => {
    expect(failure(() => resolveScalar('UPPR', args('STRING')))).toMatchObject({
      reason: 'unknown',
      candidates: expect.arrayContaining(['UPPER']),
    });
  });

  it('lists the signatures where no arguments fit', () => {
    expect(failure(() => resolveScalar('SUBSTRING', args('INT')))).toMatchObject({
      reason: 'arguments',
      message: 'SUBSTRING cannot be applied to INT.',
      candidates: ['SUBSTRING(STRING, INT [, INT])'],
    });
  });

  it('refuses to compare text with numbers, as Flink', () => {
    expect(failure(() => resolveScalar('=', args('INT', 'STRING'))).reason).toBe('arguments');
  });
});

describe('aggregates and window functions', () => {
  it.each([
    ['SUM', 'INT', 'INT'],
    ['SUM', 'DECIMAL(10, 2)', 'DECIMAL(38, 2)'],
    ['AVG', 'BIGINT', 'BIGINT'],
    ['AVG', 'DECIMAL(10, 2)', 'DECIMAL(38, 6)'],
    ['COUNT', 'STRING', 'BIGINT NOT NULL'],
    ['COLLECT', 'INT NOT NULL', 'MULTISET<INT NOT NULL> NOT NULL'],
  ])('%s(%s) is %s', (name, argument, result) => {
    expect(typeToText(resolveAggregate(name, args(argument), false).type)).toBe(result);
  });

  it('resolves both kinds over a window', () => {
    expect(typeToText(resolveWindow('ROW_NUMBER', []).type)).toBe('BIGINT NOT NULL');
    expect(typeToText(resolveWindow('SUM', args('DOUBLE')).type)).toBe('DOUBLE');
    expect(isWindowFunction('sum')).toBe(false);
    expect(isAggregate('sum')).toBe(true);
  });

  it('refuses a sum of text', () => {
    expect(failure(() => resolveAggregate('SUM', args('STRING'), false)).message).toBe(
      'SUM cannot be applied to STRING.',
    );
  });
});

describe('the table', () => {
  it('names functions without operators, each once, in order', () => {
    const names = builtinNames();

    expect(names).toEqual([...new Set(names)].sort());
    expect(names).toContain('REGEXP_EXTRACT');
    expect(names).not.toContain('+');
    expect(names.every((name) => isScalar(name) || isAggregate(name) || isWindowFunction(name))).toBe(true);
  });

  it('knows what may differ from call to call', () => {
    expect(['RAND', 'UUID', 'CURRENT_TIMESTAMP', 'UNIX_NOW'].every(isVolatile)).toBe(true);
    expect(['UPPER', 'UNIX_TIMESTAMP', '+'].some(isVolatile)).toBe(false);
  });
});

function failure(run: () => unknown): FunctionResolutionError {
  try {
    run();
  } catch (error) {
    if (error instanceof FunctionResolutionError) return error;
  }
  throw new Error('It was expected to fail.');
}
