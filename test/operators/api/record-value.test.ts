import { describe, expect, it } from 'vitest';
import { type DataType, type SqlValue, types } from '../../../core/index.js';
import { recordReader, toSqlValue } from '../../../operators/api/record-value.js';

const CASES: readonly (readonly [string, DataType, unknown, SqlValue])[] = [
  ['BOOLEAN', types.boolean(), true, true],
  ['TINYINT', types.tinyint(), -128, -128],
  ['BIGINT', types.bigint(), 2n ** 63n - 1n, 2n ** 63n - 1n],
  ['DOUBLE', types.double(), 0.5, 0.5],
  ['DECIMAL', types.decimal(4, 2), '-12.50', '-12.50'],
  ['STRING', types.string(), 'é', 'é'],
  ['BYTES', types.bytes(), Uint8Array.of(0, 255), Uint8Array.of(0, 255)],
  ['DATE', types.date(), '1969-12-31', -1],
  ['TIME', types.time(6), '23:59:59.000001', 86_399_000_001],
  ['TIMESTAMP', types.timestamp(6), '1969-12-31 23:59:59.999999', -1n],
  ['TIMESTAMP(9)', types.timestamp(9), '1970-01-02 00:00:00.000000001', 86_400_000_000_001n],
  ['TIMESTAMP_LTZ', types.timestampLtz(3), '1970-01-01 00:00:01.5Z', 1_500_000n],
  ['ARRAY', types.array(types.date()), ['1970-01-02', null], [1, null]],
  ['MAP', types.map(types.string(), types.int()), new Map([['a', 1]]), [['a', 1]]],
  ['ROW', types.row([{ name: 'a', type: types.int() }]), { a: 1 }, [1]],
  ['NULL', types.int(), null, null],
];
const where = () => "Record 3: 'x'";

describe('values of records', () => {
  it.each(CASES)('of %s become SQL values and come back', (_, type, value, sql) => {
    expect(toSqlValue(type, value, where)).toEqual(sql);
    expect(recordReader([{ name: 'x', type }])([sql])).toEqual({ x: value });
  });

  it.each([
    ['a text for a number', types.int(), '1'],
    ['a number that is not whole', types.int(), 1.5],
    ['a number out of range', types.tinyint(), 128],
    ['a number for a BIGINT', types.bigint(), 1],
    ['a bigint of more than 64 bits', types.bigint(), 2n ** 63n],
    ['a decimal with too many digits before the point', types.decimal(4, 2), '123.4'],
    ['a decimal with too many digits after the point', types.decimal(4, 2), '1.234'],
    ['a decimal that is no number', types.decimal(4, 2), '.'],
    ['a day that the calendar has not', types.date(), '2001-02-29'],
    ['a time past midnight', types.time(0), '24:00:00'],
    ['a timestamp with a T', types.timestamp(3), '2001-01-01T00:00:00'],
    ['a point in time without its Z', types.timestampLtz(3), '2001-01-01 00:00:00'],
    ['a list for a ROW with other fields', types.row([{ name: 'a', type: types.int() }]), { b: 1 }],
    ['NULL where there is none', types.notNull(types.int()), null],
    ['nothing where there must be something', types.notNull(types.int()), undefined],
  ])('are refused with their place: %s', (_, type, value) => {
    expect(() => toSqlValue(type, value, where)).toThrow(
      expect.objectContaining({ code: 'VALUE_TYPE', message: expect.stringMatching(/^Record 3: 'x'/) }),
    );
  });
});
