import { describe, expect, it } from 'vitest';
import { parseTypeText, typeToText } from '../../../core/index.js';
import { castable } from '../../../core/types/castable.js';
import { commonType, implicitlyCastable } from '../../../core/types/common-type.js';

const common = (...texts: readonly string[]): string | null => {
  const type = commonType(texts.map(parseTypeText));
  return type && typeToText(type);
};

describe('commonType', () => {
  it.each([
    [['TINYINT', 'BIGINT'], 'BIGINT'],
    [['INT NOT NULL', 'INT NOT NULL'], 'INT NOT NULL'],
    [['INT NOT NULL', 'NULL'], 'INT'],
    [['INT', 'DECIMAL(10, 2)'], 'DECIMAL(12, 2)'],
    [['INT', 'FLOAT'], 'FLOAT'],
    [['DECIMAL(10, 2)', 'FLOAT'], 'DOUBLE'],
    [['FLOAT', 'DOUBLE'], 'FLOAT'],
    [['CHAR(1) NOT NULL', 'CHAR(1) NOT NULL'], 'CHAR(1) NOT NULL'],
    [['CHAR(1)', 'CHAR(3)'], 'VARCHAR(3)'],
    [['VARCHAR(10)', 'STRING'], 'STRING'],
    [['TIMESTAMP(3)', 'TIMESTAMP(6)'], 'TIMESTAMP(6)'],
    [['TIMESTAMP(3)', 'TIMESTAMP_LTZ(3)'], 'TIMESTAMP(3)'],
    [['ARRAY<INT>', 'ARRAY<BIGINT NOT NULL>'], 'ARRAY<BIGINT>'],
    [['ROW<a INT>', 'ROW<b DOUBLE>'], 'ROW<`a` DOUBLE>'],
    [['MAP<CHAR(1), INT>', 'MAP<CHAR(2), BIGINT>'], 'MAP<VARCHAR(2), BIGINT>'],
  ])('%j share %s', (texts, expected) => {
    expect(common(...texts)).toBe(expected);
  });

  it.each([
    ['INT', 'STRING'],
    ['DATE', 'TIMESTAMP(3)'],
    ['BOOLEAN', 'INT'],
    ['ROW<a INT>', 'ROW<a INT, b INT>'],
    ['INTERVAL MONTH', 'INTERVAL SECOND'],
  ])('%s and %s share nothing', (a, b) => {
    expect(common(a, b)).toBeNull();
  });
});

describe('implicitlyCastable', () => {
  const implicit = (from: string, to: string): boolean =>
    implicitlyCastable(parseTypeText(from), parseTypeText(to));

  it.each([
    ['INT', 'BIGINT'],
    ['INT', 'DOUBLE'],
    ['DOUBLE', 'DECIMAL(10, 2)'],
    ['CHAR(3)', 'STRING'],
    ['TIMESTAMP(3)', 'TIMESTAMP_LTZ(3)'],
    ['TIMESTAMP(3)', 'DATE'],
    ['ARRAY<INT>', 'ARRAY<BIGINT>'],
    ['NULL', 'ROW<a INT>'],
  ])('%s becomes %s by itself', (from, to) => {
    expect(implicit(from, to)).toBe(true);
  });

  it.each([
    ['BIGINT', 'INT'],
    ['DOUBLE', 'FLOAT'],
    ['DOUBLE', 'INT'],
    ['INT', 'STRING'],
    ['STRING', 'INT'],
    ['STRING', 'CHAR(3)'],
    ['DATE', 'TIMESTAMP(3)'],
  ])('%s becomes %s only by a CAST', (from, to) => {
    expect(implicit(from, to)).toBe(false);
  });
});

describe('castable', () => {
  it.each([
    ['DATE', 'INT'],
    ['TIMESTAMP(3)', 'BIGINT'],
    ['INTERVAL SECOND', 'BIGINT'],
    ['ARRAY<INT>', 'INT'],
    ['MULTISET<INT>', 'STRING'],
  ])('there is no CAST from %s to %s', (from, to) => {
    expect(castable(parseTypeText(from), parseTypeText(to))).toBe(false);
  });
});
