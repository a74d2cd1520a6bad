import { describe, expect, it } from 'vitest';
import { parseTypeText, toArrowSchema, toArrowType } from '../../../core/index.js';
import { toDuckDbType } from '../../../core/types/arrow-type.js';

describe('the table of types', () => {
  it.each([
    ['TINYINT', 'Int8', 'TINYINT'],
    ['BIGINT', 'Int64', 'BIGINT'],
    ['FLOAT', 'Float32', 'FLOAT'],
    ['DECIMAL(10, 2)', 'Decimal[10e+2]', 'DECIMAL(10, 2)'],
    ['VARCHAR(3)', 'Utf8', 'VARCHAR'],
    ['BYTES', 'Binary', 'BLOB'],
    ['DATE', 'Date32<DAY>', 'DATE'],
    ['TIME(3)', 'Time64<MICROSECOND>', 'TIME'],
    ['TIMESTAMP(3)', 'Timestamp<MICROSECOND>', 'TIMESTAMP'],
    ['TIMESTAMP(9)', 'Timestamp<NANOSECOND>', 'TIMESTAMP_NS'],
    ['TIMESTAMP_LTZ(3)', 'Timestamp<MICROSECOND, UTC>', 'TIMESTAMP WITH TIME ZONE'],
    ['INTERVAL MONTH', 'Int32', 'INTEGER'],
    ['ARRAY<INT>', 'List<Int32>', 'INTEGER[]'],
    ['MAP<STRING, INT>', 'Map<{key:Utf8, value:Int32}>', 'MAP(VARCHAR, INTEGER)'],
    ['MULTISET<STRING>', 'Map<{key:Utf8, value:Int32}>', 'MAP(VARCHAR, INTEGER)'],
    ['ROW<a INT, `b c` STRING>', 'Struct<{a:Int32, b c:Utf8}>', 'STRUCT("a" INTEGER, "b c" VARCHAR)'],
  ])('%s is %s on the wire and %s in DuckDB', (text, arrow, duckDb) => {
    const type = parseTypeText(text);

    expect(toArrowType(type).toString()).toBe(arrow);
    expect(toDuckDbType(type)).toBe(duckDb);
  });

  it('makes schemas whose fields are all nullable, in order', () => {
    const schema = toArrowSchema([
      { name: 'b', type: parseTypeText('INT NOT NULL') },
      { name: 'a', type: parseTypeText('STRING') },
    ]);

    expect(schema.fields.map((field) => [field.name, field.nullable])).toEqual([
      ['b', true],
      ['a', true],
    ]);
  });
});
