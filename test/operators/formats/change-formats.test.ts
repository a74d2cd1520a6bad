import { describe, expect, it } from 'vitest';
import { decoded, encoded, formatOf, type Options } from './support/records.js';

const COLUMNS = 'id INT; v STRING';
const ONE = '{"id":1,"v":"a"}';
const TWO = '{"id":1,"v":"b"}';
const formatNamed = (name: string, more: Options = {}): Options => ({
  format: name,
  ...Object.fromEntries(Object.entries(more).map(([key, value]) => [`${name}.${key}`, value])),
});
const INSERTED = ['+I', 1, 'a'];
const UPDATED = [
  ['-U', 1, 'a'],
  ['+U', 1, 'b'],
];
const REMOVED = ['-D', 1, 'b'];

describe('events of changes', () => {
  it.each<[format: string, event: string, rows: unknown[]]>([
    ['debezium-json', `{"before":null,"after":${ONE},"op":"c"}`, [INSERTED]],
    ['debezium-json', `{"after":${ONE},"op":"r"}`, [INSERTED]],
    ['debezium-json', `{"before":${ONE},"after":${TWO},"op":"u"}`, UPDATED],
    ['debezium-json', `{"before":${TWO},"after":null,"op":"d"}`, [REMOVED]],
    ['ogg-json', `{"after":${ONE},"op_type":"I"}`, [INSERTED]],
    ['ogg-json', `{"before":${ONE},"after":${TWO},"op_type":"U"}`, UPDATED],
    ['ogg-json', `{"before":${TWO},"op_type":"D"}`, [REMOVED]],
    ['maxwell-json', `{"data":${ONE},"type":"insert"}`, [INSERTED]],
    ['maxwell-json', `{"data":${TWO},"old":{"v":"a"},"type":"update"}`, UPDATED],
    ['maxwell-json', `{"data":${TWO},"type":"delete"}`, [REMOVED]],
    ['canal-json', `{"data":[${ONE},${TWO}],"type":"INSERT"}`, [INSERTED, ['+I', 1, 'b']]],
    ['canal-json', `{"data":[${TWO}],"old":[{"v":"a"}],"type":"UPDATE"}`, UPDATED],
    ['canal-json', `{"data":[${TWO}],"type":"DELETE"}`, [REMOVED]],
    ['canal-json', '{"data":null,"type":"CREATE"}', []],
  ])('%s reads %s', (format, event, rows) => {
    expect(decoded(formatNamed(format), COLUMNS, event)).toEqual(rows);
    expect(decoded(formatNamed(format), COLUMNS, `[${event}]`)).toEqual(rows);
    expect(decoded(formatNamed(format), COLUMNS, '')).toEqual([]);
  });

  it('a field that was NULL before is one that `old` has, as for Flink in any row of it', () => {
    const update = `{"data":[${ONE},{"id":2,"v":"c"}],"old":[{"v":null},{}],"type":"UPDATE"}`;
    expect(decoded(formatNamed('canal-json'), COLUMNS, update)).toEqual([
      ['-U', 1, null],
      ['+U', 1, 'a'],
      ['-U', 2, null],
      ['+U', 2, 'c'],
    ]);
  });

  it.each<[format: string, event: string, message: RegExp]>([
    ['debezium-json', `{"after":${ONE},"op":"u"}`, /update has no "before" .*REPLICA IDENTITY FULL/],
    ['debezium-json', `{"before":${ONE},"op":"x"}`, /"op" is "x", none of c, r, u, d/],
    ['debezium-json', '{"after":null,"op":"c"}', /insertion has no "after"/],
    ['ogg-json', `{"after":${ONE}}`, /"op_type" is missing, none of I, U, D/],
    ['maxwell-json', `{"data":${ONE},"type":"bootstrap-insert"}`, /"bootstrap-insert", none of insert/],
    ['maxwell-json', `{"data":${ONE},"type":"update"}`, /nothing is no object/],
    ['canal-json', `{"data":${ONE},"type":"INSERT"}`, /INSERT has no array "data"/],
    ['canal-json', '{"data":[{"id":"x"}],"type":"INSERT"}', /field "id": "x" is no INT/],
    ['canal-json', '{"type":"ALTER"}', /"ALTER", none of INSERT, UPDATE, DELETE, CREATE/],
  ])('%s refuses %s, or leaves it out', (format, event, message) => {
    expect(() => decoded(formatNamed(format), COLUMNS, event)).toThrow(message);
    const ignored = decoded(formatNamed(format, { 'ignore-parse-errors': 'true' }), COLUMNS, event);
    expect(ignored).toEqual(event.includes('"x"}]') ? [['+I', null, null]] : []);
  });

  it.each<[format: string, comes: string, goes: string]>([
    ['debezium-json', `{"before":null,"after":${ONE},"op":"c"}`, `{"before":${ONE},"after":null,"op":"d"}`],
    [
      'ogg-json',
      `{"before":null,"after":${ONE},"op_type":"I"}`,
      `{"before":${ONE},"after":null,"op_type":"D"}`,
    ],
    ['maxwell-json', `{"data":${ONE},"type":"insert"}`, `{"data":${ONE},"type":"delete"}`],
    ['canal-json', `{"data":[${ONE}],"type":"INSERT"}`, `{"data":[${ONE}],"type":"DELETE"}`],
  ])('%s writes what comes as creation and what goes as removal', (format, comes, goes) => {
    const row = [1, 'a'];
    for (const change of [0, 2] as const)
      expect(encoded(formatNamed(format), COLUMNS, row, change).toString()).toBe(comes);
    for (const change of [1, 3] as const)
      expect(encoded(formatNamed(format), COLUMNS, row, change).toString()).toBe(goes);
  });

  it('NULL is left out of rows and of the event where that is asked for', () => {
    const options = formatNamed('debezium-json', { 'encode.ignore-null-fields': 'true' });
    expect(encoded(options, COLUMNS, [1, null]).toString()).toBe('{"after":{"id":1},"op":"c"}');
  });

  it('debezium-json reads events with their schema, and does not write it', () => {
    const options = formatNamed('debezium-json', { 'schema-include': 'true' });
    const event = `{"schema":{"a":1},"payload":{"after":${ONE},"op":"c"}}`;
    expect(decoded(options, COLUMNS, event, 'schema STRING')).toEqual([[...INSERTED, '{"a":1}']]);
    expect(() => decoded(options, COLUMNS, '{"payload":null}')).toThrow(/has no "payload"/);
    expect(() => formatOf(options, 'write')).toThrow(/'debezium-json.schema-include' = 'true'/);
  });

  it('canal-json reads the databases and tables that are asked for', () => {
    const event = (database: string) => `{"database":"${database}","data":[${ONE}],"type":"INSERT"}`;
    const options = formatNamed('canal-json', { 'database.include': 'shop_.*' });
    expect(decoded(options, COLUMNS, event('shop_1'))).toEqual([INSERTED]);
    expect(decoded(options, COLUMNS, event('my_shop_1'))).toEqual([]);
    expect(() => decoded(options, COLUMNS, `{"data":[${ONE}],"type":"INSERT"}`)).toThrow(/has no "database"/);
    expect(() => formatOf(formatNamed('canal-json', { 'table.include': 'a(*' }))).toThrow(/'a\(\*'/);
  });

  it.each<[format: string, event: string, metadata: string, values: unknown[]]>([
    [
      'debezium-json',
      `{"after":${ONE},"op":"c","ts_ms":1500,"source":{"ts_ms":2500,"db":"d","schema":"s","table":"t","lsn":7}}`,
      'ingestion-timestamp TIMESTAMP_LTZ(3); source.timestamp TIMESTAMP_LTZ(9); source.database STRING; source.schema STRING; ' +
        'source.table STRING; source.properties MAP<STRING, STRING>',
      [
        1_500_000n,
        2_500_000_000n,
        'd',
        's',
        't',
        [
          ['ts_ms', '2500'],
          ['db', 'd'],
          ['schema', 's'],
          ['table', 't'],
          ['lsn', '7'],
        ],
      ],
    ],
    [
      'canal-json',
      `{"data":[${ONE}],"type":"INSERT","database":"d","table":"t","sqlType":{"id":4},"pkNames":["id"],"ts":1500,"es":2500}`,
      'database STRING; table STRING; sql-type MAP<STRING, INT>; pk-names ARRAY<STRING>; ingestion-timestamp TIMESTAMP_LTZ(3); event-timestamp TIMESTAMP_LTZ(3)',
      ['d', 't', [['id', 4]], ['id'], 1_500_000n, 2_500_000n],
    ],
    [
      'maxwell-json',
      `{"data":${ONE},"type":"insert","database":"d","table":"t","primary_key_columns":["id"],"ts":15}`,
      'database STRING; table STRING; primary-key-columns ARRAY<STRING>; ingestion-timestamp TIMESTAMP_LTZ(3)',
      ['d', 't', ['id'], 15_000_000n],
    ],
    [
      'ogg-json',
      `{"after":${ONE},"op_type":"I","table":"o.t","primary_keys":["id"],"current_ts":"1970-01-01T00:00:01.500000","op_ts":"1970-01-01 00:00:02"}`,
      'table STRING; primary-keys ARRAY<STRING>; ingestion-timestamp TIMESTAMP_LTZ(6); event-timestamp TIMESTAMP_LTZ(6)',
      ['o.t', ['id'], 1_500_000n, 2_000_000n],
    ],
    [
      'maxwell-json',
      `{"data":${ONE},"type":"insert"}`,
      'database STRING; ingestion-timestamp TIMESTAMP_LTZ(3)',
      [null, null],
    ],
  ])('%s knows of %s the metadata %s', (format, event, metadata, values) => {
    expect(decoded(formatNamed(format), COLUMNS, event, metadata)).toEqual([[...INSERTED, ...values]]);
    const known = formatOf(formatNamed(format)).metadata;
    expect(Object.keys(known)).toEqual(
      expect.arrayContaining(metadata.split('; ').map((part) => part.split(' ')[0])),
    );
  });
});

describe('JSON that is written', () => {
  it.each<[columns: string, value: string, short: string, plain: string]>([
    ['a DECIMAL(20, 3)', '100000000000.000', '1E+11', '100000000000.000'],
    ['a DECIMAL(20, 3)', '-1500.250', '-1500.25', '-1500.250'],
    ['a DECIMAL(10, 0)', '20', '2E+1', '20'],
    ['a DECIMAL(38, 20)', '0.00000000001000000000', '1E-11', '0.00000000001000000000'],
    ['a DECIMAL(10, 6)', '0.000012', '0.000012', '0.000012'],
    ['a DECIMAL(10, 3)', '0.000', '0', '0.000'],
  ])('%s %s is %s, or plain %s, as Java writes it', (columns, value, short, plain) => {
    expect(encoded({ format: 'json' }, columns, [value]).toString()).toBe(`{"a":${short}}`);
    const options = { format: 'json', 'json.encode.decimal-as-plain-number': 'true' };
    expect(encoded(options, columns, [value]).toString()).toBe(`{"a":${plain}}`);
  });

  it('a NULL key of a map fails, is left out, or is a text', () => {
    const entries = [
      [null, 1],
      ['b', 2],
    ];
    const text = (mode: Options) =>
      encoded({ format: 'json', ...mode }, 'm MAP<STRING, INT>', [entries]).toString();
    expect(() => text({})).toThrow(/NULL key/);
    expect(text({ 'json.map-null-key.mode': 'DROP' })).toBe('{"m":{"b":2}}');
    expect(text({ 'json.map-null-key.mode': 'literal' })).toBe('{"m":{"null":1,"b":2}}');
    const named = { 'json.map-null-key.mode': 'LITERAL', 'json.map-null-key.literal': 'none' };
    expect(text(named)).toBe('{"m":{"none":1,"b":2}}');
  });

  it('intervals are their number of months and of milliseconds, and are read as such', () => {
    const columns = 'a INTERVAL YEAR TO MONTH; b INTERVAL DAY TO SECOND(3)';
    expect(encoded({ format: 'json' }, columns, [14, 93_784_567n]).toString()).toBe('{"a":14,"b":93784567}');
    expect(decoded({ format: 'json' }, columns, '{"a":14,"b":"93784567"}')).toEqual([
      ['+I', 14, 93_784_567n],
    ]);
  });
});
