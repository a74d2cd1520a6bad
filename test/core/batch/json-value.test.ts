import { expect, it } from 'vitest';
import { jsonWriter } from '../../../core/index.js';
import { ALL_TYPES, ALL_TYPES_ROWS } from '../../support/all-types.js';

it('writes every type in the encoding of results', () => {
  const written = ALL_TYPES_ROWS.map((row) =>
    Object.fromEntries(ALL_TYPES.map(({ name, type }, i) => [name, jsonWriter(type)(row[i]!)])),
  );

  expect(written[0]).toEqual({
    boolean: 'true',
    tinyint: '-128',
    smallint: '32767',
    int: '-2147483648',
    bigint: '9223372036854775807',
    float: '0.1',
    double: '{"$float": "NaN"}',
    decimal: '"-999999999999999999999999999999999999.99"',
    char: '"abc"',
    string: '"naïve 🌊"',
    bytes: '{"$bytes": "AP8="}',
    date: '"0001-01-01"',
    time: '"23:59:59.999999"',
    timestamp: '"1969-12-31 23:59:59.999999"',
    timestamp9: '"2023-11-14 22:13:20.123456789"',
    ltz: '"9999-12-31 23:59:59.999Z"',
    months: '-13',
    millis: '9007199254740993',
    array: '[[1, null], [], null]',
    map: '{"$map": [["a", null], ["b", "-0.5"]]}',
    multiset: '{"$map": [["x", 3]]}',
    row: '[1, null]',
    null: 'null',
  });
  expect(written[1]).toEqual(Object.fromEntries(ALL_TYPES.map(({ name }) => [name, 'null'])));
  expect(written[2]).toMatchObject({
    bigint: '-9223372036854775808',
    float: '{"$float": "-Infinity"}',
    double: '-0.0',
    string: '"\\"\\n"',
    date: '"1970-01-01"',
    time: '"00:00:00"',
    timestamp: '"1970-01-01 00:00:00"',
    ltz: '"0001-01-01 00:00:00Z"',
    array: '[]',
    map: '{"$map": []}',
  });
});

it('writes a FLOAT by the shortest text that tells it from every other', () => {
  const write = jsonWriter({ nullable: true, kind: 'FLOAT' });

  expect(
    [0.1, 1 / 3, 16_777_216, 3.4028235e38, 1e-45, 1.17549435e-38, 100].map((v) => write(Math.fround(v))),
  ).toEqual(['0.1', '0.33333334', '16777216', '3.4028235e+38', '1e-45', '1.1754944e-38', '100']);
});
