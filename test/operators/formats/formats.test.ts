import { describe, expect, it } from 'vitest';
import type { SqlValue } from '../../../core/index.js';
import { decoded, encoded, formatOf } from './support/records.js';

describe('json', () => {
  const JSON_FORMAT = { format: 'json' };

  it.each<[columns: string, record: string, row: unknown[]]>([
    ['a INT; b STRING', '{"a": 1, "b": "x", "c": 0}', [1, 'x']],
    ['a INT; b STRING', '{"b": {"deep": [1, null]}}', [null, '{"deep":[1,null]}']],
    ['a BIGINT', '{"a": 9223372036854775807}', [9223372036854775807n]],
    [
      'a BIGINT; b STRING',
      '{"a": "7", "b": "12345678901234567890 \\"1234567890123456789\\""}',
      [7n, '12345678901234567890 "1234567890123456789"'],
    ],
    ['a DECIMAL(20, 2)', '{"a": 123456789012345678.905}', ['123456789012345678.91']],
    [
      'a STRING; b STRING',
      '{"a": {"deep": [12345678901234567890, "12345678901234567890"]}, "b": 12345678901234567890}',
      ['{"deep":[12345678901234567890,"12345678901234567890"]}', '12345678901234567890'],
    ],
    ['a MAP<STRING, BIGINT>', '{"a": {"k": 1234567890123456789}}', [[['k', 1234567890123456789n]]]],
    ['a DECIMAL(4, 1)', '{"a": 12345}', [null]],
    ['a DOUBLE; b FLOAT', '{"a": 1e300, "b": "NaN"}', [1e300, Number.NaN]],
    ['a BOOLEAN; b BOOLEAN', '{"a": true, "b": "yes"}', [true, false]],
    ['a DATE; b TIME(3)', '{"a": "2024-02-29", "b": "12:00:01.5"}', [19782, 43_201_500_000]],
    ['a TIMESTAMP(3)', '{"a": "1970-01-01 00:00:01.2345"}', [1_234_000n]],
    ['a TIMESTAMP_LTZ(3)', '{"a": "1970-01-01 00:00:01.234Z"}', [1_234_000n]],
    ['a BYTES', '{"a": "AQI="}', [new Uint8Array([1, 2])]],
    [
      'a ARRAY<INT>; b MAP<STRING, INT>; c ROW<x INT, y STRING>',
      '{"a": [1, null], "b": {"k": 2}, "c": {"y": "z"}}',
      [[1, null], [['k', 2]], [null, 'z']],
    ],
  ])('reads %s from %s', (columns, record, row) => {
    expect(decoded(JSON_FORMAT, columns, record)).toEqual([['+I', ...row]]);
  });

  it.each<[columns: string, record: string, message: RegExp]>([
    ['a INT', '{"a": "x"}', /field "a": "x" is no INT/],
    ['a TINYINT', '{"a": 300}', /"300" is no TINYINT/],
    ['a TIMESTAMP(3)', '{"a": "2024-01-01T00:00:00"}', /is no TIMESTAMP\(3\)/],
    ['a ROW<b INT>', '{"a": {"b": true}}', /field "a": field "b": true is no INT/],
    ['a INT', '[1]', /is no JSON object/],
    ['a INT', '{"a": 1', /is no JSON object/],
  ])('tells what of %s is wrong in %s', (columns, record, message) => {
    expect(() => decoded(JSON_FORMAT, columns, record)).toThrow(message);
    const lenient = { ...JSON_FORMAT, 'json.ignore-parse-errors': 'true' };
    expect(decoded(lenient, columns, record).length).toBe(message.source.includes('JSON') ? 0 : 1);
  });

  it('reads and writes ISO times, and leaves NULL fields out, where it is told so', () => {
    const options = {
      format: 'json',
      'json.timestamp-format.standard': 'ISO-8601',
      'json.encode.ignore-null-fields': 'true',
    };
    expect(decoded(options, 'a TIMESTAMP(3)', '{"a": "1970-01-01T00:00"}')).toEqual([['+I', 0n]]);
    expect(encoded(options, 'a TIMESTAMP(3); b INT', [1_500_000n, null]).toString()).toBe(
      '{"a":"1970-01-01T00:00:01.5"}',
    );
  });

  it('refuses to fail on and to ignore the same thing', () => {
    expect(() =>
      formatOf({ format: 'json', 'json.ignore-parse-errors': 'true', 'json.fail-on-missing-field': 'true' }),
    ).toThrow(/cannot both be true/);
  });
});

describe('csv', () => {
  it.each<[record: string, row: unknown[]]>([
    ['1,x', [1, 'x']],
    ['1,"a ""quoted"", text"', [1, 'a "quoted", text']],
    ['1,\r\n', [1, '']],
  ])('reads %j', (record, row) => {
    expect(decoded({ format: 'csv' }, 'a INT; b STRING', record)).toEqual([['+I', ...row]]);
  });

  it('tells lines that have other fields, and leaves them NULL where errors are ignored', () => {
    expect(() => decoded({ format: 'csv' }, 'a INT; b STRING', '1')).toThrow(
      /has 1 field\(s\), and the table 2/,
    );
    const lenient = { format: 'csv', 'csv.ignore-parse-errors': 'true', 'csv.null-literal': '-' };
    expect(decoded(lenient, 'a INT; b STRING', 'x,-')).toEqual([['+I', null, null]]);
    expect(decoded({ format: 'csv', 'csv.allow-comments': 'true' }, 'a INT', '# no row')).toEqual([]);
  });

  it('reads what it writes', () => {
    const options = {
      format: 'csv',
      'csv.field-delimiter': ';',
      'csv.escape-character': '\\',
      'csv.null-literal': 'NULL',
    };
    const row = ['a;b', 'back\\slash', 'quote"', null];
    const columns = 'a STRING; b STRING; c STRING; d STRING';
    expect(decoded(options, columns, encoded(options, columns, row))).toEqual([['+I', ...row]]);
  });

  it('refuses nested columns', () => {
    expect(() => decoded({ format: 'csv' }, 'a ARRAY<INT>', '1')).toThrow(
      /no form for column a of type ARRAY<INT>/,
    );
  });
});

describe('avro', () => {
  const AVRO = { format: 'avro' };

  it('writes the bytes of the specification', () => {
    // Zigzag 64 is 80 01; a string is its length and its bytes; branch 0 of a union is null.
    expect(encoded(AVRO, 'a BIGINT NOT NULL; b STRING; c INT', [64n, 'foo', null]).toString('hex')).toBe(
      '80010206666f6f00',
    );
  });

  it('reads what it writes, of every type', () => {
    const columns =
      'a BOOLEAN; b TINYINT; c INT NOT NULL; d BIGINT; e FLOAT; f DOUBLE; g DECIMAL(30, 2); h STRING; i BYTES; j DATE; k TIME(3); ' +
      'l TIMESTAMP(3); m ARRAY<INT>; n MAP<STRING, BIGINT>; o ROW<x INT, y STRING>';
    const row: SqlValue[] = [
      true,
      -1,
      2 ** 31 - 1,
      -(2n ** 63n),
      0.5,
      -1e-300,
      '-12345678901234567890.05',
      'ä',
      new Uint8Array([0, 255]),
      -1,
      1_500_000,
      -1_000n,
      [1, null],
      [['k', -300n]],
      [null, ''],
    ];
    expect(decoded(AVRO, columns, encoded(AVRO, columns, row))).toEqual([['+I', ...row]]);
    const nulls = row.map((value, i) => (i === 2 ? value : null));
    expect(decoded(AVRO, columns, encoded(AVRO, columns, nulls))).toEqual([['+I', ...nulls]]);
  });

  it('tells bytes that are of another schema', () => {
    expect(() => decoded(AVRO, 'a STRING', new Uint8Array([2, 100]))).toThrow(/ends before its last field/);
    expect(() => decoded(AVRO, 'a INT', new Uint8Array([2, 2, 2]))).toThrow(/left behind the last field/);
    expect(() => decoded(AVRO, 'a INT', new Uint8Array([6, 2]))).toThrow(/no branch 3/);
    expect(() => decoded(AVRO, 'a TIMESTAMP(6)', '')).toThrow(/no form for column a/);
  });
});

describe('raw', () => {
  it.each<[columns: string, hex: string, value: unknown]>([
    ['a STRING', '61c3a4', 'aä'],
    ['a INT', '00000102', 258],
    ['a BIGINT', 'ffffffffffffffff', -1n],
    ['a BYTES', '00', new Uint8Array([0])],
  ])('reads and writes %s as %s', (columns, hex, value) => {
    expect(decoded({ format: 'raw' }, columns, Buffer.from(hex, 'hex'))).toEqual([['+I', value]]);
    expect(encoded({ format: 'raw' }, columns, [value as SqlValue]).toString('hex')).toBe(hex);
  });

  it('takes one field', () => {
    expect(() => decoded({ format: 'raw' }, 'a INT; b INT', '')).toThrow(/one field of a simple type/);
    expect(() => decoded({ format: 'raw' }, 'a INT', 'abc')).toThrow(/3 byte\(s\) are no INT/);
  });
});

it('a format that is not known is told with those that are', () => {
  expect(() => formatOf({ format: 'xml' })).toThrow(/option 'format' is 'xml'/);
  expect(() => formatOf({})).toThrow(/the option 'format' is missing/);
});
