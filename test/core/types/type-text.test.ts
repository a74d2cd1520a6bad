import { describe, expect, it } from 'vitest';
import { type DataType, parseTypeText, SqlError, types, typeToText } from '../../../core/index.js';

/** Texts in the words of Flink's DESCRIBE, with the types they stand for. */
const forms: readonly [string, DataType][] = [
  ['INT NOT NULL', types.notNull(types.int())],
  ['BIGINT', types.bigint()],
  ['DECIMAL(10, 2)', types.decimal(10, 2)],
  ['CHAR(3)', types.char(3)],
  ['VARCHAR(10)', types.varchar(10)],
  ['STRING', types.string()],
  ['BINARY(2)', types.binary(2)],
  ['BYTES', types.bytes()],
  ['TIME(0)', types.time()],
  ['TIMESTAMP(3)', types.timestamp(3)],
  ['TIMESTAMP_LTZ(6)', types.timestampLtz()],
  ['INTERVAL YEAR TO MONTH', types.intervalYearMonth()],
  ['INTERVAL DAY TO SECOND(3)', types.intervalDayTime()],
  ['ARRAY<STRING NOT NULL>', types.array(types.notNull(types.string()))],
  ['MULTISET<INT>', types.multiset(types.int())],
  ['MAP<STRING, ARRAY<INT>>', types.map(types.string(), types.array(types.int()))],
  [
    'ROW<`x` INT, `odd ``name` ARRAY<STRING>> NOT NULL',
    types.notNull(
      types.row([
        { name: 'x', type: types.int() },
        { name: 'odd `name', type: types.array(types.string()) },
      ]),
    ),
  ],
];

/** Synonyms and defaults that Flink accepts. */
const synonyms: readonly [string, string][] = [
  ['integer', 'INT'],
  ['double precision', 'DOUBLE'],
  ['DEC(5)', 'DECIMAL(5, 0)'],
  ['numeric', 'DECIMAL(10, 0)'],
  ['character varying(7)', 'VARCHAR(7)'],
  ['CHAR', 'CHAR(1)'],
  ['VARCHAR(2147483647)', 'STRING'],
  ['VARBINARY(2147483647)', 'BYTES'],
  ['TIMESTAMP', 'TIMESTAMP(6)'],
  ['TIMESTAMP(3) WITHOUT TIME ZONE', 'TIMESTAMP(3)'],
  ['TIMESTAMP(3) WITH LOCAL TIME ZONE', 'TIMESTAMP_LTZ(3)'],
  ['ROW(a INT, b ROW<c STRING NOT NULL>)', 'ROW<`a` INT, `b` ROW<`c` STRING NOT NULL>>'],
  ["ROW<a INT 'a comment', b INT>", 'ROW<`a` INT, `b` INT>'],
  ['INT NOT NULL ARRAY', 'ARRAY<INT NOT NULL>'],
  ['INT MULTISET', 'MULTISET<INT>'],
  ['INTERVAL DAY(3) TO SECOND(3)', 'INTERVAL DAY TO SECOND(3)'],
  ['INTERVAL MONTH', 'INTERVAL YEAR TO MONTH'],
];

describe('type text', () => {
  it.each(forms)('%s is written and read back', (text, type) => {
    expect(typeToText(type)).toBe(text);
    expect(parseTypeText(text)).toEqual(type);
  });

  it.each(synonyms)('%s means %s', (text, meaning) => {
    expect(typeToText(parseTypeText(text))).toBe(meaning);
  });

  it('says where a text is no type, and what was meant', () => {
    const read = (): unknown => parseTypeText('ARRAY<INTT>');

    expect(read).toThrow(SqlError);
    expect(read).toThrow(/unknown type INTT/);
    expect(catching(read)).toMatchObject({
      code: 'SQL_TYPE',
      details: { column: 7 },
      hint: 'Did you mean INT?',
    });
  });

  it.each([
    '',
    'INT INT',
    'DECIMAL(39)',
    'DECIMAL(3, 4)',
    'TIMESTAMP(10)',
    'ARRAY<INT',
    'ROW<INT>',
    'MAP<INT>',
    'constructor',
  ])('refuses %j', (text) => {
    expect(() => parseTypeText(text)).toThrow(SqlError);
  });

  it('refuses nesting that no table has, instead of overflowing the stack', () => {
    const depth = 100_000;

    expect(() => parseTypeText(`${'ARRAY<'.repeat(depth)}INT${'>'.repeat(depth)}`)).toThrow(SqlError);
  });
});

function catching(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}
